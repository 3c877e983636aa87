from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Interview, OpinionSeen, Scorecard
from candidates.queries.interviews import InterviewsPage
from rubrics.enums import NameForm, RoleStatus
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
    submit_levels,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> User:
    return HiringManagerFactory(name="Mara Schulze", time_zone="Europe/Berlin")


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory(name="Hanna Lindqvist")


@pytest.fixture
def application(mara: User) -> Application:
    candidate = CandidateFactory(name="Nok Ariyawat", email="nok@canary.example", years_of_experience=17)
    return ApplicationFactory(role=RoleFactory(title="Senior AI Engineer", team_of=[mara]), candidate=candidate)


@pytest.fixture
def interview(application: Application, mara: User) -> Interview:
    start = timezone.now() + timedelta(hours=1)
    interview = InterviewFactory(
        application=application,
        state=InterviewState.SCHEDULED,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        brief="Ran claims triage.",
        place="Room 4",
    )
    ScorecardFactory(interview=interview, interviewer=mara, due_at=interview.ends_at + timedelta(days=1))
    return interview


def get(client: Client, by: User, name: str, *args: object, **query: str) -> tuple[int, str]:
    client.force_login(by)
    answer = client.get(reverse(f"candidates:{name}", args=args), query)
    return answer.status_code, answer.content.decode()


def post(client: Client, by: User, name: str, pk: int, **data: Any) -> Any:
    client.force_login(by)
    return client.post(reverse(f"candidates:{name}", args=[pk]), data)


class TestLists:
    def test_ones_own_or_all_in_reach(self, client: Client, interview: Interview, mara: User) -> None:
        colleague = HiringManagerFactory()
        interview.application.role.team.create(user=colleague)
        assert "Nok Ariyawat" in get(client, mara, "interviews")[1]
        assert "Nok Ariyawat" not in get(client, colleague, "interviews")[1]
        assert "Nok Ariyawat" in get(client, colleague, "interviews", whose="all")[1]
        assert "Nok Ariyawat" not in get(client, HiringManagerFactory(), "interviews", whose="all")[1]
        assert get(client, ReviewerFactory(), "interviews")[0] == 404

    def test_upcoming_and_past_by_role_and_state(self, client: Client, interview: Interview, recruiter: User) -> None:
        old = timezone.now() - timedelta(days=3)
        candidate = CandidateFactory(name="Samuel Dlamini")
        past = InterviewFactory(
            application=ApplicationFactory(candidate=candidate), starts_at=old, ends_at=old + timedelta(hours=1)
        )
        _, upcoming = get(client, recruiter, "interviews")
        assert ("Nok" in upcoming, "Samuel" in upcoming) == (True, False)
        _, before = get(client, recruiter, "interviews", when="past")
        assert ("Nok" in before, "Samuel" in before) == (False, True)
        _, of_role = get(client, recruiter, "interviews", when="past", role=past.application.role.slug, state="held")
        assert "Samuel" in of_role
        assert "Samuel" not in get(client, recruiter, "interviews", when="past", state="cancelled")[1]

    def test_pages_go_on_and_back_in_the_order_of_the_list(
        self, client: Client, recruiter: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("candidates.queries.interviews.PER_PAGE", 2)
        application = ApplicationFactory()
        hours = [-30, -30, -20, 20, 30, 30]  # two begin together
        for hour in hours:
            start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=hour)
            InterviewFactory(application=application, starts_at=start, ends_at=start + timedelta(hours=1))
        by_time = list(Interview.objects.order_by("starts_at", "pk").values_list("pk", flat=True))
        client.force_login(recruiter)

        def shown(**query: str) -> InterviewsPage:
            page: InterviewsPage = client.get(reverse("candidates:interviews"), query).context["page"]
            return page

        for when, expected in (("upcoming", by_time[3:]), ("past", by_time[2::-1])):
            first = shown(when=when)
            last = shown(when=when, page=first.next)
            assert [row.pk for row in first.rows + last.rows] == expected
            assert (first.total, first.previous, last.next) == ("3", "", "")
            assert [row.pk for row in shown(when=when, page=last.previous).rows] == expected[:2]

    def test_ones_own_are_those_one_may_see_and_is_on_the_panel_of(self, interview: Interview, mara: User) -> None:
        """Also of roles one is not in; never about oneself."""
        elsewhere: Interview = InterviewFactory()
        ScorecardFactory(interview=elsewhere, interviewer=mara)
        InterviewFactory(application=ApplicationFactory(role=interview.application.role))
        myself: Interview = InterviewFactory(application=ApplicationFactory(candidate=CandidateFactory(user=mara)))
        ScorecardFactory(interview=myself, interviewer=mara)
        own = Interview.objects.on_panel(mara)
        assert set(own) == {interview, elsewhere}
        assert set(own) == set(Interview.objects.visible_to(mara).filter(scorecards__interviewer=mara))
        assert not Interview.objects.on_panel(ReviewerFactory()).exists()

    def test_nonsense_in_the_address_shows_the_usual_list(
        self, client: Client, interview: Interview, recruiter: User
    ) -> None:
        status, text = get(client, recruiter, "interviews", whose="x", when="y", page="999", role="'; --")
        assert status == 200
        assert "Nok Ariyawat" in text

    def test_the_state_of_a_scorecard_is_shown_and_nothing_in_it(
        self, client: Client, interview: Interview, recruiter: User, mara: User
    ) -> None:
        submit_levels(
            ScorecardFactory(interview=interview, interviewer=HiringManagerFactory(name="Lin Wei")), [5, 5, 5]
        )
        for by in (recruiter, mara):
            for text in (get(client, by, "interviews")[1], get(client, by, "interview", interview.pk)[1]):
                assert "Lin Wei" in text
                assert "awaited" in text
                assert "Kept calm." not in text
                assert "Precision fell" not in text

    def test_a_role_shows_who_looks_at_what(self, client: Client, interview: Interview, recruiter: User) -> None:
        slug = interview.application.role.slug
        _, text = get(client, recruiter, "role_interviews", slug)
        assert "1 candidate has a dimension seen by fewer than two" in text
        ScorecardFactory(interview=interview)
        _, text = get(client, recruiter, "role_interviews", slug)
        assert "Every dimension is seen by at least two." in text
        excused = ScorecardFactory(
            interview=interview, state=ScorecardState.EXCUSED, excused_by=recruiter, excused_reason="ill"
        )
        assert excused.interviewer.name in get(client, recruiter, "role_interviews", slug)[1]
        Interview.objects.update(state=InterviewState.CANCELLED)
        assert "Who looks at what" not in get(client, recruiter, "role_interviews", slug)[1]

    def test_statements_and_instances_do_not_grow(
        self, client: Client, interview: Interview, recruiter: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def measure(name: str, *args: object) -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse(f"candidates:{name}", args=args))
            return len(captured)

        client.force_login(recruiter)
        slug = interview.application.role.slug
        few = measure("interviews"), measure("role_interviews", slug)
        for _ in range(5):
            later = InterviewFactory(
                application=ApplicationFactory(role=interview.application.role),
                starts_at=interview.starts_at,
                ends_at=interview.ends_at,
            )
            ScorecardFactory(interview=later)
        assert (measure("interviews"), measure("role_interviews", slug)) == few
        assert max(few) <= 10


