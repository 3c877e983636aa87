"""Questions put to interviewers about their scorecards, and what a debrief comes to. Neither changes any level."""

from datetime import datetime

from django.db import transaction

from candidates.enums import DebriefResult
from candidates.gates.debriefs import missing_to_meet
from candidates.models import (
    Application,
    DebriefAnswer,
    DebriefOutcome,
    DebriefQuestion,
    Evidence,
    Scorecard,
)
from candidates.permissions.debriefs import can_resolve_question, can_take_part
from rubrics.gates.base import pass_gate
from rubrics.models import Dimension
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


@transaction.atomic
def ask_question(
    *,
    scorecard: Scorecard,
    text: str,
    by: User,
    now: datetime,
    dimension: Dimension | None = None,
    evidence: Evidence | None = None,
) -> DebriefQuestion:
    """Ask whoever wrote a submitted scorecard about it, and tell them by mail that there is a question.

    Raises Refused for an empty question, about one's own scorecard, or to somebody who may not read the debrief.
    """
    _lock(scorecard.interview.application)
    if not text.strip():
        raise Refused("Write the question.")
    if not scorecard.is_submitted:
        raise Refused("Only a sealed scorecard can be asked about.")
    if scorecard.interviewer_id == by.pk:
        raise Refused("This scorecard is your own. Amend it if it says something wrong.")
    if not scorecard.interviewer.is_active or not can_take_part(scorecard.interviewer, scorecard.interview.application):
        raise Refused(f"{scorecard.interviewer.name} can’t read this debrief, so they could not answer.")
    _must_be_of(scorecard, dimension, evidence)
    question = DebriefQuestion.objects.create(
        scorecard=scorecard,
        dimension=evidence.dimension if evidence else dimension,
        evidence=evidence,
        asked_by=by,
        text=text.strip(),
        asked_at=now,
    )
    _tell(question, scorecard.interviewer, event="debrief.asked", words=f"{by.name} asks you about a scorecard")
    return question


@transaction.atomic
def answer_question(*, question: DebriefQuestion, text: str, by: User, now: datetime) -> DebriefAnswer:
    """Write in the thread of a question; a resolved one is open again. Who asked and who was asked are told."""
    question = _locked(question)
    if not text.strip():
        raise Refused("Write the answer.")
    answer = DebriefAnswer.objects.create(question=question, by=by, text=text.strip(), at=now)
    if question.is_resolved:
        question.resolved_by = question.resolved_at = None
        question.save(update_fields=["resolved_by", "resolved_at"])
    for person in (question.asked_by, question.scorecard.interviewer):
        if person != by and can_take_part(person, question.scorecard.interview.application):
            _tell(question, person, event="debrief.answered", words=f"{by.name} wrote about a scorecard")
    return answer


@transaction.atomic
def resolve_question(*, question: DebriefQuestion, by: User, now: datetime) -> DebriefQuestion:
    """Raises Refused for anybody but who asked and staff, and when it was resolved before."""
    question = _locked(question)
    if not can_resolve_question(by, question):
        raise Refused("Only whoever asked, or a recruiter, can call an open question resolved.")
    question.resolved_by, question.resolved_at = by, now
    question.save(update_fields=["resolved_by", "resolved_at"])
    return question


@transaction.atomic
def note_outcome(
    *,
    application: Application,
    result: DebriefResult,
    note: str,
    by: User,
    now: datetime,
    seen: int | None,
    next_steps: str = "",
) -> DebriefOutcome:
    """What the debrief came to. `seen` is the outcome (id) the writer had before them, none if there was none.

    Raises GateRefused while a scorecard is owed, Conflict when somebody noted another outcome meanwhile.
    """
    _lock(application)
    newest = DebriefOutcome.objects.filter(application=application).first()
    if (newest.pk if newest else None) != seen:
        raise Conflict("Somebody noted an outcome meanwhile. Read it first; yours can still follow it.")
    pass_gate(missing_to_meet(application))
    if not note.strip():
        raise Refused("Say what it rests on.")
    return DebriefOutcome.objects.create(
        application=application,
        result=result,
        note=note.strip(),
        next_steps=next_steps.strip(),
        noted_by=by,
        noted_at=now,
    )


def _lock(application: Application) -> None:
    """What is said in one debrief is said one after the other."""
    Application.objects.select_for_update(of=("self",)).get(pk=application.pk)


def _locked(question: DebriefQuestion) -> DebriefQuestion:
    _lock(question.scorecard.interview.application)
    related = DebriefQuestion.objects.select_related(
        "asked_by", "scorecard__interviewer", "scorecard__interview__application__candidate"
    )
    return related.select_related("scorecard__interview__application__role").get(pk=question.pk)


def _must_be_of(scorecard: Scorecard, dimension: Dimension | None, evidence: Evidence | None) -> None:
    if evidence is not None and evidence.scorecard_id != scorecard.pk:
        raise Refused("This incident stands in another scorecard.")
    if dimension is not None and not scorecard.ratings.filter(dimension=dimension).exists():
        raise Refused("This scorecard does not cover that dimension.")


def _tell(question: DebriefQuestion, person: User, *, event: str, words: str) -> None:
    """A letter is read where no seal holds, and in the outbox: it names neither the candidate nor what was said."""
    queue_mail(
        event=event,
        to=person,
        subject=words,
        template="debrief_thread",
        context={
            "person": person,
            "words": words,
            "role": question.scorecard.interview.application.role,
            "question": question,
        },
    )
