from django.conf import settings
from django.db import models

from candidates.models.applications import Application
from screening.accounts.protection import never_changes


class OpinionSeen(models.Model):
    """Somebody has been shown what others think of an application; they can't join its panel afterwards."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="opinions_seen")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="opinions_seen")
    first_seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "opinions seen"
        constraints = (models.UniqueConstraint(fields=["user", "application"], name="opinion_seen_once"),)
        triggers = never_changes(why="who has seen opinions is kept")

    def __str__(self) -> str:
        return f"user {self.user_id} has seen opinions on application {self.application_id}"
