"""Writing a scorecard's draft. A draft is replaced as a whole, and only by somebody who has seen its last state."""

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


def lock_draft(scorecard: Scorecard, *, by: User) -> Scorecard:
    """The row, locked, while it is still this person's draft.

    Raises NotYours, AlreadySealed, or Refused when the interview does not take place.
    """
    locked = (
        Scorecard.objects.select_for_update(of=("self",))
        .select_related("interview__kit__version", "interview__application__role")
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
    _check(draft, dimensions, locked.interview.kit.version)
    _write_ratings(locked, draft)
    _write_evidence(locked, draft)
    _write_signals(locked, draft, dimensions)
    _write_notes(locked, draft)
    all_done = {rating.dimension for rating in draft.ratings if rating.is_done} == set(dimensions)
    locked.recommendation = draft.recommendation if all_done else ""
    locked.comment = draft.comment
    locked.revision += 1
    locked.saved_at = now
    locked.save(update_fields=["recommendation", "comment", "revision", "saved_at"])
    return locked


def _check(draft: ScorecardDraft, dimensions: dict[int, Dimension], version: RubricVersion) -> None:
    for item in (*draft.ratings, *draft.evidence):
        if item.dimension not in dimensions:
            raise Refused(f"Dimension {item.dimension} is not covered by this interview.")
    for rating in draft.ratings:
        if rating.level is not None and rating.level not in version.level_values:
            name = dimensions[rating.dimension].name
            raise Refused(f"{name}: {rating.level} is not a level. Choose from {version.lowest} to {version.highest}.")
        if rating.level is not None and rating.not_assessed:
            raise Refused(f"{dimensions[rating.dimension].name}: give a level or mark it as not assessed, not both.")
    if draft.recommendation and draft.recommendation not in Recommendation.values:
        raise Refused(f"“{draft.recommendation}” is not a recommendation.")


def _write_ratings(scorecard: Scorecard, draft: ScorecardDraft) -> None:
    Rating.objects.bulk_create(
        [
            Rating(
                scorecard=scorecard,
                dimension_id=rating.dimension,
                level=rating.level,
                not_assessed=rating.not_assessed,
                not_assessed_reason=rating.reason,
            )
            for rating in draft.ratings
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


def _write_signals(scorecard: Scorecard, draft: ScorecardDraft, dimensions: dict[int, Dimension]) -> None:
    of_kit = scorecard.interview.kit.questions.filter(signals__dimension__in=dimensions)
    known = set(of_kit.filter(signals__in=draft.signals).values_list("signals__pk", flat=True))
    heard = draft.signals & known
    scorecard.signals_heard.exclude(signal__in=heard).delete()
    SignalHeard.objects.bulk_create(
        [SignalHeard(scorecard=scorecard, signal_id=signal) for signal in sorted(heard)], ignore_conflicts=True
    )


def _write_notes(scorecard: Scorecard, draft: ScorecardDraft) -> None:
    of_kit = set(scorecard.interview.kit.questions.values_list("pk", flat=True))
    QuestionNote.objects.bulk_create(
        [QuestionNote(scorecard=scorecard, question_id=pk, text=text) for pk, text in draft.notes.items() if pk in of_kit],
        update_conflicts=True,
        unique_fields=["scorecard", "question"],
        update_fields=["text"],
    )
    if draft.private_note or PrivateNote.objects.filter(scorecard=scorecard).exists():
        PrivateNote.objects.update_or_create(scorecard=scorecard, defaults={"text": draft.private_note})
