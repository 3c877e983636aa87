from django.db import models
from django.db.models.functions import Lower

from screening.accounts.protection import keep_history, never_truncated
from screening.accounts.querysets import ClientQuerySet


@keep_history()
class Client(models.Model):
    """A company that employs whom we screen."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                name="client_name_unique",
                violation_error_message="There is already a client of this name.",
            ),
        )

    def __str__(self) -> str:
        return self.name
