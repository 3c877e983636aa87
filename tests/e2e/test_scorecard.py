"""The scorecard's page in a browser: keys alone, nothing typed is lost, two windows never overwrite each other."""

import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from candidates.models import Scorecard
from candidates.services.drafts import save_draft
from screening.accounts.models import User
from tests.e2e.conftest import SignIn
from tests.factories.accounts import HiringManagerFactory
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory, dimensions_of
from tests.factories.drafts import whole_draft
from tests.factories.rubrics import RoleFactory, published_version

SAVED = re.compile(r"Saved \d\d:\d\d")
TWO_SECONDS = 2000


@pytest.fixture
def mara(site: str) -> User:
    return HiringManagerFactory(name="Mara Schulze", time_zone="Europe/Berlin")


@pytest.fixture
def scorecard(mara: User) -> Scorecard:
    role = RoleFactory(title="Senior AI Engineer", team_of=[mara])
    start = timezone.now() - timedelta(minutes=20)
    interview = InterviewFactory(
        application=ApplicationFactory(role=role), starts_at=start, ends_at=start + timedelta(hours=1)
    )
    return ScorecardFactory(interview=interview, interviewer=mara, due_at=start + timedelta(days=1))


@pytest.fixture
def opened(page: Page, site: str, quiet: list[str], sign_in: SignIn, scorecard: Scorecard) -> Page:
    sign_in(scorecard.interviewer)
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    return page


def fresh(scorecard: Scorecard) -> Scorecard:
    return Scorecard.objects.get(pk=scorecard.pk)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text(SAVED)


def wait_until_kept(scorecard: Scorecard, revision: int) -> None:
    until = time.monotonic() + 10
    while fresh(scorecard).revision < revision:
        assert time.monotonic() < until, "it was not saved"
        time.sleep(0.05)


def note(page: Page) -> str:
    return str(page.locator("textarea[name^=note-]").first.get_attribute("name"))


def levels(scorecard: Scorecard) -> list[int | None]:
    return list(scorecard.ratings.order_by("dimension__position").values_list("level", flat=True))


def test_from_opening_to_sealed_by_keyboard_alone(opened: Page, scorecard: Scorecard) -> None:
    keys = opened.keyboard
    pressed: list[str] = []

    def press(*names: str) -> None:
        for name in names:
            pressed.append(name)
            keys.press(name)

    press("j", "4", "e")
    keys.type("Precision fell from 0.91 to 0.84")
    press("Tab")
    keys.type("2025-03")
    press("Tab")
    keys.type("Rolled the parser back the same evening")
    press("Tab")
    keys.type("Back at 0.90")
    press("Escape", "j", "3", "j", "n")
    press("Tab")
    keys.type("No time left")
    press("Escape", "j", "3")
    press("Control+Enter")
    opened.wait_for_url("**/submit/")
    expect(opened.get_by_text("Ready to be sealed")).to_be_visible()
    press("Enter")
    opened.wait_for_url("**/debrief/")

    sealed = fresh(scorecard)
    assert (sealed.state, sealed.recommendation) == ("submitted", "yes")
    assert levels(scorecard) == [4, 3, None]
    assert sealed.ratings.get(not_assessed=True).not_assessed_reason == "No time left"
    evidence = sealed.evidence.get()
    assert (evidence.incident, evidence.happened) == ("Precision fell from 0.91 to 0.84", "2025-03")
    assert evidence.action == "Rolled the parser back the same evening"
    assert len(pressed) == 17, pressed


def test_what_is_typed_is_saved_within_two_seconds_and_survives_a_reload(opened: Page, scorecard: Scorecard) -> None:
    field = opened.locator("textarea[name^=note-]").first
    field.press_sequentially("Claims triage, 40k decisions a day", delay=10)
    opened.wait_for_timeout(TWO_SECONDS)
    assert scorecard.question_notes.get(question=int(note(opened).removeprefix("note-"))).text == (
        "Claims triage, 40k decisions a day"
    )
    saved(opened)

    opened.reload()
    expect(opened.locator("textarea[name^=note-]").first).to_have_value("Claims triage, 40k decisions a day")


