"""With scripts switched off the main forms do the same work by plain posts."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Window

from candidates.models import Application, ClientReview
from rubrics.enums import StageKind
from screening.accounts.models import User
from tests.asking import session_of
from tests.factories.accounts import PASSWORD, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import presented

SignedIn = Callable[[User], Window]


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Window]:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def signed_in(plain: Window, site: str) -> SignedIn:
    def act(user: User) -> Window:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": site}
        plain.context.add_cookies([cookie])  # type: ignore[list-item]  # exactly the three it needs
        return plain

    return act


def press(page: Window, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.browser
def test_one_signs_in_and_out(plain: Window) -> None:
    user = RecruiterFactory(name="Miyuki Sato")
    plain.goto("/")
    plain.get_by_label("Email").fill(user.email)
    plain.get_by_label("Password").fill(PASSWORD)
    press(plain, "Sign in")
    expect(plain.get_by_role("heading", name="Today")).to_be_visible()
    plain.locator(".account > summary").click()
    press(plain, "Sign out")
    expect(plain.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.browser
def test_a_scorecard_is_saved_and_sealed(signed_in: SignedIn) -> None:
    manager = HiringManagerFactory()
    interview = InterviewFactory(application=ApplicationFactory(role=RoleFactory(team_of=[manager])))
    card = ScorecardFactory(interview=interview, interviewer=manager)
    page = signed_in(manager)
    page.goto(f"/scorecards/{card.pk}/")
    dimensions = page.locator("[data-dimension]:not([data-overall])")
    for dimension in dimensions.all():
        dimension.locator("label.level[for$='-3']").click()
    page.locator("textarea[name=private_note]").fill("Typed without scripts")
    press(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator("textarea[name=private_note]")).to_have_value("Typed without scripts")
    page.locator("label[for=recommendation-yes]").click()
    press(page, "Review and seal")
    press(page, "Seal the scorecard")
    page.wait_for_url("**/debrief/")

    card.refresh_from_db()
    assert card.state == "submitted"
    assert set(card.ratings.values_list("level", flat=True)) == {3}


@pytest.mark.browser
def test_a_card_is_moved(signed_in: SignedIn, site: str) -> None:
    application = ApplicationFactory(role=RoleFactory(slug="claims"), kind=StageKind.SOURCED)
    page = signed_in(RecruiterFactory())
    page.goto("/roles/claims/pipeline/")
    page.locator(f"#card-{application.pk}").get_by_role("link", name="Move to…").click()
    page.get_by_label("Move to", exact=True).select_option(label="Contacted")
    press(page, "Move")
    expect(page).to_have_url(f"{site}/roles/claims/pipeline/")
    expect(page.get_by_role("region", name="Contacted")).to_contain_text(application.candidate.name)
    assert Application.objects.get(pk=application.pk).stage.kind == StageKind.CONTACTED


@pytest.mark.browser
def test_a_client_evaluates(signed_in: SignedIn) -> None:
    _, [entry], [reviewer] = presented(people=1)
    page = signed_in(reviewer)
    page.goto(f"/entries/{entry.pk}/")
    first, *others = page.locator("[data-dimension]").all()
    first.locator("label.level[for$='-4']").click()
    press(page, "Commit my evaluation")
    expect(page.get_by_text("Not committed yet")).to_be_visible()
    expect(first.locator("input[value='4']")).to_be_checked()
    for dimension in others:
        dimension.locator("label.level[for$='-3']").click()
    page.get_by_label("The evidence in the report").check()
    page.get_by_label("Advance", exact=True).check()
    press(page, "Commit my evaluation")
    expect(page.get_by_role("region", name="Verdicts")).to_contain_text("Advance")
    review = ClientReview.objects.get(entry=entry, reviewer=reviewer)
    assert review.committed_at is not None
    assert {rating.level for rating in review.ratings.all()} == {3, 4}
