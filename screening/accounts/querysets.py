from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser, BaseUserManager
from django.db import models
from django.db.models import Q

from screening.accounts.enums import Part

if TYPE_CHECKING:
    from screening.accounts.models import ApiToken, Client, Invitation, User

STAFF = (Part.ADMINISTRATOR, Part.RECRUITER)


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, user: User) -> UserQuerySet:
        """Administrators see everybody; others only themselves here (names on their work are shown with the work)."""
        return self if user.is_administrator else self.filter(pk=user.pk)

    def who_can_interview_for(self, client: Client) -> UserQuerySet:
        """People who may sit on a panel: staff, and engineers bound to this very client."""
        return self.active().exclude(part=Part.CLIENT_REVIEWER).filter(Q(client=None) | Q(client=client))

    def reviewers_of(self, client: Client) -> UserQuerySet:
        return self.active().filter(part=Part.CLIENT_REVIEWER, client=client)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # built at run time
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User | AnonymousUser) -> ClientQuerySet:
        if user.is_anonymous:
            return self.none()
        if user.part in STAFF:
            return self
        return self.none() if user.client_id is None else self.filter(pk=user.client_id)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> InvitationQuerySet:
        return self if user.is_administrator else self.none()

    def open(self, now: datetime) -> InvitationQuerySet:
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> ApiTokenQuerySet:
        return self.filter(user=user)

    def valid(self, now: datetime) -> ApiTokenQuerySet:
        return self.filter(expiry__gt=now)
