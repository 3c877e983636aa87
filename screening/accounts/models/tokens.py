import uuid

from django.db import models
from knox.models import AbstractAuthToken, AuthTokenManager

from screening.accounts.querysets import ApiTokenQuerySet


class ApiTokenManager(AuthTokenManager.from_queryset(ApiTokenQuerySet)):  # type: ignore[misc]  # built at run time
    """Knox creates through it; we read through its words of the domain."""


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no types
    """A program's key to the API, in its owner's name and with their rights, or with less: reading only."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    read_only = models.BooleanField(default=True)

    objects = ApiTokenManager()

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name
