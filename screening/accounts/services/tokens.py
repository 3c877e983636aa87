"""Keys for programs: shown once, kept as a hash, with an end."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from screening.accounts.errors import Refused
from screening.accounts.models import ApiToken, User

LONGEST = timedelta(days=366)
MOST = 20


@dataclass(frozen=True)
class NewToken:
    token: ApiToken
    key: str


@transaction.atomic
def create_token(*, user: User, name: str, valid_for: timedelta, read_only: bool) -> NewToken:
    if not timedelta(0) < valid_for <= LONGEST:
        raise Refused(f"A token is valid for 1 to {LONGEST.days} days.")
    if ApiToken.objects.filter(user=user).count() >= MOST:
        raise Refused(f"You have {MOST} tokens already; revoke one that is no longer used.")
    token, key = ApiToken.objects.create(user=user, expiry=valid_for, name=name, read_only=read_only)
    return NewToken(token, key)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    ApiToken.objects.visible_to(by).filter(pk=token.pk).delete()
