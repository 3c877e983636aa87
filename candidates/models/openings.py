from django.conf import settings
from django.db import models

from candidates.enums import Opened
from candidates.models.shortlists import Shortlist, ShortlistEntry
from screening.accounts.protection import never_changes


class ShortlistOpening(models.Model):
    """Somebody at the client has had a shortlist, a person on it or its report before them: first when, and last."""

    shortlist = models.ForeignKey(Shortlist, on_delete=models.PROTECT, related_name="openings")
    entry = models.ForeignKey(ShortlistEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="openings")
    version = models.PositiveSmallIntegerField(default=1)
    what = models.CharField(max_length=9, choices=Opened)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shortlists_opened")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-last_at", "-pk")
        triggers = never_changes(why="who opened what is kept", except_for=("last_at",))
        constraints = (
            models.UniqueConstraint(
                fields=["shortlist", "version", "entry", "what", "user"],
                name="shortlist_opening_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(what=Opened.ENTRY, entry__isnull=False)
                | (~models.Q(what=Opened.ENTRY) & models.Q(entry__isnull=True)),
                name="shortlist_opening_of_entry",
            ),
        )

    def __str__(self) -> str:
        return f"user {self.user_id} opened {self.what} of shortlist {self.shortlist_id}"
