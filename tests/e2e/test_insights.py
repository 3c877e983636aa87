"""The pipeline's insights in a browser: a number leads to exactly its people, and another day tells another story."""

import re

import pytest
from playwright.sync_api import Page, expect

from candidates.enums import Source
from rubrics.enums import StageKind
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.pipelines import on_the_way, turned_down
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.browser
K = StageKind


@pytest.mark.usefixtures("quiet")
def test_numbers_lead_to_their_people_and_follow_the_day(page: Page, site: str, sign_in: SignIn) -> None:
    role = RoleFactory(title="Claims Engineer")
    for days in range(1, 9):  # out at the latest on the 18th of March
        turned_down(role, K.SOURCED, K.SCREENING, days=days, source=Source.REFERRAL)
    on_the_way(role, (K.SOURCED, 0), (K.CONTACTED, 2), (K.WITHDRAWN, 4, "Moved away."))
    on_the_way(role, (K.SOURCED, 0), (K.CONTACTED, 2), (K.REJECTED, 40, "No production work."))
    sign_in(RecruiterFactory(time_zone="UTC"))

    page.goto(f"{site}/insights/pipeline/?as_of=2026-06-30")
    page.get_by_label("Role", exact=True).select_option(label=f"Claims Engineer, {role.client.name}")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="10 finished considerations")).to_be_visible()
    contacted = page.locator(".funnel-table").get_by_role("row").filter(has_text="Contacted")
    expect(contacted.get_by_role("cell")).to_have_text(["10", re.compile(r"^8\b.*80\s%"), "1", "1"])
    time = page.get_by_role("region", name="Time in stage").get_by_role("row").filter(has_text="Screening")
    expect(time.get_by_role("cell")).to_have_text(["8", "4.5\xa0d", "7.3\xa0d"])

    contacted.get_by_role("link").nth(2).click()
    expect(page.get_by_role("heading", name="Rejected in Contacted")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("No production work.")
    page.get_by_role("link", name="Back to the figures").click()
    source = page.get_by_role("region", name="Who goes on, by source").get_by_role("row").filter(has_text="Referral")
    source.get_by_role("link").first.click()
    expect(page.locator("tbody tr")).to_have_count(8)

    page.get_by_role("link", name="Back to the figures").click()
    page.get_by_label("As of").fill("2026-03-31")  # the one rejected in April is still on the way
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("9 of 10 considerations were finished")).to_be_visible()
