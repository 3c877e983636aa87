"""From the day's page to the whole list, to what its role allows, and back; and mails one does without."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from candidates.services.digests import send_digests
from rubrics.enums import StageKind
from screening.accounts.enums import Notice
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistReviewerFactory,
)
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


def test_four_rules_of_a_role_stand_on_the_day_and_in_the_mail_until_the_role_allows_more(
    site: str, page: Page, sign_in: SignIn, quiet: list[str]
) -> None:
    now = timezone.now()
    user, role = RecruiterFactory(), RoleFactory(title="Claims Engineer", panel_days=0)
    waiting = {"role": role, "owner": user}
    ApplicationFactory(
        candidate__name="Long Here", kind=StageKind.CONTACTED, stage_since=now - timedelta(days=20), **waiting
    )
    unasked = CandidateFactory(name="Not Asked", consented=False)
    ApplicationFactory(candidate=unasked, kind=StageKind.SCREENING, stage_since=now - timedelta(days=3), **waiting)
    scored = ApplicationFactory(candidate__name="Not Written Up", stage_since=now, **waiting)
    ScorecardFactory(interview=InterviewFactory(application=scored), due_at=now - timedelta(days=2))
    shortlist = PresentedShortlistFactory(role=role, number=7, presented_at=now - timedelta(days=5))
    ShortlistReviewerFactory(shortlist=shortlist, user=ReviewerFactory(client=role.client))
    sign_in(user)
    found = {
        "Too long in a stage": "Long Here",
        "No consent": "Not Asked",
        "Scorecards overdue": "Not Written Up",
        "Shortlists unread": "Shortlist 7",
    }

    for title, who in found.items():
        page.goto(site)
        page.get_by_role("heading", name=title).get_by_role("link", name=re.compile("^1 ")).click()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text(who)
    send_digests(now=now.replace(hour=12))
    mail = Delivery.objects.get(event=Notice.DIGEST, user=user)
    assert mail.subject == "4 things need your attention"
    assert [line for line in mail.text.splitlines() if line.endswith("(1)")] == [
        f"{title} (1)" for title in ("Scorecards overdue", "No consent", "Shortlists unread", "Too long in a stage")
    ]

    page.get_by_role("link", name=re.compile("what Claims Engineer allows")).click()
    for label, allowed in {
        "Days in a stage": 21,
        "Days without consent": 4,
        "Hours until a scorecard is overdue": 24 * 4,
        "Days a shortlist may stay unopened": 6,
    }.items():
        page.get_by_label(label).fill(str(allowed))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Lists and mails go by it")).to_be_visible()
    page.goto(site)
    expect(page.get_by_text("Nothing needs your attention.")).to_be_visible()
