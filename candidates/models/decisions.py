from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.enums import Outcome
from candidates.models.scores import ScoreSnapshot
from candidates.models.shortlists import ShortlistEntry
from candidates.querysets.reviews import DecisionQuerySet
from screening.accounts.protection import never_changes


class Decision(models.Model):
    """The client's decision on an entry, theirs or recorded for them. The newest counts."""

    entry = models.ForeignKey(ShortlistEntry, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=6, choices=Outcome)
    why = models.TextField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decider_name = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    where_given = models.CharField(max_length=300, blank=True)
    snapshot = models.ForeignKey(
        ScoreSnapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ("-decided_at", "-pk")
        indexes = (models.Index(fields=["entry", "-decided_at", "-id"], name="decision_of_entry"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=False, recorded_by__isnull=True)
                | (Q(decided_by__isnull=True, recorded_by__isnull=False) & ~Q(where_given="")),
                name="decided_or_recorded",
                violation_error_message="A decision recorded for the client needs where it was given.",
            ),
            models.CheckConstraint(
                condition=~Q(why=""), name="decision_has_reason", violation_error_message="A decision needs a reason."
            ),
        )
        triggers = never_changes(why="a decision is kept; a later one may follow")

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} (entry {self.entry_id})"
