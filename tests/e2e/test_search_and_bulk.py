"""Finding somebody while typing, with the keys alone; and one thing done to many from the table."""

import re

import pytest
from playwright.sync_api import Page, expect

from candidates.models import Note
from candidates.tasks.bulk import bulk
from rubrics.enums import StageKind
from screening.jobs.models import Job
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ApplicationFactory, CandidateFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("quiet")
def test_finding_with_the_keys_alone(page: Page, site: str, sign_in: SignIn) -> None:
    recruiter = RecruiterFactory()
    zoe, kept = CandidateFactory(name="Zoë Müller"), CandidateFactory(name="Vera Quill")
    CandidateFactory(name="Zoltan Müllerström")
    Note.objects.create(candidate=kept, author=recruiter, text="Kept the café queue alive through the outage.")
    sign_in(recruiter)
    page.goto(f"{site}/candidates/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find people, roles, shortlists")
    expect(field).to_be_focused()
    page.keyboard.type("muller")
    expect(field).to_have_attribute("aria-expanded", "true")
    found = page.get_by_role("listbox", name="Found").get_by_role("option")
    expect(found).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_have_attribute("aria-selected", "true")
    expect(found.nth(1)).to_have_attribute("id", field.get_attribute("aria-activedescendant") or "")
    page.keyboard.press("ArrowDown")
    expect(found.nth(2)).to_have_text("All matches for “muller”")
    expect(found.nth(2)).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-suggest-count]").first).to_have_text("2 found")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Found")).to_be_hidden()
    expect(field).to_have_value("muller")
    field.fill("zoe mu")
    expect(found).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/candidates/{zoe.pk}/")
    page.keyboard.press("Control+k")
    page.keyboard.type("cafe outage")
    expect(found.first).to_contain_text("in a note")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Notes and CVs")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("café")
    page.get_by_role("navigation", name="Kinds").get_by_role("link", name="Notes and CVs").click()
    expect(page.get_by_role("link", name="Vera Quill")).to_be_visible()


@pytest.mark.usefixtures("quiet")
def test_many_are_chosen_looked_at_moved_and_taken_back(page: Page, site: str, sign_in: SignIn) -> None:
    recruiter, role = RecruiterFactory(), RoleFactory()
    for number in range(6):
        ApplicationFactory(
            role=role,
            kind=StageKind.SCREENING,
            candidate=CandidateFactory(name=f"Nok {number}", consented=number != 3),
        )
    sign_in(recruiter)
    page.goto(f"{site}/roles/{role.slug}/pipeline/?view=table")
    page.get_by_label("Choose Nok 5").check()
    page.get_by_label("Choose Nok 2").click(modifiers=["Shift"])
    expect(page.get_by_text("4 chosen")).to_be_visible()
    page.get_by_label("All 6 of this filter").check()
    expect(page.get_by_label("Choose Nok 0")).to_be_disabled()
    page.get_by_label("What to do").select_option(label="Move to “Interviewing”")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("heading", name="5 of 6 people will be changed")).to_be_visible()
    expect(page.get_by_text("Nok 3")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    bulk(job_id=str(Job.objects.get(task="candidates.bulk").pk))
    take_back = page.get_by_role("button", name="Take back 5")
    expect(take_back).to_be_visible(timeout=10_000)
    take_back.click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    bulk(job_id=str(Job.objects.filter(task="candidates.bulk").latest("created_at").pk))
    expect(page.get_by_text("Taken back")).to_be_visible(timeout=10_000)
    page.get_by_role("link", name="Back to the pipeline").click()
    page.wait_for_url(re.compile(r"view=table"))
    expect(page.get_by_role("row").filter(has_text="Screening")).to_have_count(6)
