from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from candidates.models.candidates import Candidate
from candidates.querysets.merges import LikelyDuplicateQuerySet, MergeQuerySet
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class Merge(models.Model):
    """Two files found to be of one person: `candidate` went into `into`, until somebody undoes it.

    `replaced` is what that changed on `into` (field → before and after), `set_aside` which applications stepped back
    (id → the one each stood behind already, or null); both are put back when it is undone.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="merges_into")
    replaced = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    set_aside = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(undone_at__isnull=True),
                name="merge_stands_once",
                violation_error_message="This file was merged already.",
            ),
            models.CheckConstraint(condition=~Q(candidate=F("into")), name="merge_of_two"),
        )

    def __str__(self) -> str:
        return f"candidate {self.candidate_id} into {self.into_id}"


class LikelyDuplicate(models.Model):
    """Two files that may be of one person, and why; found anew every time somebody looks through all of them."""

    one = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    two = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    reasons = ArrayField(models.CharField(max_length=20))
    found_at = models.DateTimeField()

    objects = LikelyDuplicateQuerySet.as_manager()

    class Meta:
        ordering = ("-found_at", "-pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(fields=["one", "two"], name="likely_duplicate_once"),
            models.CheckConstraint(condition=Q(one__lt=F("two")), name="likely_duplicate_in_order"),
        )
        indexes = (models.Index(fields=["-found_at", "-id"], name="likely_duplicate_newest"),)

    def __str__(self) -> str:
        return f"candidates {self.one_id} and {self.two_id}"


@keep_history()
class DifferentPeople(models.Model):
    """Somebody looked: these two are not the same person, and are not proposed again."""

    one = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    two = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(fields=["one", "two"], name="different_people_once"),
            models.CheckConstraint(condition=Q(one__lt=F("two")), name="different_people_in_order"),
        )

    def __str__(self) -> str:
        return f"candidates {self.one_id} and {self.two_id}"
