"""Predicates on people. Each app's `permissions` builds on these; HTML, API and admin share them."""

import rules
from django.http import Http404

from screening.accounts.models import User


@rules.predicate
def is_administrator(user: User) -> bool:
    return user.is_administrator


@rules.predicate
def is_staff_of_firm(user: User) -> bool:
    return user.is_staff_of_firm


@rules.predicate
def is_client_reviewer(user: User) -> bool:
    return user.is_client_reviewer


def allow(allowed: bool) -> None:  # noqa: FBT001 -- reads as a sentence where it is called
    """What somebody may not do does not exist for them: raises Http404."""
    if not allowed:
        raise Http404
