"""Questions put to interviewers and what a debrief comes to: who may, when, who is told, and that no level changes."""

from datetime import timedelta

import pytest

from candidates.enums import DebriefResult
from candidates.models import Application, DebriefOutcome, DebriefQuestion, Rating, Scorecard, StageChange
from candidates.services.debriefs import answer_question, ask_question, note_outcome, resolve_question
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery, Job
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    InterviewFactory,
    ScorecardFactory,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def team() -> list[User]:
    return [HiringManagerFactory(name=name) for name in ("Mara Schulze", "Teodor Okafor")]


@pytest.fixture
def application(team: list[User]) -> Application:
    return ApplicationFactory(role=RoleFactory(team_of=team))


@pytest.fixture
def card(application: Application, team: list[User]) -> Scorecard:
    return submitted_scorecard(application, [2, 3, 4], by=team[0])


def ask(card: Scorecard, by: User, **about: object) -> DebriefQuestion:
    return ask_question(scorecard=card, text="How do we know?", by=by, now=NOW, **about)  # type: ignore[arg-type]  # passed through


def told() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("recipient", flat=True))


def test_whoever_wrote_a_scorecard_is_asked_and_told_without_a_word_of_it(card: Scorecard, team: list[User]) -> None:
    evidence = card.evidence.all()[1]
    question = ask(card, team[1], evidence=evidence)
    assert question.dimension == evidence.dimension, "an incident is one of a dimension"
    [mail] = Delivery.objects.all()
    assert (mail.recipient, mail.subject) == (team[0].email, "Teodor Okafor asks you about a scorecard")
    candidate = card.interview.application.candidate
    for secret in ("How do we know", evidence.incident, candidate.name, candidate.initials, f"/{card.pk}/"):
        assert secret not in f"{mail.subject} {mail.text} {mail.html}"
    assert f"/debrief-questions/{question.pk}/" in mail.text


def test_what_cannot_be_asked(card: Scorecard, application: Application, team: list[User]) -> None:
    other = submitted_scorecard(ApplicationFactory(), [3, 3, 3])
    short = submitted_scorecard(application, [4, 4, 4])
    recruiter = RecruiterFactory()
    for refused, words in (
        ({"by": team[0]}, "your own"),
        ({"by": recruiter, "text": " "}, "Write the question"),
        ({"by": recruiter, "evidence": other.evidence.first()}, "another scorecard"),
        ({"by": recruiter, "dimension": other.ratings.all()[0].dimension}, "does not cover"),
        ({"by": recruiter, "scorecard": ScorecardFactory(interview=card.interview)}, "Only a sealed"),
        ({"by": recruiter, "scorecard": short}, "can’t read this debrief"),
    ):
        given = {"scorecard": card, "text": "Why?", "now": NOW, **refused}
        with pytest.raises(Refused, match=words):
            ask_question(**given)  # type: ignore[arg-type]  # one wrong value each
    assert not DebriefQuestion.objects.exists()
    assert told() == []


def test_who_owes_another_scorecard_on_the_same_person_is_not_asked(card: Scorecard, team: list[User]) -> None:
    second = InterviewFactory(application=card.interview.application)
    ScorecardFactory(interview=second, interviewer=team[0])
    with pytest.raises(Refused, match="can’t read this debrief"):
        ask(card, RecruiterFactory())
    assert told() == []


def test_an_answer_reaches_who_asked_and_opens_what_was_resolved(card: Scorecard, team: list[User]) -> None:
    recruiter = RecruiterFactory()
    question = ask(card, recruiter)
    answer_question(question=question, text="They showed the graph.", by=team[0], now=NOW)
    assert told() == [team[0].email, recruiter.email]
    resolve_question(question=question, by=recruiter, now=NOW)
    assert DebriefQuestion.objects.get().is_resolved

    answer_question(question=question, text="One thing more.", by=team[1], now=LATER)
    assert not DebriefQuestion.objects.get().is_resolved
    assert told()[2:] == [recruiter.email, team[0].email], "a third person’s word goes to both"
    with pytest.raises(Refused, match="Write the answer"):
        answer_question(question=question, text="\n", by=team[0], now=LATER)


def test_whose_debrief_has_closed_again_is_not_told(card: Scorecard, team: list[User]) -> None:
    question = ask(card, team[1])
    ScorecardFactory(interview=InterviewFactory(application=card.interview.application), interviewer=team[1])
    before = told()
    answer_question(question=question, text="They showed the graph.", by=team[0], now=NOW)
    assert told() == before


def test_who_asked_or_a_recruiter_calls_it_resolved_once(card: Scorecard, team: list[User]) -> None:
    question = ask(card, team[1])
    with pytest.raises(Refused, match="Only whoever asked"):
        resolve_question(question=question, by=team[0], now=NOW)
    resolve_question(question=question, by=team[1], now=NOW)
    with pytest.raises(Refused):
        resolve_question(question=question, by=RecruiterFactory(), now=LATER)
    assert DebriefQuestion.objects.get().resolved_by == team[1]


def test_a_thread_waits_for_whoever_has_not_the_last_word(card: Scorecard, team: list[User]) -> None:
    question = ask(card, team[1])

    def waiting() -> list[bool]:
        return [DebriefQuestion.objects.waiting_for(person).exists() for person in team]

    assert waiting() == [True, False]
    answer_question(question=question, text="They showed it.", by=team[0], now=NOW)
    assert waiting() == [False, True]
    resolve_question(question=question, by=team[1], now=NOW)
    assert waiting() == [False, False]


def test_an_outcome_is_noted_when_nobody_is_awaited_and_changes_nothing_else(
    card: Scorecard, application: Application, team: list[User]
) -> None:
    owed = ScorecardFactory(interview=card.interview, interviewer=HiringManagerFactory(name="Lin Wei"))
    given = {"application": application, "result": DebriefResult.HOLD, "note": "The monitoring is thin.", "now": NOW}
    with pytest.raises(GateRefused, match="Lin Wei has not sealed"):
        note_outcome(**given, by=team[0], seen=None)  # type: ignore[arg-type]  # as given
    Scorecard.objects.filter(pk=owed.pk).delete()
    before = (list(Rating.objects.values()), StageChange.objects.count(), Job.objects.count(), application.stage_id)

    first = note_outcome(**given, by=team[0], seen=None, next_steps="A second call.")  # type: ignore[arg-type]  # as given

    application.refresh_from_db()
    now = (list(Rating.objects.values()), StageChange.objects.count(), Job.objects.count(), application.stage_id)
    assert now == before
    with pytest.raises(Conflict, match="Read it first"):
        note_outcome(**given, by=team[1], seen=None)  # type: ignore[arg-type]  # as given
    given |= {"result": DebriefResult.ADVANCE, "now": LATER}
    note_outcome(**given, by=team[1], seen=first.pk)  # type: ignore[arg-type]  # as given
    assert [one.result for one in DebriefOutcome.objects.all()] == ["advance", "hold"]


def test_an_outcome_needs_a_reason_and_somebody_who_spoke(application: Application, team: list[User]) -> None:
    given = {"application": application, "result": DebriefResult.HOLD, "by": team[0], "now": NOW, "seen": None}
    with pytest.raises(GateRefused, match="No scorecard"):
        note_outcome(**given, note="Nothing yet.")  # type: ignore[arg-type]  # as given
    submitted_scorecard(application, [3, 3, 3])
    with pytest.raises(Refused, match="rests on"):
        note_outcome(**given, note="  ")  # type: ignore[arg-type]  # as given
