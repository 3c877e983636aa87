"""A letter to a candidate, looked at and taken back; somebody named in a note with the keys alone."""

import pytest
from playwright.sync_api import Page, expect

from candidates.models import CandidateMail, Mention
from rubrics.models import RoleMember
from screening.jobs.enums import DeliveryState
from tests.e2e.conftest import SignIn
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import ApplicationFactory

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("quiet")
def test_a_letter_is_begun_looked_at_sent_and_taken_back(page: Page, site: str, sign_in: SignIn) -> None:
    recruiter = RecruiterFactory(name="Ann Recruiter")
    application = ApplicationFactory(candidate__name="Nok Ariyawat", role__title="Claims Engineer")
    sign_in(recruiter)
    page.goto(f"{site}/candidates/{application.candidate_id}/")
    page.get_by_role("link", name="Write to them").click()
    page.get_by_label("Template", exact=True).select_option(label="It takes longer")
    page.get_by_role("button", name="Begin from it").click()
    expect(page.get_by_label("Subject")).to_have_value("Your application: Claims Engineer")
    page.get_by_label("Text").fill("Dear {{ candidate_first_name }}, until soon. {{ sender_name }}")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Dear Nok, until soon. Ann Recruiter")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("E-mail queued: Your application")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("E-mail not sent: Your application")).to_be_visible()
    assert CandidateMail.objects.get().delivery.state == DeliveryState.CANCELLED


@pytest.mark.usefixtures("quiet")
def test_a_colleague_is_named_with_the_keys_alone(page: Page, site: str, sign_in: SignIn) -> None:
    application = ApplicationFactory(candidate__name="Nok Ariyawat")
    for name in ("Bo Lindqvist", "Bo Manager"):
        RoleMember.objects.create(role=application.role, user=HiringManagerFactory(name=name))
    sign_in(RecruiterFactory())
    page.goto(f"{site}/candidates/{application.candidate_id}/")
    page.wait_for_load_state()
    page.get_by_label("About").select_option(label=application.role.title)
    field = page.get_by_label("Note")
    field.press_sequentially("Ask @bo")
    offered = page.get_by_role("listbox", name="People to mention").get_by_role("option")
    expect(offered).to_have_count(2)
    field.press("ArrowDown")
    expect(offered.nth(1)).to_have_attribute("id", field.get_attribute("aria-activedescendant") or "")
    field.press("Enter")
    expect(field).to_have_value("Ask @Bo Manager ")
    expect(page.get_by_role("listbox", name="People to mention")).to_be_hidden()
    field.press_sequentially("what they saw, or @bo")
    expect(offered).to_have_count(2)
    field.press("Escape")
    expect(page.get_by_role("listbox", name="People to mention")).to_be_hidden()
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("Told of it: Bo Manager.")).to_be_visible()
    assert [one.user.name for one in Mention.objects.all()] == ["Bo Manager"]
