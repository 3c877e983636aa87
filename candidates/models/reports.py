import uuid

from django.db import models

from candidates.enums import Rendering
from candidates.models.shortlists import Shortlist
from candidates.querysets.shortlists import ReportQuerySet
from screening.accounts.protection import keep_history, never_changes


def stored_name(_report: "Report", _name: str) -> str:
    return f"reports/{uuid.uuid4().hex}.pdf"


@keep_history()
class Report(models.Model):
    """The built document of a shortlist, in one rendering, of exactly the content its fingerprint stands for."""

    shortlist = models.ForeignKey(Shortlist, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField(default=1)
    rendering = models.CharField(max_length=6, choices=Rendering)
    fingerprint = models.CharField(max_length=64)
    file = models.FileField(upload_to=stored_name, max_length=200)
    size = models.PositiveIntegerField()
    built_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ("-built_at", "-pk")
        triggers = never_changes(why="a report stays as it was built")
        constraints = (
            models.UniqueConstraint(fields=["shortlist", "rendering", "fingerprint"], name="report_built_once"),
        )

    def __str__(self) -> str:
        return f"{self.rendering} report of shortlist {self.shortlist_id}"
