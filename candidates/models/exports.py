from django.conf import settings
from django.db import models

from candidates.enums import TableFormat
from candidates.querysets.candidate_imports import ExportQuerySet
from screening.accounts.protection import keep_history, never_truncated
from screening.jobs.models import Job


@keep_history(exclude=["file"])
class Export(models.Model):
    """Who took which people's data out, and when. A large one has a file, for a day."""

    what = models.CharField(max_length=250, help_text="The list, and in words how it was filtered.")
    format = models.CharField(max_length=4, choices=TableFormat)
    people = models.PositiveIntegerField(null=True, blank=True)
    file = models.CharField(max_length=100, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return self.what
