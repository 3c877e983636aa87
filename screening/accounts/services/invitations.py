"""The way in: an invitation by an administrator, a link by e-mail, a password of one's own."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from screening.accounts.errors import Refused
from screening.accounts.models import Client, Invitation, User
from screening.accounts.services.users import create_user, refuse_impossible
from screening.jobs.services.deliveries import queue_mail

VALID_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Invited:
    """The link is known here and in the e-mail only; the database keeps a hash."""

    invitation: Invitation
    link: str


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, email: str, name: str, part: str, client: Client | None, by: User, now: datetime) -> Invited:
    """A second invitation to the same address takes the place of the first."""
    email = email.strip().lower()
    refuse_impossible(email=email, name=name, part=part, client=client)
    Invitation.objects.open(now).filter(email=email).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        part=part,
        client=client,
        token_hash=hash_of(token),
        invited_by=by,
        expires_at=now + VALID_FOR,
    )
    link = settings.SCREENING_URL + reverse("accounts:invitation", args=[token])
    queue_mail(
        event="account.invited",
        to=email,
        subject=f"{by.name} invites you to Screening",
        template="invitation",
        context={"invitation": invitation, "link": link},
        confidential=True,
    )
    return Invited(invitation, link)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    invitation = Invitation.objects.select_for_update().visible_to(by).get(pk=invitation.pk)
    if invitation.accepted_at:
        raise Refused(f"{invitation.name} has accepted already; deactivate their account instead.")
    invitation.withdrawn_at = invitation.withdrawn_at or now
    invitation.save(update_fields=["withdrawn_at"])
    return invitation


def why_closed(invitation: Invitation, now: datetime) -> str:
    """Why the link no longer opens anything, for the person who follows it; empty while it does."""
    if invitation.accepted_at:
        return "This invitation has been used. Sign in with your e-mail and your password."
    if invitation.withdrawn_at:
        return "This invitation has been withdrawn or replaced by a newer one. Look for a newer e-mail, or ask who invited you."
    if invitation.expires_at <= now:
        return "This invitation has run out. Ask who invited you for a new one."
    return ""


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, time_zone: str, now: datetime) -> User:
    """Once: whoever comes second, even at the same moment, is told that it has been used."""
    invitation = Invitation.objects.select_for_update().get(token_hash=hash_of(token))
    if reason := why_closed(invitation, now):
        raise Refused(reason)
    user = create_user(
        email=invitation.email,
        name=name,
        part=invitation.part,
        client=invitation.client,
        password=password,
        time_zone=time_zone,
    )
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return user
