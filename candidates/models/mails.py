from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from candidates.models.applications import Application
from candidates.models.bulk import BulkItem
from candidates.models.candidates import Candidate
from candidates.querysets.mails import CandidateMailQuerySet, MailTemplateQuerySet
from screening.accounts.protection import keep_history, never_changes, never_truncated
from screening.jobs.models import Delivery

LONGEST_SUBJECT = 250


@keep_history()
class MailTemplate(models.Model):
    """Words for many letters to candidates. Names in double braces stand for what differs; nothing else is evaluated."""

    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    text = models.TextField()
    archived_at = models.DateTimeField(null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MailTemplateQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(archived_at__isnull=True),
                name="mail_template_name_unique",
                violation_error_message="There is a template of this name already.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class CandidateMail(models.Model):
    """A letter somebody here wrote to a candidate. Its words stand in the outbox once; `key` makes sending twice one."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="mails")
    moved_from = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    """The file a merge brought this from, and takes it back to when it is undone."""
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    template = models.ForeignKey(MailTemplate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="letter")
    bulk_item = models.OneToOneField(BulkItem, on_delete=models.PROTECT, null=True, blank=True, related_name="letter")
    key = models.CharField(max_length=80, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = CandidateMailQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        triggers = never_changes(why="what was written to whom stays on record", except_for=["candidate", "moved_from"])
        indexes = (models.Index(fields=["candidate", "-written_at"], name="mail_of_candidate"),)

    def __str__(self) -> str:
        return f"candidate {self.candidate_id}, delivery {self.delivery_id}"
