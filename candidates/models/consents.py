from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.enums import ConsentHow
from candidates.models.candidates import Candidate
from candidates.querysets.candidates import ConsentQuerySet
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class Consent(models.Model):
    """A candidate's yes to being screened: to which notice, since when, until when."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="consents")
    moved_from = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    """The file a merge brought this from, and takes it back to when it is undone."""
    notice_version = models.CharField(max_length=20)
    how = models.CharField(max_length=10, choices=ConsentHow)
    where_given = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ("-given_at", "-pk")
        triggers = (never_truncated(),)
        indexes = (models.Index(fields=["candidate", "expires_at"], name="consent_of_candidate"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(how=ConsentHow.OWN_PAGE) | (Q(recorded_by__isnull=False) & ~Q(where_given="")),
                name="consent_recorded_with_where",
                violation_error_message="A consent recorded for a candidate needs where it was given.",
            ),
        )

    def __str__(self) -> str:
        return f"Consent of candidate {self.candidate_id}"

    def is_valid(self, now: datetime) -> bool:
        return self.withdrawn_at is None and self.given_at <= now < self.expires_at
