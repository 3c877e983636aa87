"""Every page as each part reaches it: it answers, says nothing on the console, fits, and passes WCAG 2.2 AA by axe."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Window
from pytest_django.plugin import DjangoDbBlocker

from screening.accounts.enums import Part
from tests import walk
from tests.abridged import UNABRIDGED
from tests.asking import session_of
from tests.processes import serving
from tests.test_permissions import DECLARED

HEIGHT = 900
LOOKS = list(product((1440, 768, 390), ("light", "dark"))) if UNABRIDGED else [(1440, "light"), (390, "dark")]
"""Widths and colour schemes; abridged, every page that is looked at is given one of them in turn."""
AXE = (settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN_AXE = """async () => (await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    rules: {"target-size": {enabled: true}},
    resultTypes: ["violations"],
})).violations.flatMap((found) => found.nodes.slice(0, 3).map((node) => `${found.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`))"""
OF_A_MISSING_PAGE = "responded with a status of 404"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def installation(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), walk.seeded(), serving() as address:
        yield address


@dataclass
class Look:
    """A window of somebody at one address after another, and everything that was wrong there."""

    site: str
    window: Window
    wrong: list[str] = field(default_factory=list)

    def listen(self) -> None:
        def note(said: str) -> None:
            if OF_A_MISSING_PAGE not in said:
                self.wrong.append(f"{self.window.url} says: {said}")

        self.window.on("console", lambda message: note(message.text))
        self.window.on("pageerror", lambda error: note(str(error)))

    def at(self, page: walk.Page, looks: list[tuple[int, str]]) -> None:
        self.window.set_viewport_size({"width": looks[0][0], "height": HEIGHT})
        response = self.window.goto(self.site + page.address, wait_until="load")
        if response is None or response.status != page.status:
            self.wrong.append(f"{page.address}: {response and response.status}")
        for width, scheme in looks:
            self.window.set_viewport_size({"width": width, "height": HEIGHT})
            self.window.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            self.wrong += [f"{page.name} {page.address} {width} {scheme}: {what}" for what in self._troubles()]

    def _troubles(self) -> Iterator[str]:
        if beyond := self.window.evaluate(OVERFLOW):
            yield f"{beyond} px too wide"
        yield from self.window.evaluate(RUN_AXE)


def context_of(part: str, browser: Browser, site: str) -> BrowserContext:
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script(AXE)
    if part != walk.NOBODY:
        key = session_of(walk.somebody(part))
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site}])
    return context


def pages_of(part: str) -> list[walk.Page]:
    """Abridged, a recruiter looks at every other page, others at where they begin and at what a recruiter does not read."""
    if UNABRIDGED:
        return walk.pages(part, of_each=3)
    if part == Part.RECRUITER:
        return walk.pages(part)[::2]
    found = walk.pages(part, furthest=1 if part == Part.ADMINISTRATOR else walk.FURTHEST)
    return [page for page in found if page.address == "/" or not _a_recruiter_reads(page)]


def _a_recruiter_reads(page: walk.Page) -> bool:
    may = DECLARED.get(page.name.partition("?")[0])
    return may is not None and "r" in (may.read or "")


@pytest.mark.browser
@pytest.mark.parametrize("part", walk.PARTS)
def test_every_page_answers_fits_and_is_accessible(installation: str, browser: Browser, part: str) -> None:
    context = context_of(part, browser, installation)
    look = Look(installation, context.new_page())
    look.listen()
    found = pages_of(part)
    for number, page in enumerate(found):
        look.at(page, LOOKS if UNABRIDGED else [LOOKS[number % len(LOOKS)]])
    context.close()
    assert look.wrong == [], "\n" + "\n".join(look.wrong)
    assert len(found) >= 4, "the walk broke off"
