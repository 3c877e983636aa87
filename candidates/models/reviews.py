import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.enums import Basis, Verdict
from candidates.models.shortlists import ShortlistEntry
from candidates.querysets.reviews import ClientReviewQuerySet
from rubrics.models import Dimension
from screening.accounts.protection import keep_history, never_changes, sealed_with

COMMITTED = "a committed evaluation never changes"


@keep_history(once=pgtrigger.Q(new__committed_at__isnull=False))
class ClientReview(models.Model):
    """A client reviewer's own evaluation of a shortlisted person; nobody else sees it until it is committed."""

    entry = models.ForeignKey(ShortlistEntry, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client_reviews")
    basis = models.CharField(max_length=10, choices=Basis, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    comment = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)

    objects = ClientReviewQuerySet.as_manager()

    class Meta:
        ordering = ("entry", "pk")
        constraints = (
            models.UniqueConstraint(fields=["entry", "reviewer"], name="client_review_once"),
            models.CheckConstraint(
                condition=Q(committed_at__isnull=True) | (~Q(basis="") & ~Q(verdict="")),
                name="client_review_complete_when_committed",
            ),
        )
        triggers = never_changes(why=COMMITTED, once=pgtrigger.Q(old__committed_at__isnull=False))

    def __str__(self) -> str:
        return f"review {self.pk}"

    @property
    def is_committed(self) -> bool:
        return self.committed_at is not None


class ClientRating(models.Model):
    """The client's own level on one dimension; no level means not assessed."""

    review = models.ForeignKey(ClientReview, on_delete=models.CASCADE, related_name="ratings")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField(null=True, blank=True)
    not_assessed = models.BooleanField(default=False)

    class Meta:
        ordering = ("review", "dimension__position")
        constraints = (
            models.UniqueConstraint(fields=["review", "dimension"], name="client_rating_once"),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(not_assessed=False), name="client_rating_level_or_not_assessed"
            ),
        )
        triggers = sealed_with(
            parents=(
                "SELECT 1 FROM candidates_clientreview r"
                " WHERE r.id IN (OLD.review_id, NEW.review_id) AND r.committed_at IS NOT NULL"
            ),
            why=COMMITTED,
        )

    def __str__(self) -> str:
        return f"review {self.review_id}, dimension {self.dimension_id}"
