import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from candidates.enums import DocumentKind
from candidates.models.candidates import Candidate
from candidates.querysets.candidates import DocumentQuerySet
from candidates.querysets.words import WordsIn
from screening.accounts.protection import keep_history, never_truncated


def stored_name(_document: "Document", _name: str) -> str:
    """A name nobody can guess and that says nothing about the person."""
    token = uuid.uuid4().hex
    return f"documents/{token[:2]}/{token}"


@keep_history(exclude=["text", "words"])
class Document(models.Model):
    """A file a candidate gave us, PDF or DOCX, with the text found in it."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="documents")
    moved_from = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    """The file a merge brought this from, and takes it back to when it is undone."""
    kind = models.CharField(max_length=10, choices=DocumentKind, default=DocumentKind.CV)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to=stored_name, max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    words = models.GeneratedField(expression=WordsIn("text"), output_field=SearchVectorField(), db_persist=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("-uploaded_at", "-pk")
        triggers = (never_truncated(),)
        indexes = (GinIndex(fields=["words"], name="document_words"),)

    def __str__(self) -> str:
        return self.name
