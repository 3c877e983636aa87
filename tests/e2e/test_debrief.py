"""A debrief in a browser: words beside a level, the meeting by keys alone, people ticked to stand side by side."""

import re

import pytest
from playwright.sync_api import Page, expect

from candidates.models import Application, DebriefOutcome
from rubrics.models import Role
from screening.accounts.models import User
from tests.e2e.conftest import SignIn
from tests.factories.accounts import HiringManagerFactory
from tests.factories.candidates import ApplicationFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import scored


@pytest.fixture
def team(site: str) -> list[User]:
    return [HiringManagerFactory(name=name) for name in ("Mara Schulze", "Teodor Okafor")]


@pytest.fixture
def role(team: list[User]) -> Role:
    found: Role = RoleFactory(slug="claims", team_of=team)
    return found


@pytest.fixture
def application(role: Role, team: list[User]) -> Application:
    found: Application = ApplicationFactory(role=role)
    submitted_scorecard(found, [3, 4, 2], by=team[0])
    submitted_scorecard(found, [3, 3, 4], by=team[1])
    return found


def test_a_meeting_is_held_by_keys_alone(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, application: Application, team: list[User]
) -> None:
    sign_in(team[0])
    page.goto(f"{site}/applications/{application.pk}/debrief/")
    cell = page.locator("[data-said]").first
    cell.hover()
    expect(page.locator(".said")).to_be_visible()
    expect(page.locator(".said")).to_contain_text("Precision fell")
    page.keyboard.press("Escape")
    expect(page.locator(".said")).to_be_hidden()

    page.get_by_role("link", name="Hold the meeting").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Observability")
    page.wait_for_load_state()  # a key pressed before the scripts are there does nothing
    expect(page.get_by_text("2 to 4: 2 apart", exact=True)).to_be_visible()
    for key, name in (("k", "Observability"), ("j", "Production ownership"), ("ArrowRight", "Architectural judgment")):
        page.keyboard.press(key)
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile("on=production-ownership"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("on=architectural-judgment"))
    page.keyboard.press("j")
    page.get_by_label("More evidence needed").press("Space")
    page.get_by_label("What it rests on").press_sequentially("jk are letters here")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("jk are letters here")).to_be_visible()
    assert DebriefOutcome.objects.get().result == "more_evidence"


def test_two_to_four_are_ticked_and_stand_side_by_side(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, role: Role, team: list[User]
) -> None:
    people = scored(role, 5)
    sign_in(team[0])
    page.goto(f"{site}/roles/claims/scores/")
    button = page.get_by_role("button", name="Side by side")
    expect(button).to_be_disabled()
    boxes = [page.locator(f"#choose-{one.pk}") for one in people]
    for box in boxes[:4]:
        box.check()
    expect(boxes[4]).to_be_disabled()
    boxes[0].uncheck()
    expect(boxes[4]).to_be_enabled()
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Side by side")
    expect(page.locator(".sides-row").first.locator(".side")).to_have_count(3)
