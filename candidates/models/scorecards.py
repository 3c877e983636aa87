import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.enums import Recommendation, ScorecardOrigin, ScorecardState
from candidates.models.interviews import Interview
from candidates.querysets.scorecards import ScorecardQuerySet
from rubrics.models import Dimension, Question, Signal
from screening.accounts.protection import keep_history, never_changes, never_truncated, sealed_with

SEALED = "a submitted scorecard never changes; amend it instead"
SUBMITTED = (
    "SELECT 1 FROM candidates_scorecard s WHERE s.id IN (OLD.scorecard_id, NEW.scorecard_id) AND s.state = 'submitted'"
)


@keep_history(once=pgtrigger.Q(new__state__in=[ScorecardState.SUBMITTED, ScorecardState.EXCUSED]))
class Scorecard(models.Model):
    """What one interviewer found in one interview. Sealed when submitted.

    `due_at` is empty where nobody waits for it, as once the interview is called off. `revision` counts saves of the
    draft, so that no save overwrites newer text. `independent` says whether it was submitted before its author could
    see anyone else's opinion. An amendment is a scorecard of its own, beside the original it `amends`; it counts only
    when independent, or as a correction of fact approved by a second person.
    """

    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="scorecards")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scorecards")
    state = models.CharField(max_length=10, choices=ScorecardState, default=ScorecardState.DRAFT)
    origin = models.CharField(max_length=10, choices=ScorecardOrigin, default=ScorecardOrigin.INTERVIEW)
    revision = models.PositiveIntegerField(default=0)
    recommendation = models.CharField(max_length=10, choices=Recommendation, blank=True)
    comment = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    independent = models.BooleanField(null=True, blank=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    excused_reason = models.CharField(max_length=500, blank=True)
    handed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="amendments")
    amendment_reason = models.CharField(max_length=500, blank=True)
    corrects_fact = models.BooleanField(default=False)
    correction_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    correction_approved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ("interview", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["interview", "interviewer"],
                condition=Q(amends__isnull=True),
                name="scorecard_once_per_interviewer",
                violation_error_message="This person is already on the panel.",
            ),
            models.UniqueConstraint(
                fields=["amends"],
                condition=Q(state=ScorecardState.DRAFT),
                name="scorecard_one_open_amendment",
                violation_error_message="There is already an amendment being written.",
            ),
            models.CheckConstraint(
                condition=~Q(state=ScorecardState.SUBMITTED) | Q(submitted_at__isnull=False, independent__isnull=False),
                name="scorecard_submitted_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=ScorecardState.EXCUSED) | (Q(excused_by__isnull=False) & ~Q(excused_reason="")),
                name="scorecard_excused_with_reason",
                violation_error_message="A scorecard is excused by somebody, with a reason.",
            ),
            models.CheckConstraint(
                condition=Q(handed_to__isnull=True) | Q(state=ScorecardState.EXCUSED),
                name="scorecard_handed_is_excused",
            ),
            models.CheckConstraint(
                condition=Q(amends__isnull=True) | ~Q(amendment_reason=""),
                name="scorecard_amended_with_reason",
                violation_error_message="An amendment needs a reason.",
            ),
            models.CheckConstraint(
                condition=Q(correction_approved_by__isnull=True) | Q(corrects_fact=True),
                name="scorecard_only_corrections_approved",
            ),
        )
        indexes = (
            models.Index(
                fields=["interviewer", "due_at"], condition=Q(state=ScorecardState.DRAFT), name="scorecard_owed"
            ),
            models.Index(
                fields=["due_at"],
                include=["interview", "interviewer"],
                condition=Q(state=ScorecardState.DRAFT, amends__isnull=True),
                name="scorecard_late",
            ),
            models.Index(
                fields=["submitted_at"],
                condition=Q(corrects_fact=True, correction_approved_at__isnull=True),
                name="scorecard_correction_waiting",
            ),
            models.Index(
                fields=["interviewer", "submitted_at"],
                include=["interview"],
                condition=Q(state=ScorecardState.SUBMITTED),
                name="scorecard_sealed_by",
            ),
            models.Index(
                fields=["interview", "state"], include=["interviewer", "amends"], name="scorecard_of_interview"
            ),
        )
        triggers = [
            *never_changes(
                why=SEALED,
                once=pgtrigger.Q(old__state=ScorecardState.SUBMITTED),
                except_for=("correction_approved_by", "correction_approved_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"scorecard {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == ScorecardState.DRAFT

    @property
    def is_submitted(self) -> bool:
        return self.state == ScorecardState.SUBMITTED

    @property
    def is_imported(self) -> bool:
        return self.origin == ScorecardOrigin.IMPORTED


class Rating(models.Model):
    """The level one scorecard gives on one dimension, or why none could be given."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="ratings")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField(null=True, blank=True)
    not_assessed = models.BooleanField(default=False)
    not_assessed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("scorecard", "dimension__position")
        constraints = (
            models.UniqueConstraint(fields=["scorecard", "dimension"], name="rating_once_per_dimension"),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(not_assessed=False),
                name="rating_level_or_not_assessed",
                violation_error_message="Give a level or mark the dimension as not assessed, not both.",
            ),
        )
        triggers = sealed_with(parents=SUBMITTED, why=SEALED)

    def __str__(self) -> str:
        return f"scorecard {self.scorecard_id}, dimension {self.dimension_id}"


class Evidence(models.Model):
    """A dated incident that a rating rests on. `happened` is a year, month or day: 2025, 2025-03 or 2025-03-14."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="evidence")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    incident = models.TextField(blank=True)
    happened = models.CharField(max_length=60, blank=True)
    action = models.TextField(blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        ordering = ("scorecard", "dimension__position", "position", "pk")
        verbose_name_plural = "evidence"
        triggers = sealed_with(parents=SUBMITTED, why=SEALED)

    def __str__(self) -> str:
        return self.incident[:60]


class SignalHeard(models.Model):
    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="signals_heard")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "signals heard"
        constraints = (models.UniqueConstraint(fields=["scorecard", "signal"], name="signal_heard_once"),)
        triggers = sealed_with(parents=SUBMITTED, why=SEALED)

    def __str__(self) -> str:
        return f"scorecard {self.scorecard_id}, signal {self.signal_id}"


class QuestionNote(models.Model):
    """What the interviewer noted under one question; sealed with the scorecard."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="question_notes")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scorecard", "question"], name="question_note_once"),)
        triggers = sealed_with(parents=SUBMITTED, why=SEALED)

    def __str__(self) -> str:
        return self.text[:60]


class PrivateNote(models.Model):
    """Seen by its author only, in no history, and gone when they wish."""

    scorecard = models.OneToOneField(Scorecard, on_delete=models.CASCADE, related_name="private_note")
    text = models.TextField(blank=True)

    class Meta:
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return f"private note on scorecard {self.scorecard_id}"
