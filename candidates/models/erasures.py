from django.conf import settings
from django.db import models

from screening.accounts.protection import never_changes


class Erasure(models.Model):
    """The record that a candidate's data were erased: which row it was, when, by whom and why; nothing else."""

    candidate_id = models.BigIntegerField(unique=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ("-erased_at",)
        triggers = never_changes(why="the record of an erasure is kept")

    def __str__(self) -> str:
        return f"erasure of candidate {self.candidate_id}"
