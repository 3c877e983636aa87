import uuid

from django.conf import settings
from django.db import models

from candidates.enums import DuplicateRule, ImportState, MatchedBy, RowOutcome, Source
from candidates.models.candidates import Candidate
from candidates.querysets.candidate_imports import CandidateImportQuerySet, ImportRowQuerySet
from rubrics.models import Role
from screening.accounts.protection import keep_history, never_truncated
from screening.jobs.models import Job


def stored_name(_of: "CandidateImport", _name: str) -> str:
    return f"imports/{uuid.uuid4().hex}"


@keep_history(exclude=["file", "header", "sheets", "header_key", "mapping", "error"])
class CandidateImport(models.Model):
    """A table of people somebody brought, on its way in: mapped, checked, imported. The file and its rows go soon after."""

    name = models.CharField(max_length=200)
    file = models.FileField(upload_to=stored_name, max_length=200, blank=True)
    encoding = models.CharField(max_length=40, blank=True, help_text="Empty for a workbook.")
    separator = models.CharField(max_length=1, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    sheets = models.JSONField(default=list, blank=True)
    header = models.JSONField(default=list, blank=True)
    header_key = models.CharField(max_length=64, blank=True, help_text="Tells files with the same columns.")
    mapping = models.JSONField(default=dict, blank=True, help_text="Column → what it holds.")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=10, choices=Source, default=Source.IMPORT)
    if_same = models.CharField(max_length=6, choices=DuplicateRule, default=DuplicateRule.SKIP)
    if_alike = models.CharField(max_length=6, choices=DuplicateRule, default=DuplicateRule.SKIP)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.MAPPING)
    error = models.CharField(max_length=500, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CandidateImportQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="import_newest"),
            models.Index(fields=["header_key", "-created_at"], name="import_of_header"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_workbook(self) -> bool:
        return not self.encoding


class ImportRow(models.Model):
    """A row of such a file while it waits; `number` as a spreadsheet counts it. Deleted with the file."""

    of = models.ForeignKey(CandidateImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list, help_text="As they stood in the file.")
    values = models.JSONField(default=dict, help_text="What they say of a candidate.")
    problems = models.JSONField(default=list, help_text="Pairs of column and what is wrong; empty when nothing is.")
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True, help_text="Digits alone, to be compared.")
    reference = models.CharField(max_length=120, blank=True)
    match = models.ForeignKey(Candidate, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    matched_by = models.CharField(max_length=9, choices=MatchedBy, blank=True)
    decision = models.CharField(max_length=6, choices=DuplicateRule, blank=True)
    outcome = models.CharField(max_length=7, choices=RowOutcome, blank=True)
    candidate = models.ForeignKey(Candidate, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        triggers = (never_truncated(),)
        constraints = (models.UniqueConstraint(fields=["of", "number"], name="import_row_once"),)

    def __str__(self) -> str:
        return f"row {self.number} of import {self.of_id}"
