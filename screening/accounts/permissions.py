"""Predicates on people. Each app's `permissions` builds on these; HTML, API and admin share them."""

import rules
from django.http import Http404

from screening.accounts.models import ApiToken, Client, Invitation, User


@rules.predicate
def is_administrator(user: User) -> bool:
    return user.is_administrator


@rules.predicate
def is_staff_of_firm(user: User) -> bool:
    return user.is_staff_of_firm


@rules.predicate
def is_oneself(user: User, other: User) -> bool:
    return user.pk == other.pk


@rules.predicate
def is_of_client(user: User, client: Client) -> bool:
    return user.client_id == client.pk


@rules.predicate
def owns_token(user: User, token: ApiToken) -> bool:
    return bool(token.user_id == user.pk)


can_view_user = is_administrator | is_oneself
can_manage_people = is_administrator
can_view_client = is_staff_of_firm | is_of_client
can_list_clients = is_staff_of_firm
can_manage_clients = is_administrator
can_read_history = is_administrator
can_view_api_token = owns_token


HISTORY_OF_PEOPLE = "read_history_of_people"
"""A rule that whoever knows candidates adds: the ground knows none, and nothing is sealed where nobody says so."""


def can_read_history_of_people(user: User) -> bool:
    return bool(rules.test_rule(HISTORY_OF_PEOPLE, user)) if rules.rule_exists(HISTORY_OF_PEOPLE) else True


@rules.predicate
def can_view_invitation(user: User, invitation: Invitation) -> bool:  # noqa: ARG001  # the same for all of them
    return user.is_administrator


def allow(allowed: bool) -> None:  # noqa: FBT001 -- reads as a sentence where it is called
    """What somebody may not do does not exist for them: raises Http404."""
    if not allowed:
        raise Http404
