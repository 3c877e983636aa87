"""Moving an interview, clashes confirmed, places handed over and calendars fetched: through the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Interview, OpinionSeen, Scorecard
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ApplicationFactory, CandidateFactory, InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> list[User]:
    return [HiringManagerFactory(name="Mara Schulze", time_zone="Europe/Berlin"), HiringManagerFactory(name="Lin Wei")]


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory(name="Hanna Lindqvist", time_zone="Europe/Berlin")


@pytest.fixture
def application(team: list[User]) -> Application:
    candidate = CandidateFactory(name="Nok Ariyawat", email="nok@example.org")
    return ApplicationFactory(candidate=candidate, role=RoleFactory(title="Senior AI Engineer", team_of=team))


@pytest.fixture
def interview(application: Application, team: list[User]) -> Interview:
    start = (timezone.now() + timedelta(days=3)).replace(hour=7, minute=0, second=0, microsecond=0)
    interview: Interview = InterviewFactory(
        application=application, state=InterviewState.SCHEDULED, starts_at=start, ends_at=start + timedelta(hours=1)
    )
    ScorecardFactory(interview=interview, interviewer=team[0], due_at=interview.ends_at + timedelta(days=1))
    return interview


def values(interview: Interview, **more: Any) -> dict[str, Any]:
    typed = {"day": f"{interview.starts_at:%Y-%m-%d}", "time": "16:00", "minutes": "45", "time_zone": "Asia/Bangkok"}
    return typed | {"place": "Room 5", "brief": "Claims."} | more


def ask(client: Client, by: User, name: str, pk: int, **data: Any) -> Any:
    client.force_login(by)
    url = reverse(f"candidates:{name}", args=[pk])
    return client.post(url, data) if data else client.get(url)


class TestMoving:
    def test_the_page_begins_with_what_is(self, client: Client, interview: Interview, recruiter: User) -> None:
        text = ask(client, recruiter, "interview_move", interview.pk).content.decode()
        for words in (
            "Move the interview",
            'value="14:00',
            "14:00–15:00",
            "08:00–09:00",
            "Mara Schulze",
            "Nok Ariyawat",
        ):
            assert words in text
        assert "In two places" not in text, "it does not clash with itself"

    def test_a_recruiter_on_the_panel_reads_no_contact_data(
        self, client: Client, interview: Interview, recruiter: User
    ) -> None:
        ScorecardFactory(interview=interview, interviewer=recruiter)
        for name, pk in (("interview_move", interview.pk), ("interview_new", interview.application_id)):
            answer = ask(client, recruiter, name, pk)
            assert answer.status_code == 200
            assert "nok@example.org" not in answer.content.decode()

    def test_it_stays_the_same_interview(self, client: Client, interview: Interview, recruiter: User) -> None:
        answer = ask(client, recruiter, "interview_move", interview.pk, **values(interview))
        assert answer["Location"] == reverse("candidates:interview", args=[interview.pk])
        [moved] = Interview.objects.all()
        assert (moved.pk, moved.calendar_uid, moved.sequence) == (interview.pk, interview.calendar_uid, 1)
        assert (moved.starts_at, moved.place) == (interview.starts_at + timedelta(hours=2), "Room 5")
        assert not Delivery.objects.filter(recipient="nok@example.org").exists()

    def test_the_candidate_is_told_when_ticked(self, client: Client, interview: Interview, recruiter: User) -> None:
        ask(client, recruiter, "interview_move", interview.pk, **values(interview, tell_candidate="on"))
        assert Delivery.objects.get(recipient="nok@example.org").calendar
        assert "was sent it as it is now" in ask(client, recruiter, "interview", interview.pk).content.decode()
        ask(client, recruiter, "interview_move", interview.pk, **values(interview, time="18:00"))
        page = ask(client, recruiter, "interview", interview.pk).content.decode()
        assert "was sent an earlier time" in page
        ask(client, recruiter, "interview_invite", interview.pk, go="1")
        assert Delivery.objects.filter(recipient="nok@example.org").count() == 2

    @pytest.mark.parametrize("state", [InterviewState.HELD, InterviewState.CANCELLED])
    def test_what_is_over_stays_where_it_was(
        self, client: Client, interview: Interview, recruiter: User, state: InterviewState
    ) -> None:
        Interview.objects.update(state=state)
        answer = ask(client, recruiter, "interview_move", interview.pk, **values(interview))
        assert answer.status_code == 422
        assert "still ahead" in answer.content.decode()
        assert "Move…" not in ask(client, recruiter, "interview", interview.pk).content.decode()

    def test_a_time_that_comes_twice_is_asked_about_before_and_after(
        self, client: Client, interview: Interview, recruiter: User
    ) -> None:
        client.force_login(recruiter)
        url = reverse("candidates:interview_move", args=[interview.pk])
        typed = values(interview, day="2027-10-31", time="02:30", time_zone="Europe/Berlin")
        looked = client.get(url, typed).content.decode()
        refused = client.post(url, typed)
        assert refused.status_code == 422
        for text in (looked, refused.content.decode()):
            assert "In Berlin 02:30 comes twice on that day. Which one?" in text
            assert "the second time, GMT+1" in text
        assert client.post(url, typed | {"which": "second"}).status_code == 302
        assert f"{Interview.objects.get().starts_at:%H:%M}" == "01:30"
        assert 'value="second" id="which-second" form="plan" checked' in client.get(url).content.decode()

    def test_a_look_says_the_next_day_and_what_is_late(
        self, client: Client, interview: Interview, recruiter: User
    ) -> None:
        client.force_login(recruiter)
        url = reverse("candidates:interview_move", args=[interview.pk])
        text = client.get(url, values(interview, time="23:30", time_zone="America/New_York")).content.decode()
        assert "the next day" in text
        assert "outside 7 to 21" in text
        assert "This time is over already." in client.get(url, values(interview, day="2020-01-01")).content.decode()

    def test_is_the_recruiters(self, client: Client, interview: Interview, team: list[User]) -> None:
        reviewer: User = ReviewerFactory(client=interview.application.role.client)
        for by in (*team, reviewer):
            assert ask(client, by, "interview_move", interview.pk).status_code == 404
            assert ask(client, by, "interview_invite", interview.pk, go="1").status_code == 404


class TestClashes:
    @pytest.fixture
    def other(self, interview: Interview, team: list[User]) -> Interview:
        other: Interview = InterviewFactory(
            application=ApplicationFactory(candidate=CandidateFactory(name="Samuel Dlamini")),
            state=InterviewState.SCHEDULED,
            starts_at=interview.starts_at + timedelta(hours=2),
            ends_at=interview.ends_at + timedelta(hours=2),
        )
        ScorecardFactory(interview=other, interviewer=team[0])
        return other

    def test_somebody_who_is_elsewhere_is_asked_about_once(
        self, client: Client, interview: Interview, other: Interview, recruiter: User
    ) -> None:
        refused = ask(client, recruiter, "interview_move", interview.pk, **values(interview))
        assert refused.status_code == 409
        text = refused.content.decode()
        assert "Samuel Dlamini" in text
        assert "Claims." in text, "what was typed is kept"
        interview.refresh_from_db()
        assert interview.sequence == 0
        accept = refused.context["accept"]
        stale = ask(client, recruiter, "interview_move", interview.pk, **values(interview, accept="old"))
        assert stale.status_code == 409
        answer = ask(client, recruiter, "interview_move", interview.pk, **values(interview, accept=accept))
        assert answer.status_code == 302

    def test_joining_a_panel_too(
        self, client: Client, interview: Interview, other: Interview, recruiter: User, team: list[User]
    ) -> None:
        third = AdministratorFactory(name="Ida Admin")
        ScorecardFactory(interview=other, interviewer=third)
        Interview.objects.filter(pk=interview.pk).update(starts_at=other.starts_at, ends_at=other.ends_at)
        refused = ask(client, recruiter, "interview_panel", interview.pk, person=third.pk)
        assert refused.status_code == 409
        accept = refused.context["accept"]
        assert f'value="{accept}"' in refused.content.decode()
        assert (
            ask(client, recruiter, "interview_panel", interview.pk, person=third.pk, accept=accept).status_code == 302
        )
        assert interview.scorecards.filter(interviewer=third).exists()


class TestHandingOver:
    def test_by_the_interviewer(self, client: Client, interview: Interview, team: list[User]) -> None:
        card = interview.scorecards.get()
        assert reverse("candidates:scorecard_hand_over", args=[card.pk]) in (
            ask(client, team[0], "interview", interview.pk).content.decode()
        )
        page = ask(client, team[0], "scorecard_hand_over", card.pk).content.decode()
        assert "Lin Wei" in page
        empty = ask(client, team[0], "scorecard_hand_over", card.pk, person=team[1].pk, reason="")
        assert empty.status_code == 422
        answer = ask(client, team[0], "scorecard_hand_over", card.pk, person=team[1].pk, reason="On leave")
        assert answer["Location"] == reverse("candidates:interview", args=[interview.pk])
        assert set(interview.scorecards.values_list("interviewer__name", "state")) == {
            ("Mara Schulze", ScorecardState.EXCUSED),
            ("Lin Wei", ScorecardState.DRAFT),
        }
        text = ask(client, RecruiterFactory(), "interview", interview.pk).content.decode()
        for words in ("handed over", "Lin Wei", "On leave"):
            assert words in text
        assert ask(client, team[0], "scorecard_hand_over", card.pk).status_code == 404, "it is done"

    def test_offers_only_those_who_may_and_says_nothing_of_the_others(
        self, client: Client, interview: Interview, team: list[User]
    ) -> None:
        card = interview.scorecards.get()
        OpinionSeen.objects.create(user=team[1], application=interview.application, first_seen_at=timezone.now())
        page = ask(client, team[0], "scorecard_hand_over", card.pk).content.decode()
        assert "Lin Wei" not in page
        assert "opinion" not in page
        assert "seen what others" not in page
        refused = ask(client, team[0], "scorecard_hand_over", card.pk, person=team[1].pk, reason="x")
        assert refused.status_code == 422

    def test_an_interviewer_learns_only_that_a_colleague_is_busy(
        self, client: Client, interview: Interview, team: list[User]
    ) -> None:
        hidden = InterviewFactory(
            application=ApplicationFactory(candidate=CandidateFactory(name="Samuel Dlamini")),
            state=InterviewState.SCHEDULED,
            starts_at=interview.starts_at,
            ends_at=interview.ends_at,
        )
        ScorecardFactory(interview=hidden, interviewer=team[1])
        card = interview.scorecards.get()
        refused = ask(client, team[0], "scorecard_hand_over", card.pk, person=team[1].pk, reason="On leave")
        assert refused.status_code == 409
        text = refused.content.decode()
        assert "is busy" in text
        assert "Samuel" not in text
        assert f"/interviews/{hidden.pk}/" not in text

    def test_not_by_others(self, client: Client, interview: Interview, team: list[User]) -> None:
        card = interview.scorecards.get()
        for by in (team[1], HiringManagerFactory(), ReviewerFactory(client=interview.application.role.client)):
            answer = ask(client, by, "scorecard_hand_over", card.pk, person=team[1].pk, reason="x")
            assert answer.status_code == 404
        assert Scorecard.objects.get().is_draft


class TestCalendar:
    def test_the_entry_for_ones_own(self, client: Client, interview: Interview, team: list[User]) -> None:
        answer = ask(client, team[0], "interview_calendar", interview.pk)
        assert answer["Content-Type"].startswith("text/calendar")
        assert "attachment" in answer["Content-Disposition"]
        calendar = Calendar.from_ical(answer.content.decode())
        [event] = calendar.walk("VEVENT")
        assert (calendar["method"], event["uid"]) == ("PUBLISH", str(interview.calendar_uid))
        assert event.decoded("dtstart") == interview.starts_at
        assert "Nok" not in answer.content.decode()

    def test_not_for_strangers(self, client: Client, interview: Interview) -> None:
        for by in (HiringManagerFactory(), ReviewerFactory(client=interview.application.role.client)):
            assert ask(client, by, "interview_calendar", interview.pk).status_code == 404


def test_what_nobody_marked_is_on_the_recruiters_day(
    client: Client, interview: Interview, recruiter: User, team: list[User]
) -> None:
    past = timezone.now() - timedelta(hours=26)
    Interview.objects.update(starts_at=past, ends_at=past + timedelta(hours=1))
    client.force_login(recruiter)
    assert "Interviews nobody has marked" in client.get("/").content.decode()
    ask(client, recruiter, "interview_hold", interview.pk, go="1")
    assert "Interviews nobody has marked" not in client.get("/").content.decode()


def test_what_was_called_off_can_be_planned_again(client: Client, interview: Interview, recruiter: User) -> None:
    Interview.objects.update(state=InterviewState.CANCELLED, state_reason="flood")
    text = ask(client, recruiter, "interview", interview.pk).content.decode()
    again = f"{reverse('candidates:interview_new', args=[interview.application_id])}?kit={interview.kit_id}"
    assert again in text
    page = client.get(f"{again}&time_zone=Asia/Bangkok&panel={interview.scorecards.get().interviewer_id}")
    assert "needs your attention" not in page.content.decode()
    assert f'id="panel-{interview.scorecards.get().interviewer_id}" checked' in page.content.decode()
