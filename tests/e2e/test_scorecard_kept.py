"""Nothing typed on a scorecard's page is lost, and no save overwrites newer text, whatever happens to the rest."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from candidates.models import Scorecard
from candidates.services.drafts import ScorecardDraft, save_draft
from screening.accounts.models import User
from tests import processes
from tests.abridged import UNABRIDGED
from tests.asking import session_of
from tests.conftest import chromium
from tests.e2e.conftest import SignIn
from tests.e2e.scorecards import (
    TWO_SECONDS,
    due_scorecard,
    fresh,
    levels,
    note,
    notes,
    private,
    says_saved,
    wait_until,
    wait_until_kept,
)
from tests.factories.accounts import PASSWORD, HiringManagerFactory
from tests.factories.drafts import whole_draft

GONE, RETURNED = "The server cannot be reached.", "Brought back what this browser had kept"
AWAY = 20 if UNABRIDGED else 3
"""Seconds that a server is stopped for while somebody types."""
COPIES = """() => new Promise((resolve) => {
    const opened = indexedDB.open("drafts", 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore("copies");
    opened.onsuccess = () => {
        const found = opened.result.transaction("copies").objectStore("copies").getAllKeys();
        found.onsuccess = () => { opened.result.close(); resolve(found.result.map((key) => key.slice(0, 2).join())); };
    };
})"""


@pytest.fixture
def mara(committed_db: str) -> User:
    return HiringManagerFactory(name="Mara Schulze", time_zone="Europe/Berlin")


@pytest.fixture
def scorecard(mara: User) -> Scorecard:
    return due_scorecard(mara)


@pytest.fixture
def expected() -> list[str]:
    """A save that would overwrite newer text is refused, and the browser remarks on it."""
    return ["status of 409"]


@pytest.fixture
def opened(quiet: list[str], page: Page, site: str, sign_in: SignIn, scorecard: Scorecard) -> Page:
    sign_in(scorecard.interviewer)
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    return page


def saved_elsewhere(scorecard: Scorecard, draft: ScorecardDraft) -> None:
    revision = fresh(scorecard).revision
    save_draft(scorecard=scorecard, draft=draft, revision=revision, by=scorecard.interviewer, now=timezone.now())


def dies(window: Page) -> None:
    """Without a word to the server, as a window that closes still may send."""
    window.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation(), { capture: true })")
    window.close(run_before_unload=False)


# --- two windows, two devices ----------------------------------------------------------------------------------------


def test_what_two_windows_wrote_in_different_places_comes_together(
    opened: Page, context: BrowserContext, scorecard: Scorecard
) -> None:
    other = context.new_page()
    other.goto(opened.url)
    note(other).fill("From the tablet")
    other.locator("[name^=signals-]").first.check(force=True)
    wait_until_kept(scorecard, 1)

    opened.keyboard.press("4")
    opened.locator("[name^=signals-]").nth(1).check(force=True)
    note(opened, 1).fill("From the laptop")
    wait_until(lambda: len(notes(scorecard)) == 2, "both notes")
    assert notes(scorecard) == ["From the tablet", "From the laptop"]
    assert levels(scorecard)[0] == 4
    assert scorecard.signals_heard.count() == 2
    expect(note(opened)).to_have_value("From the tablet")
    expect(opened.locator("[data-notice]")).to_contain_text("brought in here")
    expect(opened.locator("[data-conflict-panel]")).to_have_count(0)

    note(other).fill("From the tablet, and more")
    wait_until(lambda: notes(scorecard)[0] == "From the tablet, and more", "back and forth")
    expect(note(other, 1)).to_have_value("From the laptop")


def test_the_review_opens_with_what_other_windows_saved_or_left_behind(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("ERR_INTERNET_DISCONNECTED")
    other = context.new_page()
    other.goto(opened.url)
    context.set_offline(True)
    note(other, 1).fill("From a window that died")
    expect(other.get_by_text(GONE)).to_be_visible()
    dies(other)
    context.set_offline(False)
    saved_elsewhere(scorecard, ScorecardDraft(comment="From the tablet"))

    note(opened).fill("From the laptop")
    opened.keyboard.press("Control+Enter")
    opened.wait_for_url("**/submit/")
    assert notes(scorecard) == ["From the laptop", "From a window that died"]
    assert fresh(scorecard).comment == "From the tablet"


def test_what_two_windows_wrote_in_the_same_place_is_compared(
    opened: Page, context: BrowserContext, scorecard: Scorecard
) -> None:
    other = context.new_page()
    other.goto(opened.url)
    note(other).fill("From the tablet")
    private(other).fill("Only there")
    wait_until(lambda: fresh(scorecard).revision > 0 and hasattr(fresh(scorecard), "private_note"), "saved there")
    revision = fresh(scorecard).revision

    note(opened).fill("From the laptop")
    panel = opened.locator("[data-conflict-panel]")
    expect(panel).to_contain_text("From the tablet")
    expect(panel).to_contain_text("From the laptop")
    expect(panel.locator("[data-field]")).to_have_count(1)
    expect(note(opened)).to_be_focused()
    expect(private(opened)).to_have_value("Only there")
    assert fresh(scorecard).revision == revision, "nothing is overwritten meanwhile"

    note(opened).press_sequentially(", going on")
    opened.get_by_role("button", name="Compare both texts").click()
    expect(panel).to_be_focused()
    panel.get_by_label("Both, one after the other").check()
    panel.get_by_role("button", name="Save these choices").click()
    expect(panel).to_be_hidden()
    wait_until(lambda: notes(scorecard) == ["From the laptop, going on\n\nFrom the tablet"], "both texts")
    assert fresh(scorecard).private_note.text == "Only there"


@pytest.mark.parametrize(("button", "first"), [("Keep all of mine", 5), ("Take all that was saved", 2)])
def test_one_side_of_a_conflict_is_taken_whole(opened: Page, scorecard: Scorecard, button: str, first: int) -> None:
    saved_elsewhere(scorecard, whole_draft(scorecard, [2, 2, 2]))
    opened.keyboard.press("5")
    panel = opened.locator("[data-conflict-panel]")
    expect(panel).to_contain_text("Production ownership: level")
    panel.get_by_text(button).click()
    expect(panel).to_have_count(0)
    wait_until_kept(scorecard, 2)
    assert levels(scorecard) == [first, 2, 2], "what only the other window wrote stays either way"
    group = opened.get_by_role("group", name="Production ownership")
    expect(group.get_by_role("radio", name=f"{first} ")).to_be_checked()


# --- the server is away ----------------------------------------------------------------------------------------------


def test_with_the_connection_lost_the_text_stays_and_is_saved_when_it_returns(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("ERR_INTERNET_DISCONNECTED")
    context.set_offline(True)
    note(opened).fill("Written on a train")
    expect(opened.get_by_text(GONE)).to_be_visible()
    expect(opened.locator("[data-saved]")).to_have_text("Not saved")
    assert fresh(scorecard).revision == 0
    context.set_offline(False)
    wait_until_kept(scorecard, 1)
    says_saved(opened)
    expect(opened.get_by_text(GONE)).to_be_hidden()
    assert notes(scorecard) == ["Written on a train"]


@pytest.fixture
def gunicorn(committed_db: str, tmp_path: Path) -> Iterator[processes.Gunicorn]:
    with processes.gunicorn(log=tmp_path / "gunicorn.log", workers=1) as server:
        yield server


@contextmanager
def killed(server: processes.Gunicorn) -> Iterator[None]:
    server.kill()
    yield
    server.start()


@contextmanager
def frozen(server: processes.Gunicorn) -> Iterator[None]:
    """It accepts connections and answers nobody; what was sent meanwhile it reads when it wakes."""
    server.signal(signal.SIGSTOP)
    yield
    server.signal(signal.SIGCONT)


@pytest.mark.browser
@pytest.mark.parametrize("stopped", [killed, pytest.param(frozen, marks=pytest.mark.unabridged)])
def test_the_server_stops_while_somebody_types(
    browser: Browser,
    gunicorn: processes.Gunicorn,
    scorecard: Scorecard,
    stopped: Callable[[processes.Gunicorn], AbstractContextManager[None]],
) -> None:
    context = browser.new_context()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(scorecard.interviewer), "url": gunicorn.url}
    context.add_cookies([cookie])  # type: ignore[list-item]  # exactly the three it needs
    page = context.new_page()
    page.goto(f"{gunicorn.url}/scorecards/{scorecard.pk}/")
    typed = ""
    note(page).focus()
    with stopped(gunicorn):
        until = time.monotonic() + AWAY
        while time.monotonic() < until:
            word = f"word {len(typed)}, "
            page.keyboard.type(word, delay=20)
            typed += word
        expect(note(page)).to_have_value(typed)
    page.keyboard.type("and back")
    wait_until(lambda: notes(scorecard) == [f"{typed}and back"], "every keystroke arrives", seconds=30)
    expect(page.locator("[data-conflict-panel]")).to_have_count(0)
    says_saved(page)
    context.close()


# --- the session ends ------------------------------------------------------------------------------------------------


def sign_out(context: BrowserContext) -> None:
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    context.clear_cookies(name=settings.CSRF_COOKIE_NAME)


def test_signed_out_one_signs_in_again_in_place(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected += ["status of 403", "status of 400"]
    sign_out(context)
    private(opened).fill("Still here")
    expect(opened.get_by_text("You have been signed out.")).to_be_visible()
    expect(private(opened)).to_be_focused()
    password = opened.get_by_label("Password of")
    password.fill("not this one")
    password.press("Enter")
    expect(opened.locator("[data-sign-in-problem]")).not_to_be_empty()
    private(opened).press_sequentially(", and going on")

    password.fill(PASSWORD)
    password.press("Enter")
    expect(opened.get_by_text("You have been signed out.")).to_be_hidden()
    expect(private(opened)).to_be_focused()
    wait_until(lambda: fresh(scorecard).revision > 0, "saved after signing in")
    says_saved(opened)
    assert fresh(scorecard).private_note.text == "Still here, and going on"


def test_signed_out_with_a_second_factor_one_goes_on_in_another_window(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("status of 403")
    secret = generate_totp_secret()
    TOTP.activate(scorecard.interviewer, secret)
    sign_out(context)
    note(opened).fill("Still here")
    password = opened.get_by_label("Password of")
    password.fill(PASSWORD)
    password.press("Enter")
    with context.expect_page() as another:
        opened.get_by_role("link", name="Go on in a new tab").click()
    code = hotp_value(secret, next(iter(yield_hotp_counters_from_time())))
    another.value.get_by_label("Code").fill(format_hotp_value(code))
    another.value.get_by_label("Code").press("Enter")
    another.value.wait_for_url("**/")
    wait_until(lambda: notes(scorecard) == ["Still here"], "saved by itself")
    expect(opened.get_by_text("You have been signed out.")).to_be_hidden()


def test_somebody_else_at_the_same_machine_sees_nothing_of_it(
    opened: Page, context: BrowserContext, site: str, sign_in: SignIn, scorecard: Scorecard, expected: list[str]
) -> None:
    expected += ["ERR_INTERNET_DISCONNECTED", "Clear-Site-Data"]
    context.set_offline(True)
    note(opened).fill("Mara's own words")
    expect(opened.get_by_text(GONE)).to_be_visible()
    dies(opened)
    context.set_offline(False)

    tom = HiringManagerFactory()
    sign_in(tom)
    page = context.new_page()
    page.goto(f"{site}/scorecards/{due_scorecard(tom).pk}/")
    page.wait_for_load_state("networkidle")
    assert note(page).input_value() == ""
    assert page.evaluate(COPIES) == [f"{scorecard.interviewer_id},{scorecard.pk}"], "it waits for who wrote it"

    page.locator(".account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")
    assert page.evaluate(COPIES) == [], "signing out clears what the browser kept"


# --- the browser ends ------------------------------------------------------------------------------------------------


def test_a_window_that_dies_brings_its_text_back(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("ERR_INTERNET_DISCONNECTED")
    address = opened.url
    context.set_offline(True)
    opened.keyboard.press("4")
    opened.keyboard.press("e")
    opened.keyboard.type("Precision fell")
    expect(opened.get_by_text(GONE)).to_be_visible()
    dies(opened)
    context.set_offline(False)
    saved_elsewhere(scorecard, ScorecardDraft(comment="From the tablet meanwhile"))

    again = context.new_page()
    again.goto(address)
    expect(again.get_by_text(RETURNED)).to_be_visible()
    wait_until_kept(scorecard, 2)
    assert scorecard.evidence.get().incident == "Precision fell"
    assert levels(scorecard)[0] == 4
    assert fresh(scorecard).comment == "From the tablet meanwhile"
    wait_until(lambda: again.evaluate(COPIES) == [], "what the server has is not kept here")


@pytest.mark.browser
def test_a_killed_browser_loses_nothing_older_than_two_seconds(
    playwright: Playwright, site: str, scorecard: Scorecard, tmp_path: Path
) -> None:
    """Even with the server away: what it keeps has reached the system when the process dies."""
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(scorecard.interviewer), "url": site}

    def start() -> tuple[BrowserContext, Page]:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=chromium(),
            args=["--disable-dev-shm-usage", *(["--no-sandbox"] if os.getuid() == 0 else [])],
        )
        context.add_cookies([cookie])  # type: ignore[list-item]  # exactly the three it needs
        page = context.new_page()
        page.goto(f"{site}/scorecards/{scorecard.pk}/")
        return context, page

    context, page = start()
    context.set_offline(True)
    note(page).press_sequentially("Claims triage, 40k decisions a day", delay=30)
    page.wait_for_timeout(TWO_SECONDS)
    assert fresh(scorecard).revision == 0
    found = subprocess.run(["pgrep", "-f", tmp_path / "profile"], capture_output=True, text=True, check=True)  # noqa: S603, S607  # its own browser, by its profile's path
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)

    context, page = start()
    expect(page.get_by_text(RETURNED)).to_be_visible()
    expect(note(page)).to_have_value("Claims triage, 40k decisions a day")
    wait_until_kept(scorecard, 1)
    assert notes(scorecard) == ["Claims triage, 40k decisions a day"]
    context.close()


def test_sealing_leaves_nothing_behind_and_erases_the_private_note(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("ERR_INTERNET_DISCONNECTED")
    saved_elsewhere(scorecard, whole_draft(scorecard, [3, 3, 3]))
    opened.reload()
    other = context.new_page()
    other.goto(opened.url)
    private(opened).fill("Mine alone")
    opened.keyboard.press("Control+Enter")
    expect(opened.get_by_label("Erase my private note")).to_be_visible()
    context.set_offline(True)
    private(other).fill("Never for others")
    expect(other.get_by_text(GONE)).to_be_visible()
    dies(other)
    context.set_offline(False)

    opened.get_by_label("Erase my private note").check()
    opened.get_by_role("button", name="Seal the scorecard").click()
    opened.wait_for_url("**/debrief/")
    sealed = fresh(scorecard)
    assert sealed.is_submitted
    assert not hasattr(sealed, "private_note")
    assert opened.evaluate(COPIES) == []
    opened.go_back()
    expect(opened.get_by_role("heading", name="Scorecard of Mara Schulze")).to_be_visible()
    opened.go_back()
    assert "Mine alone" not in opened.content()
