from django.db import models

from screening.accounts.enums import Part
from screening.accounts.models.clients import Client
from screening.accounts.models.users import User
from screening.accounts.protection import keep_history, never_truncated
from screening.accounts.querysets import InvitationQuerySet


@keep_history(exclude=["token_hash"])
class Invitation(models.Model):
    """The only way in: an administrator invites, the person follows the link once and chooses a password."""

    email = models.EmailField()
    name = models.CharField(max_length=200)
    part = models.CharField(max_length=20, choices=Part)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitation")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
