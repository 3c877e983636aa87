from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Interview, Scorecard
from candidates.permissions.scorecards import can_hand_over, can_view_scorecard
from candidates.permissions.seal import can_see_opinions
from candidates.services.drafts import AlreadySealed, NotYours, save_draft
from candidates.services.interviews import Arrangement, cancel_interview, schedule_interview
from candidates.services.opinions import record_opinions_seen
from candidates.services.panels import add_to_panel, excuse_scorecard, hand_over
from candidates.services.schedules import TimeClash, When
from candidates.services.scorecards import submit_scorecard
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory, submitted_scorecard
from tests.factories.drafts import whole_draft
from tests.factories.rubrics import RoleFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def team(db: None) -> list[User]:
    return [HiringManagerFactory(name="Mara"), HiringManagerFactory(name="Teo"), HiringManagerFactory(name="Lin")]


@pytest.fixture
def application(team: list[User]) -> Application:
    return ApplicationFactory(role=RoleFactory(team_of=team))


@pytest.fixture
def card(application: Application, team: list[User]) -> Scorecard:
    card: Scorecard = ScorecardFactory(interview=InterviewFactory(application=application), interviewer=team[0])
    return card


class TestHandingOver:
    @pytest.mark.parametrize("by", ["interviewer", "recruiter"])
    def test_the_place_goes_the_draft_stays(self, card: Scorecard, team: list[User], by: str) -> None:
        draft = whole_draft(card, [3, 3, 3])
        save_draft(scorecard=card, draft=draft, revision=0, by=team[0], now=NOW)
        who = team[0] if by == "interviewer" else RecruiterFactory()
        taken = hand_over(scorecard=card, to=team[1], reason="ill", by=who, now=NOW)
        card.refresh_from_db()
        assert (card.state, card.handed_to, card.excused_by, card.excused_reason) == (
            ScorecardState.EXCUSED,
            team[1],
            who,
            "ill",
        )
        assert (taken.interviewer, taken.state, taken.ratings.count(), taken.comment) == (team[1], "draft", 0, "")
        assert card.ratings.filter(level__isnull=False).exists()
        assert can_view_scorecard(team[0], card)
        for other in (team[1], team[2], RecruiterFactory()):
            assert not can_view_scorecard(other, card)
            assert card not in Scorecard.objects.visible_to(other)

    def test_the_seal_follows(self, card: Scorecard, team: list[User], application: Application) -> None:
        submitted_scorecard(application, [4, 4, 4], by=team[2])
        assert (can_see_opinions(team[0], application), can_see_opinions(team[1], application)) == (False, True)
        hand_over(scorecard=card, to=team[1], reason="ill", by=team[0], now=NOW)
        assert (can_see_opinions(team[0], application), can_see_opinions(team[1], application)) == (True, False)

    def test_what_was_handed_over_is_neither_written_nor_submitted(self, card: Scorecard, team: list[User]) -> None:
        hand_over(scorecard=card, to=team[1], reason="ill", by=team[0], now=NOW)
        acts: tuple[Callable[[], object], ...] = (
            lambda: save_draft(scorecard=card, draft=whole_draft(card, [3, 3, 3]), revision=0, by=team[0], now=NOW),
            lambda: submit_scorecard(scorecard=card, by=team[0], now=NOW),
            lambda: hand_over(scorecard=card, to=team[2], reason="again", by=team[0], now=NOW),
            lambda: excuse_scorecard(scorecard=card, reason="again", by=team[0], now=NOW),
        )
        for act in acts:
            with pytest.raises(AlreadySealed):
                act()

    def test_whoever_takes_it_late_has_a_day(self, card: Scorecard, team: list[User]) -> None:
        late = card.interview.ends_at + timedelta(days=3)
        taken = hand_over(scorecard=card, to=team[1], reason="ill", by=team[0], now=late)
        assert taken.due_at == late + timedelta(days=1)
        told = Delivery.objects.get(user=team[1], event="interview.scheduled")
        assert told.calendar == "", "what is over needs no entry"
        assert "Mara’s place" in told.text

    def test_to_whom_it_may_not_go(self, card: Scorecard, team: list[User], application: Application) -> None:
        seen, stranger = team[1], HiringManagerFactory()
        record_opinions_seen(user=seen, applications=[application.pk], now=NOW)
        themselves = RecruiterFactory()
        application.candidate.user = themselves
        application.candidate.save()
        for person, words in ((seen, "already seen"), (stranger, "not on the team"), (themselves, "the candidate")):
            with pytest.raises(GateRefused, match=words):
                hand_over(scorecard=card, to=person, reason="ill", by=team[0], now=NOW)
        ScorecardFactory(interview=card.interview, interviewer=team[2])
        for person in (team[0], team[2]):
            with pytest.raises(Refused, match="already on the panel"):
                hand_over(scorecard=card, to=person, reason="ill", by=team[0], now=NOW)
        card.refresh_from_db()
        assert card.is_draft

    def test_by_whom(self, card: Scorecard, team: list[User]) -> None:
        assert [bool(can_hand_over(who, card)) for who in (team[0], RecruiterFactory(), team[1])] == [True, True, False]
        with pytest.raises(NotYours):
            hand_over(scorecard=card, to=team[2], reason="ill", by=team[1], now=NOW)

    @pytest.mark.parametrize("state", ["submitted", "amended", "cancelled"])
    def test_not_any_more(self, card: Scorecard, team: list[User], application: Application, state: str) -> None:
        if state == "submitted":
            card = submitted_scorecard(application, [3, 3, 3], by=team[0])
        elif state == "amended":
            sealed = submitted_scorecard(application, [3, 3, 3], by=team[0])
            card = ScorecardFactory(
                interview=sealed.interview, interviewer=team[0], amends=sealed, amendment_reason="x"
            )
        else:
            cancel_interview(interview=card.interview, reason="flood", now=NOW)
        with pytest.raises(Refused):
            hand_over(scorecard=card, to=team[1], reason="ill", by=team[0], now=NOW)

    def test_nobody_is_put_in_two_places_unasked(self, card: Scorecard, team: list[User]) -> None:
        elsewhere = InterviewFactory(state=InterviewState.SCHEDULED)
        ScorecardFactory(interview=elsewhere, interviewer=team[1])
        before = NOW - HOUR
        with pytest.raises(TimeClash) as caught:
            hand_over(scorecard=card, to=team[1], reason="ill", by=team[0], now=before)
        assert [clash.who for clash in caught.value.clashes] == ["Teo"]
        taken = hand_over(
            scorecard=card, to=team[1], reason="ill", by=team[0], now=before, accepted=caught.value.accept
        )
        assert taken.interviewer == team[1]


