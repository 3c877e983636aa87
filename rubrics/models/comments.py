from django.conf import settings
from django.db import models
from django.db.models import Q

from rubrics.enums import CommentAbout
from rubrics.models.rubrics import RubricVersion
from rubrics.querysets import DraftCommentQuerySet
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class DraftComment(models.Model):
    """What somebody says of a draft: of all of it, or of one dimension or question, named by its key.

    Those of one thing are its thread. By key, because a file that replaces the draft writes every row anew.
    """

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="comments")
    about = models.CharField(max_length=10, choices=CommentAbout)
    key = models.SlugField(max_length=60, blank=True)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = DraftCommentQuerySet.as_manager()

    class Meta:
        ordering = ("version", "written_at", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(about=CommentAbout.DRAFT, key="") | (~Q(about=CommentAbout.DRAFT) & ~Q(key="")),
                name="comment_about_something",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.about} {self.key} of version {self.version_id}"
