"""The life of a scorecard: sealed when submitted, excused when it will never come, amended beside itself."""

from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from candidates.enums import InterviewState, ScorecardState
from candidates.gates.scorecards import missing_to_submit
from candidates.models import (
    Evidence,
    Interview,
    OpinionSeen,
    PrivateNote,
    QuestionNote,
    Rating,
    Scorecard,
    SignalHeard,
)
from candidates.services.drafts import AlreadySealed, NotYours, lock_draft
from candidates.services.reminders import withdraw_reminders
from rubrics.gates.base import pass_gate
from rubrics.services.pools import request_scoring
from screening.accounts.errors import Refused
from screening.accounts.models import User

Content = TypeVar("Content", Rating, Evidence, SignalHeard, QuestionNote)


@transaction.atomic
def submit_scorecard(*, scorecard: Scorecard, by: User, now: datetime, erase_private_note: bool = False) -> Scorecard:
    """Seal a draft: from here on nothing in it changes, and its author may see the others'.

    Raises GateRefused with what is missing, NotYours, or AlreadySealed.
    """
    locked = lock_draft(scorecard, by=by, with_interview=True)
    pass_gate(missing_to_submit(locked))
    if erase_private_note:
        PrivateNote.objects.filter(scorecard=locked).delete()
    locked.independent = not _could_see_others(locked)
    locked.state = ScorecardState.SUBMITTED
    locked.submitted_at = now
    locked.save(update_fields=["independent", "state", "submitted_at"])
    interview = locked.interview
    if interview.state == InterviewState.SCHEDULED:
        interview.state = InterviewState.HELD
        interview.save(update_fields=["state"])
    withdraw_reminders([locked])
    _score_again(interview)
    return locked


def _score_again(interview: Interview) -> None:
    """Ask for a run over the pool of its kit, and over the one that its role has moved to since."""
    versions = (interview.kit.version, interview.application.role.rubric_version)
    for pool_key in sorted({version.pool_key for version in versions if version is not None}):
        request_scoring(pool_key=pool_key)


def _could_see_others(scorecard: Scorecard) -> bool:
    """Whether the author had other opinions within reach: they looked, or their own was in and others' were too."""
    application = scorecard.interview.application_id
    if OpinionSeen.objects.filter(user=scorecard.interviewer_id, application=application).exists():
        return True
    if scorecard.amends_id is None:
        return False
    others = Scorecard.objects.submitted().filter(interview__application=application)
    return others.exclude(interviewer=scorecard.interviewer_id).exists()


@transaction.atomic
def amend_scorecard(*, scorecard: Scorecard, reason: str, corrects_fact: bool, by: User) -> Scorecard:
    """Begin an amendment: a draft beside the sealed original, filled with what its author last submitted.

    Raises NotYours, or Refused without a reason, for a draft, or while another amendment is being written.
    """
    if scorecard.interviewer_id != by.pk:
        raise NotYours("Only the interviewer can amend a scorecard.")
    if not scorecard.is_submitted:
        raise Refused("Only a submitted scorecard can be amended.")
    if not reason.strip():
        raise Refused("Say why you amend your scorecard.")
    original = scorecard.amends or scorecard
    Scorecard.objects.select_for_update().get(pk=original.pk)
    if original.amendments.filter(state=ScorecardState.DRAFT).exists():
        raise Refused("You are already writing an amendment of this scorecard. Finish that one first.")
    last = original.amendments.submitted().order_by("-submitted_at").first() or original
    amendment = Scorecard.objects.create(
        interview=original.interview,
        interviewer=by,
        origin=original.origin,
        amends=original,
        amendment_reason=reason.strip(),
        corrects_fact=corrects_fact,
        recommendation=last.recommendation,
        comment=last.comment,
    )
    _copy(last.ratings.all(), amendment)
    _copy(last.evidence.all(), amendment)
    _copy(last.signals_heard.all(), amendment)
    _copy(last.question_notes.all(), amendment)
    return amendment


@transaction.atomic
def discard_amendment(*, scorecard: Scorecard, by: User) -> Scorecard:
    """Give up an amendment that is still being written; the original stays as it is, and is the answer."""
    locked = Scorecard.objects.select_for_update(of=("self",)).select_related("amends").get(pk=scorecard.pk)
    if locked.interviewer_id != by.pk:
        raise NotYours("Only the interviewer can discard their amendment.")
    if locked.amends is None or not locked.is_draft:
        raise AlreadySealed("Only an amendment that is still being written can be discarded.")
    original = locked.amends
    locked.delete()
    return original


def _copy(rows: QuerySet[Content], amendment: Scorecard) -> None:
    copies = list(rows)
    for row in copies:
        row.pk = None
        row.scorecard = amendment
    rows.bulk_create(copies)


@transaction.atomic
def approve_correction(*, scorecard: Scorecard, by: User, now: datetime) -> Scorecard:
    """A second person confirms that an amendment corrects a fact; from now on it counts in the score."""
    locked = (
        Scorecard.objects.select_for_update(of=("self",)).select_related("interview__kit__version").get(pk=scorecard.pk)
    )
    if not (locked.is_submitted and locked.corrects_fact):
        raise Refused("Only a submitted correction of fact can be approved.")
    if locked.interviewer_id == by.pk:
        raise Refused("Somebody other than the interviewer has to approve a correction.")
    if locked.correction_approved_at is not None:
        raise Refused("This correction has already been approved.")
    locked.correction_approved_by = by
    locked.correction_approved_at = now
    locked.save(update_fields=["correction_approved_by", "correction_approved_at"])
    _score_again(locked.interview)
    return locked
