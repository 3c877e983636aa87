from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.enums import OfferAnswer
from candidates.models.decisions import Decision
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class Offer(models.Model):
    """What was offered after a decision to hire, when they would begin, and what they answered."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="offer")
    starts_on = models.DateField()
    terms = models.TextField(blank=True)
    answer = models.CharField(max_length=8, choices=OfferAnswer, blank=True)
    answer_reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        triggers = (never_truncated(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="offer_answered_when",
            ),
        )

    def __str__(self) -> str:
        return f"offer after decision {self.decision_id}"

    @property
    def is_declined(self) -> bool:
        return self.answer == OfferAnswer.DECLINED
