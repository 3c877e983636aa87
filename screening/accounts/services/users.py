"""People who sign in: made once, changed by administrators, never deleted (their name stands on their work)."""

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction

from screening.accounts.enums import Part, notices_of
from screening.accounts.errors import Refused
from screening.accounts.models import ApiToken, Client, User


@transaction.atomic
def create_user(
    *, email: str, name: str, part: str, password: str | None, client: Client | None = None, time_zone: str = "UTC"
) -> User:
    """Who calls this vouches for the address: an accepted invitation, or the command line."""
    refuse_invalid(User(email=email.lower(), name=name, part=part, client=client, time_zone=time_zone))
    user = User.objects.create_user(
        email=email, password=password, name=name, part=part, client=client, time_zone=time_zone
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def refuse_impossible(*, email: str, name: str, part: str, client: Client | None) -> None:
    """Says in words what the database would refuse."""
    refuse_invalid(User(email=email.lower(), name=name, part=part, client=client))


def refuse_invalid(user: User) -> None:
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


@transaction.atomic
def change_user(*, user: User, name: str, part: str, client: Client | None, by: User) -> User:
    user = User.objects.select_for_update().get(pk=user.pk)  # a form may have written on the one we were given
    keep_an_administrator(user, by, becomes=part)
    user.name, user.part, user.client = name, part, client
    refuse_invalid(user)
    user.save(update_fields=["name", "part", "client"])
    return user


@transaction.atomic
def deactivate_user(*, user: User, by: User) -> User:
    """Ends every session and token at once; name and work stay."""
    keep_an_administrator(user, by, becomes=None)
    user.is_active = False
    user.save(update_fields=["is_active"])
    ApiToken.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    return user


@transaction.atomic
def reactivate_user(*, user: User, by: User) -> User:  # noqa: ARG001  # every service says who
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


@transaction.atomic
def update_profile(*, user: User, **changes: Any) -> User:
    """What people say about themselves: name, time_zone, single_key_shortcuts."""
    for field in ("name", "time_zone", "single_key_shortcuts"):
        setattr(user, field, changes.get(field, getattr(user, field)))
    refuse_invalid(user)
    user.save(update_fields=["name", "time_zone", "single_key_shortcuts"])
    return user


@transaction.atomic
def choose_notices(*, user: User, wanted: Collection[str]) -> User:
    """Of the mails that reach this part, only these from now on; what never reaches it stays as it was."""
    user = User.objects.select_for_update().get(pk=user.pk)
    offered = [notice for _, notices in notices_of(user.part) for notice in notices]
    kept = [event for event in user.muted if event not in offered]
    user.muted = [*kept, *(notice.value for notice in offered if notice not in wanted)]
    user.save(update_fields=["muted"])
    return user


def keep_an_administrator(user: User, by: User, *, becomes: str | None) -> None:
    """Two administrators who remove each other at the same moment wait for one another here."""
    if not user.is_administrator or becomes == Part.ADMINISTRATOR:
        return
    if user == by:
        raise Refused("You cannot take the administrator's part from yourself; ask another administrator.")
    administrators = User.objects.active().filter(part=Part.ADMINISTRATOR).select_for_update()
    if not any(other != user for other in administrators):
        raise Refused("One active administrator has to remain.")