def test_a_cancelled_interview_gets_no_scorecard(card: Scorecard, team: list[User]) -> None:
    cancel_interview(interview=card.interview, reason="flood", now=NOW)
    with pytest.raises(Refused, match="marked “cancelled”"):
        submit_scorecard(scorecard=card, by=team[0], now=NOW)
    with pytest.raises(Refused, match="marked “cancelled”"):
        add_to_panel(interview=Interview.objects.get(), person=team[1], now=NOW)


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each answers, or the error it ends with; each on a connection of its own."""

    def run(act: Callable[[], object]) -> object:
        try:
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_plan_at_once_the_second_is_asked(committed_db: str) -> None:
    team = [HiringManagerFactory(name="Mara")]
    role, by = RoleFactory(team_of=team), RecruiterFactory()
    kit = role.rubric_version.kits.get(key="whole")
    arrangement = Arrangement(When(NOW + HOUR, NOW + 2 * HOUR, "UTC"))
    acts = [
        partial(
            schedule_interview,
            application=ApplicationFactory(role=role),
            kit=kit,
            arrangement=arrangement,
            panel=team,
            by=by,
            now=NOW,
        )
        for _ in range(4)
    ]
    found = at_once(list(acts))
    assert sum(isinstance(one, Interview) for one in found) == 1
    assert sum(isinstance(one, TimeClash) for one in found) == 3


def test_submitted_or_handed_over_never_both(committed_db: str) -> None:
    team = [HiringManagerFactory(name="Mara"), HiringManagerFactory(name="Teo")]
    application = ApplicationFactory(role=RoleFactory(team_of=team))
    for _ in range(3):
        card = ScorecardFactory(interview=InterviewFactory(application=application), interviewer=team[0])
        save_draft(scorecard=card, draft=whole_draft(card, [3, 3, 3]), revision=0, by=team[0], now=NOW)
        found = at_once(
            [
                partial(submit_scorecard, scorecard=card, by=team[0], now=NOW),
                partial(hand_over, scorecard=card, to=team[1], reason="ill", by=team[0], now=NOW),
            ]
        )
        assert sum(isinstance(one, Scorecard) for one in found) == 1
        card.refresh_from_db()
        taken = card.interview.scorecards.filter(interviewer=team[1]).exists()
        assert (card.state, taken) in {("submitted", False), ("excused", True)}


def test_whoever_is_excused_after_the_interview_is_told(card: Scorecard, team: list[User]) -> None:
    recruiter, over = RecruiterFactory(name="Hanna"), card.interview.ends_at + HOUR
    excuse_scorecard(scorecard=card, reason="Has left.", by=recruiter, now=over)
    told = Delivery.objects.get(event="interview.excused")
    assert (told.user, told.calendar) == (team[0], "")
    assert "Hanna excused you" in told.text
    assert "Has left." not in told.text


def test_nobody_is_written_to_about_what_they_did_themselves(application: Application) -> None:
    recruiter = RecruiterFactory()
    own = ScorecardFactory(interview=InterviewFactory(application=application), interviewer=recruiter)
    excuse_scorecard(scorecard=own, reason="Was ill.", by=recruiter, now=own.interview.ends_at + HOUR)
    assert not Delivery.objects.exists()
