"""The scorecard's page in a browser: by keys alone, by touch, by ear; what is typed is saved within two seconds."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from candidates.models import Scorecard
from screening.accounts.models import User
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
from tests.factories.accounts import HiringManagerFactory
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory, dimensions_of
from tests.factories.rubrics import RoleFactory, published_version


@pytest.fixture
def mara(site: str) -> User:
    return HiringManagerFactory(name="Mara Schulze", time_zone="Europe/Berlin")


@pytest.fixture
def scorecard(mara: User) -> Scorecard:
    return due_scorecard(mara)


@pytest.fixture
def opened(quiet: list[str], page: Page, site: str, sign_in: SignIn, scorecard: Scorecard) -> Page:
    sign_in(scorecard.interviewer)
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    return page


def test_from_opening_to_sealed_by_keyboard_alone(
    quiet: list[str], page: Page, site: str, sign_in: SignIn, mara: User
) -> None:
    scorecard = due_scorecard(mara, rubric_version=published_version(dimensions=5))
    sign_in(mara)
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    pressed: list[str] = []

    def press(*names: str) -> None:
        for name in names:
            pressed.append(name)
            page.keyboard.press(name)

    def tell(*texts: str) -> None:
        press("e")
        for text in texts:
            page.keyboard.insert_text(text)
            press("Tab" if text is not texts[-1] else "Escape")

    press("q")
    page.keyboard.insert_text("40k decisions a day")
    press("Escape", "4")
    tell("Precision fell from 0.91 to 0.84", "2025-03", "Rolled the parser back the same evening", "Back at 0.90")
    press("j", "3", "j", "5")
    tell("Alert at 0.88", "2025", "Chose it from a year of incidents", "Two false alarms a month")
    press("j", "n", "Tab")
    page.keyboard.insert_text("No time left")
    press("Escape", "j", "2", "j", "3")
    expect(page.locator("[data-done]")).to_have_text("5 of 5 dimensions")
    press("Control+Enter")
    page.wait_for_url("**/submit/")
    expect(page.get_by_text("Ready to be sealed")).to_be_visible()
    press("Enter")
    page.wait_for_url("**/debrief/")

    sealed = fresh(scorecard)
    assert (sealed.state, sealed.recommendation) == ("submitted", "yes")
    assert levels(scorecard) == [4, 3, 5, None, 2]
    assert sealed.ratings.get(not_assessed=True).not_assessed_reason == "No time left"
    assert notes(scorecard) == ["40k decisions a day"]
    assert [one.happened for one in sealed.evidence.all()] == ["2025-03", "2025"]
    assert len(pressed) == 27, f"keystrokes besides the text: {len(pressed)}"


def test_what_is_missing_leads_to_where_it_is_mended(opened: Page) -> None:
    for number in "345":
        opened.keyboard.press("j")
        opened.keyboard.press(number)
    opened.keyboard.press("Control+Enter")
    missing = opened.get_by_role("region", name="Before it can be sealed")
    missing.get_by_role("link", name="Observability: a level of 5 needs evidence").click()
    expect(opened.get_by_role("region", name="Observability")).to_be_focused()
    opened.keyboard.press("e")
    expect(opened.get_by_label("What happened").nth(2)).to_be_focused()


def test_a_screen_reader_hears_level_anchor_and_what_is_saved(opened: Page) -> None:
    opened.keyboard.press("4")
    level = opened.get_by_role("group", name="Production ownership").get_by_role("radio", name="4 level 4")
    expect(level).to_be_focused()
    expect(level).to_be_checked()
    expect(level).to_have_accessible_description("Production ownership at 4.")
    saved = opened.get_by_role("status").filter(has_text="Saved")
    expect(saved).to_be_visible()
    for _ in range(2):
        opened.keyboard.press("j")
        opened.keyboard.press("2")
    expect(opened.get_by_role("status").filter(has_text="The overall recommendation is open.")).to_be_attached()
    expect(opened.get_by_role("radio", name="Strong yes")).to_be_enabled()


@pytest.fixture
def tablet(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 768, "height": 1024}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_touch_on_a_tablet(
    tablet: Page, context: BrowserContext, site: str, sign_in: SignIn, scorecard: Scorecard
) -> None:
    sign_in(scorecard.interviewer)
    tablet.context.add_cookies(context.cookies())  # type: ignore[arg-type]  # the same, as they are read
    tablet.goto(f"{site}/scorecards/{scorecard.pk}/")
    group = tablet.get_by_role("region", name="Observability")
    group.locator("label.level").nth(1).tap()
    expect(group.get_by_text("Observability at 2.")).to_be_visible()
    group.get_by_text("Compare all levels").tap()
    for level in range(1, 6):
        expect(group.get_by_text(f"Observability at {level}.")).to_be_visible()
    group.locator("label.level").nth(1).tap()  # on which a finger leaves the pointer
    for level in range(1, 6):
        expect(group.get_by_text(f"Observability at {level}.")).to_be_visible()
    group.locator(".cue label").first.tap()
    wait_until(lambda: scorecard.signals_heard.exists() and levels(scorecard) == [None, None, 2], "saved")
    small = tablet.eval_on_selector_all(
        "form.score :is(.level, .cue label, textarea, summary, input[type=text])",
        "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)",
    )
    assert small == []
    assert tablet.evaluate("document.documentElement.scrollWidth") == 768


def test_the_minutes_of_the_question_being_asked_are_counted(
    quiet: list[str], page: Page, site: str, sign_in: SignIn, scorecard: Scorecard
) -> None:
    sign_in(scorecard.interviewer)
    page.clock.install()
    page.goto(f"{site}/scorecards/{scorecard.pk}/")
    first, second = page.locator("[data-question]").nth(0), page.locator("[data-question]").nth(1)
    minutes = first.get_attribute("data-minutes")
    first.get_by_role("heading").click()
    page.clock.run_for(185_000)
    expect(first.locator("[data-minutes-shown]")).to_have_text(f"3 of {minutes} min")
    page.keyboard.press("q")
    expect(note(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(note(page, 1)).to_be_focused()
    page.clock.run_for(60_000)
    page.reload()
    expect(first.locator("[data-minutes-shown]")).to_have_text(f"3 of {minutes} min")
    expect(second.locator("[data-minutes-shown]")).to_have_text(f"1 of {minutes} min")


def test_what_is_typed_is_saved_within_two_seconds_and_survives_a_reload(opened: Page, scorecard: Scorecard) -> None:
    note(opened).press_sequentially("Claims triage, 40k decisions a day", delay=10)
    opened.wait_for_timeout(TWO_SECONDS)
    assert notes(scorecard) == ["Claims triage, 40k decisions a day"]
    says_saved(opened)

    opened.reload()
    expect(note(opened)).to_have_value("Claims triage, 40k decisions a day")


def test_somebody_who_never_pauses_is_saved_all_the_same(opened: Page, scorecard: Scorecard) -> None:
    field = private(opened)
    until = time.monotonic() + 3.5
    while time.monotonic() < until:
        field.press_sequentially("word ", delay=20)
    assert fresh(scorecard).revision >= 1


def test_more_than_one_piece_of_evidence(opened: Page, scorecard: Scorecard) -> None:
    opened.keyboard.press("j")
    for incident in ("First", "Second", "Third"):
        opened.keyboard.press("e")
        opened.keyboard.type(incident)
        opened.keyboard.press("Escape")
    wait_until_kept(scorecard, 1)
    opened.wait_for_timeout(TWO_SECONDS)
    assert [item.incident for item in scorecard.evidence.all()] == ["First", "Second", "Third"]


def test_keys_can_be_switched_off_and_never_act_while_typing(
    quiet: list[str], page: Page, site: str, sign_in: SignIn, scorecard: Scorecard
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
    private(page).press_sequentially("4 n j e ?")
    expect(page.locator("[data-levels] input:checked")).to_have_count(0)


def test_scales_from_nought_to_ten(quiet: list[str], page: Page, site: str, sign_in: SignIn, mara: User) -> None:
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
    private(page).fill("Plain")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Review and seal").click()
    expect(page.get_by_text("Production ownership: choose a level, or mark it as not assessed.")).to_be_visible()
    assert levels(scorecard) == [None, None, 2]
    plain.close()
