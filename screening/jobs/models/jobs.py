import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from screening.jobs.enums import JobState
from screening.jobs.querysets import JobQuerySet


class Job(models.Model):
    """Long work as a row: what is to be done, how far it is, and what came of it.

    The row, not the message, is the truth: a worker that dies leaves a lease that runs out, and the sweep sends the
    task again. `key` makes asking twice for the same waiting work one row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["key"], condition=Q(state=JobState.QUEUED) & ~Q(key=""), name="job_key_unique_while_queued"
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state=JobState.QUEUED), name="job_due"),
            models.Index(fields=["lease_until"], condition=Q(state=JobState.RUNNING), name="job_lease"),
            models.Index(fields=["created_by", "-created_at"], name="job_of_user"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