class TestOne:
    def test_shows_what_one_needs_to_prepare(self, client: Client, interview: Interview, mara: User) -> None:
        status, text = get(client, mara, "interview", interview.pk)
        assert status == 200
        for words in ("Ran claims triage.", "Room 4", "Tell me about observability.", "Berlin", "Bangkok", "UTC"):
            assert words in text
        for hidden in ("nok@canary.example", ">17<", "Add to the panel", "Cancel"):
            assert hidden not in text

    def test_initials_for_interviewers(self, client: Client, interview: Interview, mara: User, recruiter: User) -> None:
        role = interview.application.role
        role.name_form = NameForm.INITIALS
        role.save()
        for name, *args in (["interview", interview.pk], ["interviews"], ["role_interviews", role.slug]):
            text = get(client, mara, str(name), *args)[1]
            assert "N. A." in text
            assert "Ariyawat" not in text
        assert "Nok Ariyawat" in get(client, recruiter, "interview", interview.pk)[1]

    def test_outsiders_find_nothing(self, client: Client, interview: Interview) -> None:
        for stranger in (HiringManagerFactory(), ReviewerFactory(client=interview.application.role.client)):
            assert get(client, stranger, "interview", interview.pk)[0] == 404
            assert get(client, stranger, "role_interviews", interview.application.role.slug)[0] == 404

    def test_only_recruiters_change_it(self, client: Client, interview: Interview, mara: User) -> None:
        card = interview.scorecards.get()
        for by in (mara, HiringManagerFactory(), ReviewerFactory()):
            for name in ("interview_hold", "interview_cancel", "interview_no_show", "interview_panel"):
                assert post(client, by, name, interview.pk, reason="x", person=by.pk).status_code == 404
            assert post(client, by, "scorecard_excuse", card.pk, reason="x").status_code == 404
        interview.refresh_from_db()
        assert interview.state == InterviewState.SCHEDULED

    def test_held_cancelled_no_show(self, client: Client, interview: Interview, recruiter: User) -> None:
        post(client, recruiter, "interview_hold", interview.pk)
        interview.refresh_from_db()
        assert interview.state == InterviewState.HELD
        empty = post(client, recruiter, "interview_no_show", interview.pk, reason="", absent="panel")
        assert empty.status_code == 422
        post(client, recruiter, "interview_no_show", interview.pk, reason="Waited 20 minutes", absent="panel")
        interview.refresh_from_db()
        assert (interview.state, interview.state_reason) == (InterviewState.NO_SHOW, "Waited 20 minutes")
        assert interview.absent == "panel"
        assert "the panel</dd>" in get(client, recruiter, "interview", interview.pk)[1]
        refused = post(client, recruiter, "interview_cancel", interview.pk, reason="Twice")
        assert refused.status_code == 422
        assert "already marked" in refused.content.decode()

    def test_panel(self, client: Client, interview: Interview, recruiter: User) -> None:
        seen = RecruiterFactory(name="Ada Seen")
        OpinionSeen.objects.create(user=seen, application=interview.application, first_seen_at=timezone.now())
        assert (
            "Ada Seen (they have already seen what others think" in get(client, recruiter, "interview", interview.pk)[1]
        )
        refused = post(client, recruiter, "interview_panel", interview.pk, person=seen.pk)
        assert refused.status_code == 422
        assert "already seen" in refused.content.decode()
        assert post(client, recruiter, "interview_panel", interview.pk, person="x").status_code == 422
        post(client, recruiter, "interview_panel", interview.pk, person=recruiter.pk)
        assert set(interview.panel.values_list("name", flat=True)) == {"Mara Schulze", "Hanna Lindqvist"}

    def test_excusing(self, client: Client, interview: Interview, recruiter: User) -> None:
        card = interview.scorecards.get()
        assert post(client, recruiter, "scorecard_excuse", card.pk, reason=" ").status_code == 422
        post(client, recruiter, "scorecard_excuse", card.pk, reason="Ill")
        card.refresh_from_db()
        assert (card.state, card.excused_reason) == (ScorecardState.EXCUSED, "Ill")
        assert post(client, recruiter, "scorecard_excuse", card.pk, reason="Again").status_code == 404
        assert "Ill" in get(client, recruiter, "interview", interview.pk)[1]


