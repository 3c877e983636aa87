"""A client asks to meet somebody, on a phone; a recruiter arranges it; both read it on their own clocks."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from candidates.models import Meeting
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.shortlists import presented

PHONE = ViewportSize(width=390, height=844)


@pytest.mark.usefixtures("quiet")
def test_a_meeting_is_asked_for_and_arranged(page: Page, site: str, sign_in: SignIn) -> None:
    by = RecruiterFactory(name="Hanna Lindqvist", time_zone="Europe/Lisbon")
    _, [entry], [reviewer] = presented(1, by=by)
    reviewer.time_zone = "Europe/Berlin"
    reviewer.save()
    sign_in(reviewer)
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/entries/{entry.pk}/")
    page.get_by_role("link", name="Ask to meet…").click()
    page.wait_for_load_state()
    page.get_by_label("Day of time 1").fill("2040-10-28")
    page.get_by_label("Start of time 1").fill("09:30")
    page.get_by_label("Day of time 2").fill("2040-10-29")
    page.get_by_label("Start of time 2").fill("16:00")
    page.get_by_label("Start of time 2").blur()
    outlook = page.locator("#outlook")
    expect(outlook).to_contain_text("Sun 28 Oct, 09:30–10:15")
    expect(outlook).to_contain_text("Sun 28 Oct, 15:30–16:15")
    expect(outlook).to_contain_text("Mon 29 Oct, 15:00–15:45")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Ask to meet").click()
    expect(page.get_by_role("region", name="Times on offer")).to_contain_text("GMT+7")

    meeting = Meeting.objects.get()
    sign_in(by)
    page.goto(site)
    page.locator(f"a[href='/meetings/{meeting.pk}/']").click()
    page.get_by_role("link", name="Arrange…").click()
    page.wait_for_load_state()
    page.locator("#pick-1").check()
    expect(page.locator("#outlook")).to_contain_text("Mon 29 Oct, 15:00–15:45")
    page.get_by_label("Place").fill("https://meet.example/room")
    page.get_by_role("button", name="Arrange it").click()
    expect(page.get_by_role("region", name="The candidate’s calendar")).to_contain_text("nothing is sent by itself")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    sign_in(reviewer)
    page.goto(f"{site}/meetings/{meeting.pk}/")
    expect(page.get_by_role("region", name="When and where")).to_contain_text("Mon 29 Oct, 16:00–16:45")
    page.get_by_text("Cancel…", exact=True).click()
    page.get_by_label("Why").fill("I am travelling.")
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_text("I am travelling.").first).to_be_visible()
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"