def test_somebody_who_never_pauses_is_saved_all_the_same(opened: Page, scorecard: Scorecard) -> None:
    field = opened.locator("textarea[name=private_note]")
    until = time.monotonic() + 3.5
    while time.monotonic() < until:
        field.press_sequentially("word ", delay=20)
    assert fresh(scorecard).revision >= 1


def test_two_windows_never_overwrite_each_other(opened: Page, context: BrowserContext, scorecard: Scorecard) -> None:
    other = context.new_page()
    other.goto(opened.url)
    other.locator("textarea[name^=note-]").first.fill("From the tablet")
    other.locator("textarea[name=private_note]").fill("Only there")
    wait_until_kept(scorecard, 1)
    saved(other)

    opened.locator("textarea[name^=note-]").first.fill("From the laptop")
    panel = opened.locator("[data-conflict-panel]")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("From the tablet")
    expect(panel).to_contain_text("From the laptop")
    assert fresh(scorecard).revision == 1, "nothing is overwritten meanwhile"

    panel.get_by_role("button", name="Save these choices").click()
    expect(panel).to_be_hidden()
    wait_until_kept(scorecard, 2)

    assert scorecard.question_notes.exclude(text="").get().text == "From the laptop"
    assert fresh(scorecard).private_note.text == "Only there", "what was not touched here follows the other window"
    expect(opened.locator("textarea[name=private_note]")).to_have_value("Only there")


def test_taking_what_the_other_window_saved(opened: Page, scorecard: Scorecard) -> None:
    draft = whole_draft(scorecard, [2, 2, 2])
    save_draft(scorecard=scorecard, draft=draft, revision=0, by=scorecard.interviewer, now=timezone.now())
    opened.keyboard.press("5")
    panel = opened.locator("[data-conflict-panel]")
    expect(panel).to_contain_text("Production ownership: level")

    panel.get_by_role("link", name="Take all that was saved").click()
    expect(opened.locator("[data-conflict-panel]")).to_have_count(0)
    expect(opened.get_by_role("group", name="Production ownership").get_by_role("radio", name="2 ")).to_be_checked()
    assert levels(scorecard) == [2, 2, 2]


def test_keeping_all_of_mine(opened: Page, scorecard: Scorecard) -> None:
    draft = whole_draft(scorecard, [2, 2, 2])
    save_draft(scorecard=scorecard, draft=draft, revision=0, by=scorecard.interviewer, now=timezone.now())
    opened.keyboard.press("5")
    opened.get_by_role("button", name="Keep all of mine").click()
    wait_until_kept(scorecard, 2)
    assert levels(scorecard) == [5, None, None]


