"""Day 90 on a phone: what is tapped and typed is kept by itself, is there after a break, and is given once."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from candidates.enums import Outcome
from candidates.models import Application
from candidates.services.decisions import decide
from candidates.services.engagements import start_engagement
from tests.e2e.conftest import SignIn
from tests.factories.shortlists import evaluated, presented

PHONE: ViewportSize = {"width": 390, "height": 844}


def test_a_review_is_kept_while_it_is_typed_and_given_after_a_break(
    page: Page, site: str, quiet: list[str], expected: list[str], sign_in: SignIn
) -> None:
    _, [entry], [manager] = presented(1)
    evaluated([entry], manager)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=manager, now=timezone.now())
    application = Application.objects.get(pk=entry.application_id)
    engagement = start_engagement(
        application=application, started_on=timezone.localdate() - timedelta(days=91), by=manager, now=timezone.now()
    )
    review = engagement.reviews.get(day=90)
    expected.append("422")  # what is not whole yet is refused
    page.set_viewport_size(PHONE)
    sign_in(manager)
    page.goto(f"{site}/engagement-reviews/{review.pk}/")
    page.locator("[data-levels] label[for$='-4']").first.click()
    page.get_by_label("Comment").fill("Runs the night shift alone.")
    expect(page.locator("#saved")).to_contain_text("Saved")

    page.reload()
    expect(page.get_by_label("Comment")).to_have_value("Runs the night shift alone.")
    expect(page.locator("[data-levels] input:checked")).to_have_count(1)
    page.get_by_role("button", name="Give the review").click()
    expect(page.get_by_role("alert")).to_contain_text("choose a level")
    for levels in page.locator("[data-levels]").all():
        levels.locator("label[for$='-4']").click()
    page.get_by_role("button", name="Give the review").click()

    expect(page.get_by_text("The review is on record.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert set(review.ratings.values_list("level", flat=True)) == {4}
