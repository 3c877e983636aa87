from django.conf import settings
from django.db import models
from django.utils import timezone

from candidates.enums import BulkKind, BulkOutcome
from candidates.models.applications import Application, StageChange
from candidates.models.notes import Tag
from candidates.querysets.bulk import BulkActionQuerySet
from rubrics.models import Role, Stage
from screening.accounts.protection import never_truncated
from screening.jobs.models import Job


class BulkAction(models.Model):
    """One thing done to many applications of a role, as a job; its items say what became of each.

    It is planned first (its items are frozen, nothing has happened), then started; `query` is the filter it came from.
    """

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=BulkKind)
    to_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    tag = models.ForeignKey(Tag, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    template = models.ForeignKey(
        "candidates.MailTemplate", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    query = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    undo_asked_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = BulkActionQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)
        indexes = (models.Index(fields=["by", "-created_at"], name="bulkaction_of_user"),)

    def __str__(self) -> str:
        if self.kind == BulkKind.MOVE and self.to_stage:
            return f"Move to “{self.to_stage.name}”"
        return str(self.get_kind_display())


class BulkItem(models.Model):
    """One application in it: where it stood before, what became of it, and why not."""

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="items")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    from_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=BulkOutcome, default=BulkOutcome.WAITING)
    why = models.CharField(max_length=500, blank=True)
    change = models.ForeignKey(StageChange, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("pk",)
        triggers = (never_truncated(),)
        constraints = (models.UniqueConstraint(fields=["action", "application"], name="bulkitem_once"),)
        indexes = (models.Index(fields=["action", "outcome", "id"], name="bulkitem_by_outcome"),)

    def __str__(self) -> str:
        return f"application {self.application_id}: {self.outcome}"