def test_with_the_server_gone_the_text_stays_and_is_saved_when_it_returns(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("ERR_INTERNET_DISCONNECTED")
    context.set_offline(True)
    field = opened.locator("textarea[name^=note-]").first
    field.fill("Written on a train")
    expect(opened.get_by_text("The server cannot be reached.")).to_be_visible()
    expect(opened.locator("[data-saved]")).to_have_text("Not saved")
    expect(field).to_have_value("Written on a train")
    assert fresh(scorecard).revision == 0

    context.set_offline(False)
    wait_until_kept(scorecard, 1)
    saved(opened)
    expect(opened.get_by_text("The server cannot be reached.")).to_be_hidden()
    assert scorecard.question_notes.exclude(text="").get().text == "Written on a train"


def test_a_browser_that_dies_before_saving_brings_the_text_back(
    opened: Page, context: BrowserContext, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("ERR_INTERNET_DISCONNECTED")
    address = opened.url
    context.set_offline(True)
    opened.keyboard.press("4")
    opened.keyboard.press("e")
    opened.keyboard.type("Precision fell")
    expect(opened.get_by_text("The server cannot be reached.")).to_be_visible()
    opened.close(run_before_unload=False)
    context.set_offline(False)
    assert fresh(scorecard).revision == 0

    again = context.new_page()
    again.goto(address)
    expect(again.get_by_text("Brought back what this browser had kept")).to_be_visible()
    wait_until_kept(scorecard, 1)
    assert scorecard.evidence.get().incident == "Precision fell"
    assert levels(scorecard)[0] == 4


def test_signed_out_while_writing(
    opened: Page, context: BrowserContext, site: str, sign_in: SignIn, scorecard: Scorecard, expected: list[str]
) -> None:
    expected.append("status of 403")
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    field = opened.locator("textarea[name=private_note]")
    field.fill("Still here")
    expect(opened.get_by_text("You have been signed out.")).to_be_visible()
    link = opened.get_by_role("link", name="Sign in in a new tab")
    assert link.get_attribute("target") == "_blank"

    sign_in(scorecard.interviewer)
    wait_until_kept(scorecard, 1)
    saved(opened)
    assert fresh(scorecard).private_note.text == "Still here"
    expect(opened.get_by_text("You have been signed out.")).to_be_hidden()


def test_more_than_one_piece_of_evidence(opened: Page, scorecard: Scorecard) -> None:
    opened.keyboard.press("j")
    for incident in ("First", "Second", "Third"):
        opened.keyboard.press("e")
        opened.keyboard.type(incident)
        opened.keyboard.press("Escape")
    wait_until_kept(scorecard, 1)
    opened.wait_for_timeout(TWO_SECONDS)
    assert [item.incident for item in scorecard.evidence.all()] == ["First", "Second", "Third"]


def test_the_recommendation_opens_when_every_dimension_is_done(opened: Page) -> None:
    overall = opened.get_by_role("radio", name="Strong yes")
    expect(overall).to_be_disabled()
    for number in ("3", "2", "1"):
        opened.keyboard.press("j")
        opened.keyboard.press(number)
    expect(overall).to_be_enabled()
    expect(opened.locator("[data-done]")).to_have_text("3 of 3 dimensions")


def test_keys_can_be_switched_off_and_never_act_while_typing(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, scorecard: Scorecard
) -> None:
    mara = scorecard.interviewer
    mara.single_key_shortcuts = False
    mara.save()
    sign_in(mara)
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    page.keyboard.press("4")
    page.keyboard.press("?")
    expect(page.locator("[data-levels] input:checked")).to_have_count(0)
    expect(page.locator("#keys")).to_be_hidden()
    page.locator("textarea[name=private_note]").press_sequentially("4 n j e ?")
    expect(page.locator("[data-levels] input:checked")).to_have_count(0)


def test_scales_from_nought_to_ten(page: Page, site: str, quiet: list[str], sign_in: SignIn, mara: User) -> None:
    role = RoleFactory(rubric_version=published_version(lowest=0, highest=10, evidence_from=None), team_of=[mara])
    interview = InterviewFactory(application=ApplicationFactory(role=role))
    scorecard = ScorecardFactory(interview=interview, interviewer=mara)
    sign_in(mara)
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    for keys in ("10", "0", "7"):
        page.keyboard.press("j")
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_timeout(700)
    wait_until_kept(scorecard, 1)
    page.wait_for_timeout(TWO_SECONDS)
    assert levels(scorecard) == [10, 0, 7]
    assert len(dimensions_of(interview)) == 3


def test_without_scripts_the_same_page_saves(
    browser: Browser, site: str, sign_in: SignIn, context: BrowserContext, scorecard: Scorecard
) -> None:
    sign_in(scorecard.interviewer)
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    page.get_by_role("group", name="Observability").locator("label", has_text="level 2").click()
    page.locator("textarea[name=private_note]").fill("Plain")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Review and seal").click()
    expect(page.get_by_text("Production ownership: choose a level, or mark it as not assessed.")).to_be_visible()
    assert levels(scorecard) == [None, None, 2]
    plain.close()
