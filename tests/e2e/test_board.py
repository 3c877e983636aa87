"""The board in a browser: drag, keys alone, undo, and a card that goes back when the server says no."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from candidates.models import Application
from candidates.services.applications import move_application
from rubrics.enums import StageKind
from rubrics.models import Role
from screening.accounts.models import User
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory
from tests.factories.rubrics import RoleFactory

WIDE: ViewportSize = {"width": 3400, "height": 900}  # every column in view
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def recruiter(site: str) -> User:
    return RecruiterFactory(name="Maren Sato")


@pytest.fixture
def role(site: str) -> Role:
    return RoleFactory(slug="claims")


@pytest.fixture
def card(role: Role) -> Application:
    found: Application = ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate__name="Nok Ariyawat")
    return found


@pytest.fixture
def expected() -> list[str]:
    return ["the server responded with a status of 4", "ERR_INTERNET_DISCONNECTED", "htmx:", "undefined"]


@pytest.fixture
def board(page: Page, site: str, quiet: list[str], sign_in: SignIn, recruiter: User, card: Application) -> Page:
    sign_in(recruiter)
    page.set_viewport_size(WIDE)
    page.goto(f"{site}/roles/claims/pipeline/")
    expect(page.locator("[data-board][data-ready]")).to_be_visible()
    return page


def column(page: Page, kind: StageKind) -> Locator:
    return page.locator(f"[data-kind={kind}]")


def tile(page: Page, application: Application) -> Locator:
    return page.locator(f"#card-{application.pk}")


def drag(page: Page, application: Application, kind: StageKind) -> None:
    tile(page, application).drag_to(column(page, kind), target_position={"x": 60, "y": 30})


def kind_of(application: Application) -> str:
    return Application.objects.select_related("stage").get(pk=application.pk).stage.kind


def counts(page: Page) -> list[str]:
    return page.locator(".column .count").all_text_contents()


def test_a_card_is_dragged_and_the_move_undone(board: Page, card: Application) -> None:
    drag(board, card, StageKind.INTERVIEWING)

    expect(column(board, StageKind.INTERVIEWING).locator(f"#card-{card.pk}")).to_be_visible()
    expect(board.locator("#toasts")).to_contain_text("Nok Ariyawat is in “Interviewing” now.")
    assert counts(board)[2:4] == ["0", "1"]
    assert kind_of(card) == StageKind.INTERVIEWING
    board.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(column(board, StageKind.SCREENING).locator(f"#card-{card.pk}")).to_be_visible()
    assert kind_of(card) == StageKind.SCREENING


def test_a_refused_card_goes_back_with_the_reason(board: Page, card: Application) -> None:
    drag(board, card, StageKind.HIRED)

    expect(board.locator("#toasts")).to_contain_text("Start the engagement instead.")
    expect(column(board, StageKind.SCREENING).locator(f"#card-{card.pk}")).to_be_visible()
    assert counts(board)[2] == "1"
    assert kind_of(card) == StageKind.SCREENING


def test_a_rejection_asks_why_first(board: Page, card: Application) -> None:
    drag(board, card, StageKind.REJECTED)

    why = board.get_by_label("Why")
    expect(why).to_be_focused()
    board.keyboard.type("No overlap in")
    press(board, "Escape")
    expect(column(board, StageKind.SCREENING).locator(f"#card-{card.pk}")).to_be_visible()
    assert (kind_of(card), counts(board)[2]) == (StageKind.SCREENING, "1")
    name(board, card).focus()
    press(board, "m")
    expect(board.get_by_label("Move to", exact=True)).to_be_focused()
    expect(why).to_have_value("")
    press(board, "Escape")
    drag(board, card, StageKind.REJECTED)
    expect(why).to_have_value("No overlap in")
    expect(why).to_be_focused()
    press(board, "End")
    board.keyboard.type(" hours")
    board.locator("#move").get_by_role("button", name="Move").click()
    expect(column(board, StageKind.REJECTED).locator(f"#card-{card.pk}")).to_be_visible()
    assert Application.objects.get(pk=card.pk).stage_changes.filter(reason="No overlap in hours").exists()


def name(page: Page, application: Application) -> Locator:
    return tile(page, application).locator(".tile-name")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_alone_move_a_card(board: Page, card: Application) -> None:
    press(board, "j", "m")
    expect(board.get_by_label("Move to", exact=True)).to_be_focused()
    board.keyboard.type("Contacted")
    press(board, "Enter")

    expect(column(board, StageKind.CONTACTED).locator(f"#card-{card.pk}")).to_be_visible()
    expect(name(board, card)).to_be_focused()
    expect(board.locator("#move")).not_to_be_visible()
    press(board, "Shift+ArrowRight")
    expect(board.locator("#toasts")).to_contain_text("Nok Ariyawat is in “Screening” now.")
    expect(name(board, card)).to_be_focused()
    press(board, "u")
    expect(column(board, StageKind.CONTACTED).locator(f"#card-{card.pk}")).to_be_visible()
    expect(name(board, card)).to_be_focused()
    assert kind_of(card) == StageKind.CONTACTED
    board.wait_for_load_state()
    press(board, "Enter")
    board.wait_for_url(f"**/candidates/{card.candidate_id}/")


def test_keys_go_from_card_to_card_and_on_to_the_next_when_one_is_moved(board: Page, card: Application) -> None:
    role = card.role
    above = ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate__name="Suda", stage_since=LATER)
    aside = ApplicationFactory(role=role, kind=StageKind.SCORED, candidate__name="Wei")
    board.reload()
    expect(board.locator("[data-board][data-ready]")).to_be_visible()
    for key, focused in (
        ("j", above), ("j", card), ("ArrowDown", card), ("ArrowRight", aside), ("ArrowLeft", above), ("End", card),
        ("Home", above),
    ):  # fmt: skip
        press(board, key)
        expect(name(board, focused)).to_be_focused()
    press(board, "m")
    board.get_by_label("Move to", exact=True).select_option(label="Rejected")
    press(board, "Tab")
    board.keyboard.type("No overlap in hours")
    press(board, "Control+Enter")
    expect(column(board, StageKind.REJECTED).locator(f"#card-{above.pk}")).to_be_visible()
    expect(name(board, card)).to_be_focused()
    press(board, "?")
    expect(board.get_by_role("dialog", name="Keys")).to_contain_text("Move the card to the column beside")


def test_a_move_that_cannot_be_asked_for_asks_about_nobody_else(board: Page, card: Application) -> None:
    other = ApplicationFactory(role=card.role, kind=StageKind.SOURCED, candidate__name="Suda")
    board.reload()
    expect(board.locator("[data-board][data-ready]")).to_be_visible()
    name(board, card).focus()
    press(board, "m")
    expect(board.locator("#move")).to_contain_text("Move Nok Ariyawat")
    press(board, "Escape")
    board.context.set_offline(True)
    name(board, other).focus()
    press(board, "m")
    expect(board.locator("[data-connection]")).to_contain_text("cannot be reached")
    expect(board.locator("#move")).not_to_be_visible()
    board.context.set_offline(False)


def test_the_second_of_two_people_is_told_and_sees_where_the_card_is(board: Page, card: Application) -> None:
    contacted = card.role.stages.get(kind=StageKind.CONTACTED)
    move_application(application=card, to=contacted, by=RecruiterFactory(), now=NOW)

    drag(board, card, StageKind.INTERVIEWING)

    expect(board.locator("#toasts")).to_contain_text("meanwhile")
    expect(column(board, StageKind.CONTACTED).locator(f"#card-{card.pk}")).to_be_visible()
    assert kind_of(card) == StageKind.CONTACTED


def test_a_card_goes_back_when_the_server_is_gone(board: Page, card: Application) -> None:
    board.context.set_offline(True)
    drag(board, card, StageKind.INTERVIEWING)

    expect(board.locator("[data-connection]")).to_contain_text("cannot be reached")
    expect(column(board, StageKind.SCREENING).locator(f"#card-{card.pk}")).to_be_visible()
    board.context.set_offline(False)
    assert counts(board)[2:4] == ["1", "0"]


def test_a_column_loads_more_as_one_scrolls(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, recruiter: User, role: Role
) -> None:
    for _ in range(45):
        ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate=CandidateFactory(consented=False))
    sign_in(recruiter)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site}/roles/claims/pipeline/")
    tiles = column(page, StageKind.SOURCED).locator(".tile")
    assert tiles.count() <= 40
    tiles.first.hover()

    for shown in (40, 45):
        page.mouse.wheel(0, 20000)
        expect(tiles).to_have_count(shown)
    assert len(set(tiles.evaluate_all("all => all.map(one => one.id)"))) == 45


def test_undo_is_offered_for_ten_seconds(board: Page, card: Application) -> None:
    board.clock.install()
    drag(board, card, StageKind.INTERVIEWING)
    undo = board.locator("#toasts [data-undo]")
    expect(undo).to_have_text("Undo 10")

    board.mouse.move(5, 5)
    board.clock.run_for(4_000)
    expect(undo).to_have_text("Undo 6")
    board.clock.run_for(8_000)
    expect(undo).to_have_count(0)
    assert kind_of(card) == StageKind.INTERVIEWING


def test_a_filter_is_saved_under_a_name_and_opened_again(board: Page, card: Application, site: str) -> None:
    ApplicationFactory(role=card.role, kind=StageKind.SCREENING, candidate__name="Suda", source="referral")
    board.get_by_label("Source", exact=True).select_option("referral")
    board.get_by_role("button", name="Show", exact=True).click()
    board.locator("summary", has_text="Views").click()
    board.get_by_label("Save this view as").fill("Referrals")
    board.get_by_label("Opens by itself").check()
    board.locator(".view-new").get_by_role("button", name="Save").click()

    expect(board.locator("#messages")).to_contain_text("“Referrals” is saved.")
    expect(board).to_have_url(f"{site}/roles/claims/pipeline/?source=referral")
    board.get_by_role("link", name="Clear").click()
    expect(tile(board, card)).to_be_visible()
    board.get_by_role("link", name="Pipeline").click()
    expect(board).to_have_url(f"{site}/roles/claims/pipeline/?source=referral")
    expect(board.locator("summary", has_text="Views: Referrals")).to_be_visible()
    expect(tile(board, card)).to_have_count(0)
