"""A browser of each user of a journey, and the few things everybody does in one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Locator, ViewportSize, expect
from playwright.sync_api import Page as Window

from screening.accounts.models import User
from tests.asking import session_of

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
A_MOMENT, A_WHILE, PATIENCE = 1_000, 30, 15_000


@dataclass
class Browsers:
    """Opens one for each user; remembers whatever any of their pages complains of."""

    browser: Browser
    site: str
    said: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open_for(self, user: User, size: ViewportSize = DESK) -> Window:
        context = self.browser.new_context(base_url=self.site, viewport=size, has_touch=size is PHONE)
        self.contexts.append(context)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": self.site}
        context.add_cookies([cookie])  # type: ignore[list-item]  # exactly the three it needs
        context.on("console", lambda message: self.said.append(f"{user.name}: {message.text}"))
        context.on("weberror", lambda error: self.said.append(f"{user.name}: {error.error}"))
        return context.new_page()


@contextmanager
def browsers(browser: Browser, site: str) -> Iterator[Browsers]:
    """All of them; at the end nothing may have been said on any console."""
    opened = Browsers(browser, site)
    expect.set_options(timeout=PATIENCE)
    try:
        yield opened
    finally:
        for context in opened.contexts:
            context.close()
    assert opened.said == [], opened.said


def press(window: Window, name: str) -> None:
    window.get_by_role("button", name=name, exact=True).click()


def follow(window: Window, name: str) -> None:
    window.get_by_role("link", name=name, exact=True).first.click()


def reads(window: Window, words: str | re.Pattern[str]) -> None:
    expect(window.locator("main").get_by_text(words).first).to_be_visible()


def reload_until(window: Window, wanted: Locator) -> None:
    """For what a worker brings about; looks again every second for half a minute."""
    for _ in range(A_WHILE):
        try:
            expect(wanted).to_be_visible(timeout=A_MOMENT)
        except AssertionError:
            window.reload()
        else:
            return
    expect(wanted).to_be_visible()


def fits(window: Window) -> bool:
    window.wait_for_load_state()  # a page that has only begun to arrive has no element to measure
    return bool(window.evaluate("document.documentElement.scrollWidth <= innerWidth"))
