"""Browser tests: the site on the test's own database, real Chromium, and nothing said on its console."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page

from screening.accounts.models import User
from tests.asking import session_of

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the test

SignIn = Callable[[User], None]


@pytest.fixture
def sign_in(context: BrowserContext, site: str) -> SignIn:
    """Puts a session of this user into the browser, as the sign-in page would."""

    def act(user: User) -> None:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": site}])

    return act


@pytest.fixture
def expected() -> list[str]:
    """What the browser itself may report in this test, such as requests that fail on purpose; parts of the words."""
    return []


@pytest.fixture
def quiet(context: BrowserContext, expected: list[str]) -> Iterator[list[str]]:
    """Fails the test when a page complains: errors of scripts, refusals of the content security policy."""
    said: list[str] = []

    def listen(page: Page) -> None:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))

    for page in context.pages:
        listen(page)
    context.on("page", listen)
    yield said
    assert [words for words in said if not any(part in words for part in expected)] == []
