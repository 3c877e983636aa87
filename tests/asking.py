"""Pages and what they cost: somebody's client, and the statements that an act sends to the database."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening.accounts.models import User

TRANSACTIONS = ("SAVEPOINT", "BEGIN", "COMMIT", "ROLLBACK")


def session_of(user: User) -> str:
    """The key of a new session, as the sign-in page would make it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def as_(user: User, client: Client | None = None) -> Client:
    client = client or Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
    return client


def page(user: User, name: str, *args: object) -> str:
    """What somebody reads at one of the candidates' addresses."""
    answer = as_(user).get(reverse(f"candidates:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def instances(act: Callable[[], object]) -> int:
    """How many rows become objects: what a page is slow by while its statements stay few."""
    made = 0

    def count(**_kwargs: object) -> None:
        nonlocal made
        made += 1

    post_init.connect(count, weak=False, dispatch_uid="instances")
    try:
        act()
    finally:
        post_init.disconnect(dispatch_uid="instances")
    return made


def statements(act: Callable[[], object]) -> int:
    """How many, without those that only begin and end transactions (of which a test has more than the site)."""
    with CaptureQueriesContext(connection) as seen:
        act()
    return sum(not any(word in query["sql"] for word in TRANSACTIONS) for query in seen.captured_queries)
