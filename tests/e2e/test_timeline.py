"""A recruiter's work on a person's page: tags, notes put right, moves with their reasons, letters that did not arrive."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from candidates.models import Application
from rubrics.enums import StageKind
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ApplicationFactory
from tests.factories.mails import CandidateMailFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def recruiter(site: str) -> User:
    return RecruiterFactory(name="Maren Sato")


@pytest.fixture
def application(site: str) -> Application:
    found: Application = ApplicationFactory(
        kind=StageKind.SCREENING, candidate__name="Nok Ariyawat", role__title="Claims Engineer"
    )
    return found


@pytest.fixture
def expected() -> list[str]:
    return ["the server responded with a status of 422"]


@pytest.fixture
def person(page: Page, site: str, quiet: list[str], sign_in: SignIn, recruiter: User, application: Application) -> Page:
    sign_in(recruiter)
    page.goto(f"{site}/candidates/{application.candidate_id}/")
    page.wait_for_load_state()
    return page


def test_tags_and_notes_are_added_put_right_and_taken_away(person: Page, application: Application) -> None:
    for tag in ("knows kubernetes", "relocates"):
        person.get_by_label("New tag").fill(tag)
        person.get_by_role("button", name="Add", exact=True).click()
        expect(person.get_by_text(tag, exact=True)).to_be_in_viewport()
    person.get_by_role("button", name="Remove the tag relocates").click()
    expect(person.get_by_text("relocates", exact=True)).to_be_hidden()

    person.get_by_label("Note").fill("Asks for 80 thousand.")
    person.get_by_role("button", name="Save the note").click()
    expect(person.locator(".event").first).to_contain_text("Asks for 80 thousand.")
    person.get_by_role("link", name="Change").click()
    person.get_by_label("Note").fill("Asks for 90 thousand.")
    person.get_by_role("button", name="Save the note").click()
    expect(person.locator(".event").first).to_contain_text("Asks for 90 thousand.")
    person.get_by_role("link", name="Change").click()
    person.get_by_text("Delete…").click()
    person.get_by_role("button", name="Delete", exact=True).click()
    expect(person.get_by_text("Your note is deleted.")).to_be_visible()
    expect(person.get_by_text("Asks for 90 thousand.")).to_be_hidden()


def test_a_rejection_asks_why_and_stands_on_the_timeline(person: Page, application: Application) -> None:
    here = person.url
    person.get_by_role("link", name="Move to…").click()
    person.wait_for_load_state()
    person.get_by_label("Move to").select_option(label="Rejected")
    person.get_by_role("button", name="Move").click()
    expect(person.get_by_text("Say why")).to_be_visible()
    person.get_by_label("Why").fill("Looks for another kind of work.")
    person.get_by_role("button", name="Move").click()
    expect(person.get_by_text("Nok Ariyawat is in “Rejected” now.")).to_be_visible()
    assert person.url == here
    expect(person.get_by_text("Looks for another kind of work.")).to_be_visible()
    person.get_by_role("button", name="Undo").click()
    expect(person.get_by_text("Nok Ariyawat is back in “Screening”.")).to_be_visible()
    assert Application.objects.get(pk=application.pk).stage.kind == StageKind.SCREENING


def test_a_letter_that_did_not_arrive_is_found_and_written_again(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, recruiter: User, application: Application
) -> None:
    CandidateMailFactory(
        candidate=application.candidate,
        application=application,
        by=recruiter,
        written_at=timezone.now(),
        delivery__state=DeliveryState.FAILED,
        delivery__error="550 no such mailbox",
    )
    sign_in(recruiter)
    page.goto(site)
    expect(page.get_by_text("your letter could not be delivered")).to_be_visible()
    page.get_by_role("link", name="Nok Ariyawat").first.click()
    expect(page.get_by_text("550 no such mailbox")).to_be_visible()
    page.get_by_role("link", name="Nok Ariyawat").click()
    expect(page.locator(".event").first).to_contain_text("The mail server: 550 no such mailbox")
    page.get_by_role("link", name="E-mail failed: Until soon").click()
    page.get_by_role("link", name="Write again").click()
    expect(page.get_by_label("Text")).to_have_value("Hello, until soon.")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("E-mail queued: Until soon")).to_be_visible()
    page.goto(site)
    expect(page.get_by_text("your letter could not be delivered")).to_be_hidden()