class TestPlanning:
    @pytest.fixture
    def values(self, application: Application, mara: User) -> dict[str, Any]:
        version = application.role.rubric_version
        assert version is not None
        return {
            "kit": version.kits.get(key="whole").pk,
            "day": "2026-12-01",
            "time": "14:00",
            "minutes": "45",
            "time_zone": "Asia/Bangkok",
            "panel": [mara.pk],
            "place": "Room 4",
            "brief": "Claims.",
        }

    def test_in_the_chosen_time_zone(
        self, client: Client, application: Application, recruiter: User, values: dict[str, Any]
    ) -> None:
        answer = post(client, recruiter, "interview_new", application.pk, **values)
        interview = Interview.objects.get()
        assert answer["Location"] == reverse("candidates:interview", args=[interview.pk])
        assert interview.starts_at.isoformat() == "2026-12-01T07:00:00+00:00"
        assert interview.ends_at - interview.starts_at == timedelta(minutes=45)
        assert (interview.time_zone, interview.created_by) == ("Asia/Bangkok", recruiter)
        assert Scorecard.objects.get().interviewer.name == "Mara Schulze"

    @pytest.mark.parametrize(
        ("day", "time", "words"),
        [("2026-03-29", "02:30", "skip 02:30"), ("2026-10-25", "02:30", "02:30 comes twice on that day. Which one?")],
    )
    def test_hours_that_clocks_skip_or_repeat(
        self,
        client: Client,
        application: Application,
        recruiter: User,
        values: dict[str, Any],
        day: str,
        time: str,
        words: str,
    ) -> None:
        values |= {"day": day, "time": time, "time_zone": "Europe/Berlin"}
        answer = post(client, recruiter, "interview_new", application.pk, **values)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Interview.objects.exists()

    def test_what_is_missing_is_shown_before_and_after(
        self, client: Client, application: Application, recruiter: User, values: dict[str, Any]
    ) -> None:
        application.role.status = RoleStatus.ON_HOLD
        application.role.save()
        assert "The role is not open." in get(client, recruiter, "interview_new", application.pk)[1]
        answer = post(client, recruiter, "interview_new", application.pk, **values)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "The role is not open." in text
        assert "Claims." in text, "what was typed is kept"

    def test_a_look_before_shows_three_clocks_and_who_is_busy(
        self,
        client: Client,
        application: Application,
        recruiter: User,
        mara: User,
        values: dict[str, Any],
    ) -> None:
        post(client, recruiter, "interview_new", application.pk, **values)
        values["time"] = "14:30"
        client.force_login(recruiter)
        url = reverse("candidates:interview_new", args=[application.pk])
        for answer in (client.get(url, values), client.post(url, values | {"check": "1"})):
            assert answer.status_code == 200
            text = answer.content.decode()
            assert text.count("Nok Ariyawat, Senior AI Engineer</a>") == 2, "of the interviewer and of the candidate"
            for words in ("14:30–15:15", "Bangkok, GMT+7", "08:30–09:15", "Berlin, GMT+1", "07:30–08:15"):
                assert words in text
            assert "needs your attention" not in text
        assert Interview.objects.count() == 1

    def test_who_cannot_join_is_explained(self, client: Client, application: Application, recruiter: User) -> None:
        OpinionSeen.objects.create(user=recruiter, application=application, first_seen_at=timezone.now())
        text = get(client, recruiter, "interview_new", application.pk)[1]
        assert "can’t join: they have already seen what others think" in text

    def test_is_the_recruiters(self, client: Client, application: Application, mara: User) -> None:
        for by in (mara, ReviewerFactory(client=application.role.client), HiringManagerFactory()):
            assert get(client, by, "interview_new", application.pk)[0] == 404
            assert post(client, by, "interview_new", application.pk).status_code == 404
