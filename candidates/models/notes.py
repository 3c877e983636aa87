from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from candidates.models.applications import Application
from candidates.models.candidates import Candidate
from candidates.querysets.candidates import NoteQuerySet
from candidates.querysets.words import WordsIn
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class Tag(models.Model):
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ("name",)
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return self.name


@keep_history()
class CandidateTag(models.Model):
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    moved_from = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    """The file a merge brought this from, and takes it back to when it is undone."""
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        triggers = (never_truncated(),)
        constraints = (models.UniqueConstraint(fields=["candidate", "tag"], name="candidate_tag_once"),)

    def __str__(self) -> str:
        return f"candidate {self.candidate_id}, tag {self.tag_id}"


@keep_history(exclude=["words"])
class Note(models.Model):
    """What somebody wrote down about a candidate, perhaps about one application of theirs."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="notes")
    moved_from = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    """The file a merge brought this from, and takes it back to when it is undone."""
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    words = models.GeneratedField(expression=WordsIn("text"), output_field=SearchVectorField(), db_persist=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)
        indexes = (
            models.Index(fields=["candidate", "-created_at"], name="note_of_candidate"),
            GinIndex(fields=["words"], name="note_words"),
        )

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """Somebody named in a note with an @; it waits on their day's page until they have seen it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mentions")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        triggers = (never_truncated(),)
        constraints = (models.UniqueConstraint(fields=["note", "user"], name="mentioned_once"),)
        indexes = (
            models.Index(fields=["user", "-at"], condition=models.Q(seen_at__isnull=True), name="mention_unseen"),
        )

    def __str__(self) -> str:
        return f"user {self.user_id} in note {self.note_id}"
