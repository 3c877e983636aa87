"""Writing a scorecard's draft. A draft is replaced as a whole, and only by somebody who has seen its last state."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from candidates.enums import InterviewState, Recommendation
from candidates.gates.scorecards import dimensions_covered
from candidates.models import Evidence, PrivateNote, QuestionNote, Rating, Scorecard, SignalHeard
from rubrics.models import Dimension, RubricVersion
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User


@dataclass(frozen=True)
class RatingDraft:
    dimension: int
    level: int | None = None
    not_assessed: bool = False
    reason: str = ""

    @property
    def is_done(self) -> bool:
        return self.level is not None or self.not_assessed


@dataclass(frozen=True)
class EvidenceDraft:
    dimension: int
    incident: str = ""
    happened: str = ""
    action: str = ""
    outcome: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.incident or self.happened or self.action or self.outcome)


@dataclass(frozen=True)
class ScorecardDraft:
    """Everything an interviewer may write; ids of dimensions, signals and questions of the interview's kit."""

    ratings: tuple[RatingDraft, ...] = ()
    evidence: tuple[EvidenceDraft, ...] = ()
    signals: frozenset[int] = frozenset()
    notes: dict[int, str] = field(default_factory=dict)
    private_note: str = ""
    recommendation: str = ""
    comment: str = ""


class NotYours(Refused):
    pass


class AlreadySealed(Refused):
    pass


class NewerTextSaved(Conflict):
    """Somebody, perhaps the same person on another device, saved since this text was loaded."""

    def __init__(self, scorecard: Scorecard) -> None:
        super().__init__("This scorecard was saved from another window meanwhile. Compare both before you go on.")
        self.scorecard = scorecard


def lock_draft(scorecard: Scorecard, *, by: User, with_interview: bool = False) -> Scorecard:
    """The row, locked, while it is still this person's draft; with its interview if nobody may call that off meanwhile.

    Raises NotYours, AlreadySealed, or Refused when the interview does not take place.
    """
    locked = (
        Scorecard.objects.select_for_update(of=("self", "interview") if with_interview else ("self",))
        .select_related("interview__kit__version", "interview__application__role__rubric_version")
        .get(pk=scorecard.pk)
    )
    if locked.interviewer_id != by.pk:
        raise NotYours("Only the interviewer can write on a scorecard.")
    if not locked.is_draft:
        raise AlreadySealed(f"This scorecard is {locked.get_state_display().lower()} and can’t be changed.")
    if locked.interview.state not in {InterviewState.SCHEDULED, InterviewState.HELD}:
        raise Refused(f"The interview is marked “{locked.interview.get_state_display().lower()}”.")
    return locked


@transaction.atomic
def save_draft(*, scorecard: Scorecard, draft: ScorecardDraft, revision: int, by: User, now: datetime) -> Scorecard:
    """Replace the draft by what its author has now; `revision` is the one they loaded.

    Raises NewerTextSaved when another save came between, Refused when the draft names what the kit does not have.
    """
    locked = lock_draft(scorecard, by=by)
    if locked.revision != revision:
        raise NewerTextSaved(locked)
    dimensions = {dimension.pk: dimension for dimension in dimensions_covered(locked)}
    questions, signals = _of_kit(locked, dimensions)
    _check(draft, dimensions, locked.interview.kit.version)
    _write_ratings(locked, draft, dimensions)
    _write_evidence(locked, draft)
    _write_signals(locked, draft.signals & signals)
    _write_notes(locked, {pk: draft.notes.get(pk, "") for pk in questions})
    _write_private_note(locked, draft)
    all_done = {rating.dimension for rating in draft.ratings if rating.is_done} == set(dimensions)
    locked.recommendation = draft.recommendation if all_done else ""
    locked.comment = draft.comment
    locked.revision += 1
    locked.saved_at = now
    locked.save(update_fields=["recommendation", "comment", "revision", "saved_at"])
    return locked


def _check(draft: ScorecardDraft, dimensions: dict[int, Dimension], version: RubricVersion) -> None:
    named = {rating.dimension for rating in draft.ratings} | {item.dimension for item in draft.evidence}
    if not named <= set(dimensions):
        raise Refused("This interview does not cover all the dimensions that were sent. Load the page again.")
    for rating in draft.ratings:
        if rating.level is not None and rating.level not in version.level_values:
            name = dimensions[rating.dimension].name
            raise Refused(f"{name}: {rating.level} is not a level. Choose from {version.lowest} to {version.highest}.")
        if rating.level is not None and rating.not_assessed:
            raise Refused(f"{dimensions[rating.dimension].name}: give a level or mark it as not assessed, not both.")
    if draft.recommendation and draft.recommendation not in Recommendation.values:
        raise Refused(f"“{draft.recommendation}” is not a recommendation.")


def _of_kit(scorecard: Scorecard, dimensions: Iterable[int]) -> tuple[set[int], set[int]]:
    """Ids of the kit's questions, and of the signals one may hear in their answers."""
    rows = list(scorecard.interview.kit.questions.values_list("pk", "signals__pk", "signals__dimension_id"))
    wanted = set(dimensions)
    return {question for question, _, _ in rows}, {signal for _, signal, dimension in rows if dimension in wanted}


def _write_ratings(scorecard: Scorecard, draft: ScorecardDraft, dimensions: Iterable[int]) -> None:
    """Every dimension of the kit; what the draft does not name is not rated any more."""
    given = {rating.dimension: rating for rating in draft.ratings}
    ratings = [given.get(dimension, RatingDraft(dimension)) for dimension in dimensions]
    Rating.objects.bulk_create(
        [
            Rating(
                scorecard=scorecard,
                dimension_id=rating.dimension,
                level=rating.level,
                not_assessed=rating.not_assessed,
                not_assessed_reason=rating.reason,
            )
            for rating in ratings
        ],
        update_conflicts=True,
        unique_fields=["scorecard", "dimension"],
        update_fields=["level", "not_assessed", "not_assessed_reason"],
    )


def _write_evidence(scorecard: Scorecard, draft: ScorecardDraft) -> None:
    scorecard.evidence.all().delete()
    Evidence.objects.bulk_create(
        [
            Evidence(
                scorecard=scorecard,
                dimension_id=item.dimension,
                position=position,
                incident=item.incident,
                happened=item.happened,
                action=item.action,
                outcome=item.outcome,
            )
            for position, item in enumerate(draft.evidence)
            if not item.is_empty
        ]
    )


def _write_signals(scorecard: Scorecard, heard: Collection[int]) -> None:
    scorecard.signals_heard.exclude(signal__in=heard).delete()
    SignalHeard.objects.bulk_create(
        [SignalHeard(scorecard=scorecard, signal_id=signal) for signal in sorted(heard)], ignore_conflicts=True
    )


def _write_notes(scorecard: Scorecard, notes: dict[int, str]) -> None:
    QuestionNote.objects.bulk_create(
        [QuestionNote(scorecard=scorecard, question_id=pk, text=text) for pk, text in sorted(notes.items())],
        update_conflicts=True,
        unique_fields=["scorecard", "question"],
        update_fields=["text"],
    )


def _write_private_note(scorecard: Scorecard, draft: ScorecardDraft) -> None:
    if not draft.private_note:
        PrivateNote.objects.filter(scorecard=scorecard).delete()
        return
    PrivateNote.objects.bulk_create(
        [PrivateNote(scorecard=scorecard, text=draft.private_note)],
        update_conflicts=True,
        unique_fields=["scorecard"],
        update_fields=["text"],
    )
