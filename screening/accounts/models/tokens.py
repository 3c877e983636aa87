import uuid

from django.db import models
from knox.models import AbstractAuthToken, AuthTokenManager

from screening.accounts.querysets import ApiTokenQuerySet


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no types
    """A program's key to the API, in its owner's name and with their rights, or with less: reading only."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    read_only = models.BooleanField(default=True)

    objects = AuthTokenManager.from_queryset(ApiTokenQuerySet)()

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name
