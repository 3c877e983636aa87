from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from candidates.enums import Source
from candidates.models.candidates import Candidate
from candidates.querysets.applications import ApplicationQuerySet
from rubrics.models import Role, Stage
from screening.accounts.protection import keep_history, never_changes, never_truncated

UNDONE = "Undone"
"""The reason of a move that takes the one before it back."""


@keep_history()
class Application(models.Model):
    """A person in the pipeline of a role."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="applications")
    moved_from = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    """The file a merge brought this from, and takes it back to when it is undone."""
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="set_aside", editable=False
    )
    """Of two applications of one person to one role the one that goes on; this one keeps what was found in it."""
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="applications")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="applications")
    stage_since = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source, default=Source.APPLIED)
    source_detail = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_applications"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "role"],
                condition=Q(merged_into__isnull=True),
                name="application_once_per_role",
                violation_error_message="This person is already in the pipeline of this role.",
            ),
        )
        indexes = (
            models.Index(
                fields=["stage", "-stage_since", "-id"],
                include=["owner", "candidate", "merged_into"],
                name="application_of_stage",
            ),
            models.Index(fields=["role", "-created_at", "-id"], name="application_of_role"),
            models.Index(fields=["role", "-stage_since", "-id"], name="application_moved_last"),
            models.Index(fields=["owner", "stage"], name="application_of_owner"),
        )

    def __str__(self) -> str:
        return f"application {self.pk}"


class StageChange(models.Model):
    """One move through the pipeline, kept for ever."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="stage_changes")
    from_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        triggers = never_changes(why="the history of a pipeline is kept")
        indexes = (models.Index(fields=["application", "-at", "-id"], name="stagechange_of_application"),)

    def __str__(self) -> str:
        return f"application {self.application_id}: {self.from_stage_id} → {self.to_stage_id}"
