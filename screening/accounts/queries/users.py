from datetime import datetime

from django.db.models import Count, Q

from screening.accounts.models import ApiToken, Client, Invitation, User
from screening.accounts.querysets import ClientQuerySet, InvitationQuerySet, UserQuerySet


def people(*, user: User, text: str = "", part: str = "", state: str = "active") -> UserQuerySet:
    """The people an administrator looks for: by a piece of name or address, part, and whether they may sign in."""
    found: UserQuerySet = User.objects.visible_to(user).select_related("client").order_by("name", "pk")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if part:
        found = found.filter(part=part)
    return found if state == "all" else found.filter(is_active=state != "inactive")


def open_invitations(*, user: User, now: datetime) -> InvitationQuerySet:
    return Invitation.objects.visible_to(user).open(now).select_related("client", "invited_by")


def clients(*, user: User) -> ClientQuerySet:
    """With how many people of theirs may sign in."""
    people = Count("users", filter=Q(users__is_active=True))
    return Client.objects.visible_to(user).annotate(people=people).order_by("name")


def tokens(*, user: User) -> list[ApiToken]:
    return list(ApiToken.objects.visible_to(user).order_by("-created"))
