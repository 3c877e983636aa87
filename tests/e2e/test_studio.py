"""The rubric studio in a browser: a rubric from an empty page to published, a cell by keys, two people on one cell."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from rubrics.models import Level, RubricVersion
from rubrics.services.rubrics import publish_version
from screening.accounts.models import User
from tests.e2e.conftest import SignIn
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.rubrics import RoleFactory, draft_version

CELL = "#cell-observability-3"


@pytest.fixture
def rosa(site: str) -> User:
    return RecruiterFactory(name="Rosa Lindqvist")


@pytest.fixture
def draft(site: str) -> RubricVersion:
    return draft_version(rubric__title="Senior AI Engineer", rubric__slug="ai")


@pytest.fixture
def opened(page: Page, site: str, quiet: list[str], sign_in: SignIn, rosa: User, draft: RubricVersion) -> Page:
    sign_in(rosa)
    page.goto(f"{site}/rubrics/ai/1/")
    return page


def anchor(draft: RubricVersion, value: int = 3) -> str:
    return Level.objects.get(dimension__version=draft, dimension__key="observability", value=value).anchor


def standing_in(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('.part')?.id"))


def test_a_manager_writes_a_rubric_from_an_empty_page(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, rosa: User
) -> None:
    mara = HiringManagerFactory(name="Mara Schulze")
    RoleFactory(title="Night porter", rubric_version=None, team_of=[mara])
    sign_in(rosa)
    page.goto(f"{site}/rubrics/new/")
    page.get_by_label("Title").fill("Night porter")
    page.get_by_label("Written for").select_option(label="Night porter")
    page.get_by_role("button", name="Begin the draft").click()
    address = page.url

    sign_in(mara)
    page.goto(address)
    page.get_by_role("link", name="Levels and their names").click()
    page.get_by_label("Highest level").fill("2")
    page.get_by_label("Evidence is needed").fill("")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Levels 1 to 2, the same for every dimension")).to_be_visible()
    for name in ("Calm", "Courtesy"):
        page.get_by_role("link", name="Add a dimension").click()
        page.get_by_label("Name of a new dimension").fill(name)
        page.keyboard.press("Enter")
        expect(page.locator(f"#dimension-{name.lower()}")).to_contain_text("50" if name == "Courtesy" else "100")
        for value in (1, 2):
            cell = page.locator(f"#cell-{name.lower()}-{value}")
            cell.get_by_role("link").press("Enter")
            cell.get_by_role("textbox").fill(f"{name} at {value}.")
            page.keyboard.press("Control+Enter")
            expect(cell.get_by_role("link")).to_contain_text(f"{name} at {value}.")
        page.get_by_role("link", name=f"Add a question about {name}").click()
        page.get_by_role("textbox", name="A new question").fill(f"Tell me about {name.lower()}.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("link", name=f"Edit the question: Tell me about {name.lower()}.")).to_be_visible()
    expect(page.locator("#gate")).to_contain_text("Everything needed to publish it is there")
    expect(page.get_by_role("link", name="Publish")).to_have_count(0)

    sign_in(rosa)
    page.goto(address)
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Its content never changes again.")).to_be_visible()
    assert RubricVersion.objects.get(rubric__slug="night-porter").is_published


def test_a_cell_is_written_by_keys_alone(opened: Page, draft: RubricVersion) -> None:
    keys, before = opened.keyboard, anchor(draft)
    opened.locator(f"{CELL} a").focus()
    keys.press("ArrowRight")
    assert standing_in(opened) == "cell-observability-4"
    keys.press("ArrowLeft")
    keys.press("Enter")
    expect(opened.locator(f"{CELL} textarea")).to_be_focused()
    keys.type(" And more.")
    keys.press("Escape")
    expect(opened.locator(f"{CELL} a")).to_be_focused()
    assert anchor(draft) == before, "Esc leaves it as it was"

    keys.press("Enter")
    expect(opened.locator(f"{CELL} textarea")).to_be_focused()
    keys.press("Control+a")
    keys.press("Delete")
    keys.press("Control+Enter")
    expect(opened.locator(f"{CELL} a")).to_be_focused()
    expect(opened.locator("#gate")).to_contain_text("Observability, level 3: describe what one would have to see.")

    keys.press("Enter")
    expect(opened.locator(f"{CELL} textarea")).to_be_focused()
    keys.type("Saved by going on.")
    opened.locator("#cell-observability-4 a").click()
    expect(opened.locator(f"{CELL} a")).to_contain_text("Saved by going on.")
    expect(opened.locator("#gate")).to_contain_text("Everything needed to publish it is there")
    assert anchor(draft) == "Saved by going on."


def test_two_people_on_one_cell_and_a_form_open_beside_it(
    opened: Page, context: BrowserContext, draft: RubricVersion, expected: list[str]
) -> None:
    expected.append("409")
    other = context.new_page()
    other.goto(opened.url)
    for window, words in ((opened, "From Rosa."), (other, "From Mara.")):
        window.locator(f"{CELL} a").click()
        window.locator(f"{CELL} textarea").fill(words)
    opened.keyboard.press("Control+Enter")
    expect(opened.locator(f"{CELL} a")).to_contain_text("From Rosa.")
    other.keyboard.press("Control+Enter")
    expect(other.get_by_role("alert")).to_contain_text("From Rosa.")
    expect(other.locator(f"{CELL} textarea")).to_have_value("From Mara.")
    assert anchor(draft) == "From Rosa."
    other.get_by_role("button", name="Save mine").click()
    expect(other.locator(f"{CELL} a")).to_contain_text("From Mara.")

    other.locator("#dimension-observability a").first.click()
    other.locator("#dimension-observability textarea").first.fill("Still being written")
    other.locator("#question-q0 a").click()
    other.get_by_label("Minutes").fill("25")
    other.locator("#question-q0").get_by_role("button", name="Save").click()
    expect(other.locator("#question-q0")).to_contain_text("25 minutes")
    expect(other.locator("#dimension-observability textarea").first).to_have_value("Still being written")


def test_a_weight_moved_by_its_slider_shows_its_share_and_is_saved(opened: Page, draft: RubricVersion) -> None:
    opened.get_by_role("slider", name="Weight of Observability").fill("2")
    for shown in ("#share-observability", "#weights [data-share=weight-observability]"):
        expect(opened.locator(shown)).to_have_text(re.compile("50.%"))
    expect(opened.locator("#gate")).to_contain_text("The weights differ. Write down why.")
    assert draft.dimensions.get(key="observability").weight == 2


def test_a_session_that_ended_and_a_draft_that_was_published_take_no_words_away(
    opened: Page, context: BrowserContext, sign_in: SignIn, rosa: User, draft: RubricVersion, expected: list[str]
) -> None:
    expected += ["422", "403"]
    opened.locator(f"{CELL} a").click()
    opened.locator(f"{CELL} textarea").fill("Written for an hour.")
    context.clear_cookies()
    opened.keyboard.press("Control+Enter")
    expect(opened.locator("#toasts")).not_to_be_empty()
    expect(opened.locator(f"{CELL} textarea")).to_have_value("Written for an hour.")

    sign_in(rosa)
    opened.reload()
    opened.locator(f"{CELL} a").click()
    opened.locator(f"{CELL} textarea").fill("Written for two.")
    publish_version(version=draft, by=rosa, now=timezone.now())
    opened.keyboard.press("Control+Enter")
    expect(opened.get_by_text("This version is published and never changes.")).to_be_visible()
    expect(opened.locator(f"{CELL} textarea")).to_have_value("Written for two.")


def test_a_comment_is_written_where_it_belongs_and_can_be_read(opened: Page) -> None:
    thread = opened.locator("#thread-question-q0")
    thread.get_by_role("link", name="Comment").press("Enter")
    thread.get_by_role("textbox").fill("Two questions in one?")
    opened.keyboard.press("Control+Enter")
    expect(thread.get_by_text("Two questions in one?", exact=True)).to_be_visible()
    above, below = thread.evaluate(
        "(one) => [one, one.querySelector('article')].map((it) => it.getBoundingClientRect().top)"
    )
    assert below >= above
    thread.get_by_role("button", name="Resolve").click()
    expect(thread.get_by_text("1 resolved")).to_be_visible()


def test_kits_follow_a_question_that_is_reworded(opened: Page) -> None:
    kits = opened.get_by_role("region", name="Kits")
    question = opened.locator("#question-q0")
    question.get_by_role("link").press("Enter")
    question.get_by_role("textbox").first.fill("What broke last, and who noticed?")
    opened.keyboard.press("Control+Enter")
    expect(kits).to_contain_text("What broke last, and who noticed?")
