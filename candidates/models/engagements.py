import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from candidates.enums import ReviewDay
from candidates.models.applications import Application
from candidates.querysets.engagements import EngagementQuerySet, EngagementReviewQuerySet
from rubrics.models import Dimension, RubricVersion
from screening.accounts.protection import keep_history, never_changes, never_truncated, sealed_with

GIVEN = "a given review never changes"


@keep_history()
class Engagement(models.Model):
    """A hire at work."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="engagement")
    rubric_version = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The one they were hired by, which is filled in again, though the role may move to another."""
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ("-started_on", "-pk")
        triggers = (never_truncated(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | (Q(ended_on__gte=F("started_on")) & ~Q(end_reason="")),
                name="engagement_ends_after_start_with_reason",
                violation_error_message="An engagement ends on or after its start, with a reason.",
            ),
        )

    def __str__(self) -> str:
        return f"engagement {self.pk}"


@keep_history(once=pgtrigger.Q(new__submitted_at__isnull=False))
class EngagementReview(models.Model):
    """The rubric filled in again, some time into the job."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="reviews")
    day = models.PositiveSmallIntegerField(choices=ReviewDay)
    due_on = models.DateField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="engagement_reviews"
    )
    comment = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = EngagementReviewQuerySet.as_manager()

    class Meta:
        ordering = ("engagement", "day")
        constraints = (
            models.UniqueConstraint(fields=["engagement", "day"], name="engagement_review_once_a_day"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(reviewer__isnull=False), name="engagement_review_by_somebody"
            ),
        )
        indexes = (
            models.Index(fields=["due_on"], condition=Q(submitted_at__isnull=True), name="engagement_review_due"),
        )
        triggers = never_changes(why=GIVEN, once=pgtrigger.Q(old__submitted_at__isnull=False))

    def __str__(self) -> str:
        return f"{self.get_day_display()} of engagement {self.engagement_id}"


class EngagementRating(models.Model):
    review = models.ForeignKey(EngagementReview, on_delete=models.CASCADE, related_name="ratings")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField(null=True, blank=True)
    not_assessed = models.BooleanField(default=False)

    class Meta:
        ordering = ("review", "dimension__position")
        constraints = (models.UniqueConstraint(fields=["review", "dimension"], name="engagement_rating_once"),)
        triggers = sealed_with(
            parents=(
                "SELECT 1 FROM candidates_engagementreview r"
                " WHERE r.id IN (OLD.review_id, NEW.review_id) AND r.submitted_at IS NOT NULL"
            ),
            why=GIVEN,
        )

    def __str__(self) -> str:
        return f"review {self.review_id}, dimension {self.dimension_id}"
