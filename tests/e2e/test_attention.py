"""From the day's page to the whole list, to what its role allows, and back; and mails one does without."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from screening.accounts.enums import Notice
from screening.accounts.models import User
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ApplicationFactory
from tests.factories.rubrics import RoleFactory


def test_a_recruiter_finds_the_rest_allows_more_and_does_without_the_mail(
    site: str, page: Page, sign_in: SignIn, quiet: list[str]
) -> None:
    user, role = RecruiterFactory(), RoleFactory(title="Claims Engineer", panel_days=0)
    for days in range(20, 27):
        ApplicationFactory(role=role, owner=user, stage_since=timezone.now() - timedelta(days=days))
    sign_in(user)

    page.goto(site)
    page.get_by_role("link", name=re.compile("All 7.*Too long in a stage")).click()
    expect(page.locator(".filter-total")).to_have_text("7 cases")
    expect(page.locator("tbody tr")).to_have_count(7)
    page.get_by_role("link", name=re.compile("14 d.*what Claims Engineer allows")).first.click()
    page.get_by_label("Days in a stage").fill("400")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Days in a stage")).to_have_value("400")
    page.get_by_label("Days in a stage").fill("24")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Lists and mails go by it")).to_be_visible()
    page.goto(site)
    expect(page.get_by_role("heading", name=re.compile("Too long in a stage"))).to_contain_text("3")

    page.goto(f"{site}/account/")
    page.get_by_label("What needs your attention, each morning at 8").uncheck()
    page.locator("#mail").get_by_role("button", name="Save").click()
    expect(page.get_by_label("What needs your attention, each morning at 8")).not_to_be_checked()
    assert User.objects.get(pk=user.pk).muted == [Notice.DIGEST]
