import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.models.decisions import Decision
from screening.accounts.protection import keep_history, never_changes


@keep_history()
class Feedback(models.Model):
    """What a candidate is told about a decision against them. Nothing goes out that a person has not read and sent."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="feedback")
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True)
                | (Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(text="")),
                name="feedback_sent_by_somebody",
            ),
        )
        triggers = never_changes(why="what was sent is kept", once=pgtrigger.Q(old__sent_at__isnull=False))

    def __str__(self) -> str:
        return f"feedback on decision {self.decision_id}"
