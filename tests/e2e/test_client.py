"""From scores to a review after the hire, in a browser: the recruiter builds and presents, two people at the client judge."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from candidates.enums import Outcome
from candidates.models import Application, ClientReview, Engagement, Shortlist
from candidates.services.decisions import decide
from candidates.services.engagements import start_engagement
from rubrics.models import Role
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory, ReviewerFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import evaluated, presented, scored

PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def role(site: str) -> Role:
    return RoleFactory(title="Senior AI Engineer", slug="senior-ai-engineer")


@pytest.fixture
def expected() -> list[str]:
    return ["the server responded with a status of 422"]  # what is incomplete is tried too


def level(page: Page, dimension: str, value: int | str) -> None:
    part = page.locator("[data-dimension]", has=page.get_by_role("heading", name=dimension, exact=True))
    part.locator(f"label[for$='-{value}']").click()


def test_a_recruiter_builds_and_presents(
    page: Page, site: str, worker: None, quiet: list[str], sign_in: SignIn, role: Role
) -> None:
    people = scored(role, 3)
    reviewer = ReviewerFactory(client=role.client, name="Hana Novak")
    sign_in(RecruiterFactory(name="Mika Sato"))
    page.goto(f"{site}/roles/{role.slug}/shortlists/")
    page.get_by_role("button", name="New shortlist").click()
    for application in people[:2]:
        page.get_by_role("button", name=f"Add {application.candidate.name}", exact=True).click()
    page.get_by_role("link", name="Done").click()
    page.get_by_label("Summary for the client").first.fill("Kept a claims triage model honest.")
    page.get_by_role("button", name=re.compile("Save summary")).first.click()
    page.get_by_role("button", name=f"Move {people[1].candidate.name} up").press("Enter")
    page.get_by_label("Why this order").fill("Has run exactly this system.")
    page.get_by_role("button", name="Use this order").click()
    expect(page.locator("article h2").first).to_contain_text(people[1].candidate.name)
    page.get_by_label("Person at the client").select_option(label=reviewer.name)
    page.get_by_role("button", name="Ask to evaluate").click()
    page.get_by_label("Initials").check()
    page.locator("section", has=page.get_by_role("heading", name="What the client sees")).get_by_role(
        "button", name="Save"
    ).click()

    page.get_by_role("link", name="Report and presentation").first.click()
    expect(page.get_by_role("button", name="Present to")).to_be_disabled()
    page.get_by_role("button", name="Build the report").click()
    expect(page.get_by_text("The report says exactly what the shortlist says now.")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Before the client’s own evaluation").click()
    assert download.value.suggested_filename == "senior-ai-engineer-shortlist-1.pdf"
    page.get_by_role("button", name="Present to").click()

    expect(page.get_by_text("Its reviewers have mail.")).to_be_visible()
    assert Shortlist.objects.get(role=role).state == "presented"
    assert Delivery.objects.filter(user=reviewer, event="shortlist.presented").exists()


def test_two_people_at_the_client_judge_alone_and_then_see_each_other_and_the_panel(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, role: Role
) -> None:
    shortlist, [entry], [hana, olek] = presented(1, reviewers=2, role=role)
    page.set_viewport_size(PHONE)
    sign_in(hana)
    page.goto(f"{site}/shortlists/{shortlist.pk}/")
    expect(page.get_by_text("0 of 1 evaluated")).to_be_visible()
    page.get_by_role("link", name="Evaluate").click()
    expect(page.get_by_text("Our panel")).to_have_count(0)
    level(page, "Production ownership", 2)
    expect(page.get_by_text(re.compile(r"Saved \d\d:\d\d"))).to_be_visible()
    page.reload()
    expect(page.locator("input[value='2']:checked")).to_have_count(1)
    page.get_by_role("button", name="Commit my evaluation").click()
    expect(page.get_by_role("alert")).to_contain_text("Observability: choose a level")
    level(page, "Architectural judgment", 5)
    level(page, "Observability", "na")
    page.get_by_label("The evidence in the report").check()
    page.get_by_label("Advance").check()
    page.get_by_label("Comment").fill("Calm under pressure.")
    page.get_by_role("button", name="Commit my evaluation").click()

    expect(page.get_by_role("heading", name="Panel and you, side by side")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("Production ownership")  # the largest difference
    expect(page.get_by_text(f"{olek.name} has not committed")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    sign_in(olek)
    page.goto(f"{site}/entries/{entry.pk}/")
    expect(page.get_by_text("Calm under pressure.")).to_have_count(0)
    evaluated([entry], olek)
    page.reload()
    expect(page.get_by_text("Calm under pressure.")).to_be_visible()
    page.get_by_label("Hire").check()
    page.get_by_label("Why").fill("Runs such a system already.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("Runs such a system already.")).to_be_visible()
    page.get_by_role("link", name="Start the engagement").click()
    page.get_by_label("First day at work").fill("2026-12-01")
    page.get_by_role("button", name="Start the engagement").click()

    expect(page.get_by_text("due 31 Dec 2026")).to_be_visible()
    assert ClientReview.objects.filter(committed_at__isnull=False).count() == 2
    assert Engagement.objects.get().application == entry.application


def test_what_is_being_committed_is_not_saved_once_more(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, role: Role
) -> None:
    _, [entry], [user] = presented(1, role=role)
    sign_in(user)
    page.goto(f"{site}/entries/{entry.pk}/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/commit/", lambda route: route.fulfill(status=204))  # an answer that leaves the page where it is
    page.get_by_label("Comment").fill("Calm under pressure.")
    page.get_by_role("button", name="Commit my evaluation").click()
    page.wait_for_timeout(2_000)
    assert [url.removeprefix(site) for url in sent] == [f"/entries/{entry.pk}/commit/"]


def test_a_review_on_a_phone_by_keys_alone(
    page: Page, site: str, quiet: list[str], sign_in: SignIn, role: Role
) -> None:
    engagement, user = _engaged(role)
    page.set_viewport_size(PHONE)
    sign_in(user)
    page.goto(f"{site}/engagements/")
    page.get_by_role("link", name=re.compile("^Review")).click()
    page.wait_for_url(re.compile("/engagement-reviews/"))
    for key in ("j", "4", "j", "3", "j", "n"):
        page.keyboard.press(key)
    page.get_by_label("Comment").fill("Took over triage in week two.")
    page.get_by_role("button", name="Give the review").click()

    expect(page.get_by_text("The review is on record.")).to_be_visible()
    expect(page.get_by_text("Took over triage in week two.")).to_be_visible()
    given = engagement.reviews.get(day=30).ratings.values_list("level", flat=True)
    assert list(given) == [4, 3, None]


def _engaged(role: Role) -> tuple[Engagement, User]:
    _, [entry], [user] = presented(1, role=role)
    evaluated([entry], user)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=timezone.now())
    application = Application.objects.get(pk=entry.application_id)
    first_day = timezone.localdate() - timedelta(days=31)
    return start_engagement(application=application, started_on=first_day, by=user, now=timezone.now()), user
