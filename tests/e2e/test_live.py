"""Two recruiters on one board: each sees what the other moves, nobody is disturbed, and who comes second is told."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from candidates.models import Application
from rubrics.enums import StageKind
from rubrics.models import Role
from tests.e2e.windows import browsers
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ApplicationFactory
from tests.factories.rubrics import RoleFactory

WIDE: ViewportSize = {"width": 3400, "height": 900}
SOON = 5_000


@dataclass
class Two:
    """The same board in two windows."""

    maren: Page
    jonas: Page
    nok: Application
    suda: Application


@pytest.fixture
def two(browser: Browser, site: str) -> Iterator[Two]:
    role: Role = RoleFactory(slug="claims")
    nok = ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate__name="Nok")
    suda = ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate__name="Suda")
    with browsers(browser, site) as opened:
        maren, jonas = (opened.open_for(RecruiterFactory(name=name), WIDE) for name in ("Maren Sato", "Jonas Weber"))
        for window in (maren, jonas):
            window.goto(f"{site}/roles/claims/pipeline/")
            expect(window.locator("[data-board][data-ready]")).to_be_visible()
        yield Two(maren, jonas, nok, suda)
        opened.said = [words for words in opened.said if "status of 409" not in words]  # the browser's own words


def tile(window: Page, application: Application) -> Locator:
    return window.locator(f"#card-{application.pk}")


def tile_in(window: Page, application: Application, kind: StageKind) -> Locator:
    return window.locator(f"[data-kind={kind}] #card-{application.pk}")


def ask_to_move(window: Page, application: Application) -> None:
    tile(window, application).locator(".tile-name").focus()
    window.keyboard.press("m")
    expect(window.get_by_label("Move to", exact=True)).to_be_focused()


def choose(window: Page, stage: str) -> None:
    window.get_by_label("Move to", exact=True).select_option(label=stage)
    window.locator("#move").get_by_role("button", name="Move").click()


def test_others_moves_appear_and_disturb_nobody(two: Two) -> None:
    held = tile(two.jonas, two.nok).locator(".tile-name")
    held.focus()
    ask_to_move(two.maren, two.nok)
    choose(two.maren, "Contacted")

    expect(tile_in(two.jonas, two.nok, StageKind.CONTACTED)).to_be_visible(timeout=SOON)
    expect(held).to_be_focused()
    expect(two.jonas.locator("[data-live-words]")).to_have_text("Nok: Contacted")
    assert two.jonas.locator(".column .count").all_text_contents()[:2] == ["0", "1"]
    assert two.jonas.locator("[data-undo]").count() == 0
    two.maren.locator("body").press("u")
    expect(tile_in(two.jonas, two.nok, StageKind.SOURCED)).to_be_visible(timeout=SOON)


def test_whoever_comes_second_is_told_and_sees_where_the_card_is(two: Two) -> None:
    ask_to_move(two.jonas, two.suda)
    ask_to_move(two.maren, two.suda)
    choose(two.maren, "Contacted")
    expect(tile_in(two.maren, two.suda, StageKind.CONTACTED)).to_be_visible()
    expect(tile_in(two.jonas, two.suda, StageKind.SCREENING)).to_be_attached()  # a dialog is open: nothing moves

    choose(two.jonas, "Interviewing")

    expect(two.jonas.locator("#toasts")).to_contain_text("Somebody moved Suda to “Contacted” meanwhile.")
    expect(tile_in(two.jonas, two.suda, StageKind.CONTACTED)).to_be_visible()
    assert Application.objects.get(pk=two.suda.pk).stage.kind == StageKind.CONTACTED
