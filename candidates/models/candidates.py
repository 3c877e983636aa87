import secrets
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone

from candidates.querysets.candidates import CandidateQuerySet
from candidates.querysets.words import WordsOf
from rubrics.enums import NameForm
from screening.accounts.models.users import validate_time_zone
from screening.accounts.protection import keep_history, never_truncated


def new_link_key() -> str:
    return secrets.token_urlsafe(16)


def initials_of(name: str) -> str:
    return " ".join(f"{part[0].upper()}." for part in name.split() if part[0].isalpha()) or "–"


@keep_history(exclude=["link_key", "name_words", "email_words"])
class Candidate(models.Model):
    """A person who is screened. They have no account, but a signed link to their own page (`link_key` revokes it)."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    location = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])
    headline = models.CharField(max_length=200, blank=True)
    links = models.JSONField(default=list, blank=True)
    years_of_experience = models.PositiveSmallIntegerField(null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    tags: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "Tag", through="CandidateTag", through_fields=("candidate", "tag"), related_name="candidates", blank=True
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="candidacies"
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from")
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)
    link_key = models.CharField(max_length=40, default=new_link_key, editable=False)
    erasure_requested_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    name_words = models.GeneratedField(expression=WordsOf("name"), output_field=models.TextField(), db_persist=True)
    email_words = models.GeneratedField(expression=WordsOf("email"), output_field=models.TextField(), db_persist=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email="") & Q(merged_into__isnull=True),
                name="candidate_email_unique",
                violation_error_message="There is already a candidate with this e-mail.",
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=~Q(reference="") & Q(merged_into__isnull=True),
                name="candidate_reference_unique",
                violation_error_message="There is already a candidate with this reference.",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="candidate_not_merged_into_self"),
        )
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="candidate_newest"),
            models.Index(
                fields=["erasure_requested_at"],
                condition=Q(erasure_requested_at__isnull=False, erased_at__isnull=True),
                name="candidate_erasure_asked",
            ),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="candidate_name_trigram"),
            GinIndex(OpClass(Upper("email"), "gin_trgm_ops"), name="candidate_email_trigram"),
            GinIndex(OpClass("name_words", "gin_trgm_ops"), name="candidate_name_words"),
            GinIndex(OpClass("email_words", "gin_trgm_ops"), name="candidate_email_words"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    def name_in(self, form: str) -> str:
        """The name as a role or a shortlist chose to show it."""
        return self.initials if form == NameForm.INITIALS else self.name
