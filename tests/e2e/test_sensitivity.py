"""Trying weights by keyboard: the order follows the slider, the address remembers it, and it can be taken back."""

import re

from playwright.sync_api import Page, expect

from rubrics.models import Role
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import scored


def test_a_slider_moves_the_order_and_the_address(site: str, page: Page, sign_in: SignIn, quiet: list[str]) -> None:
    role: Role = RoleFactory(openings=1)
    people = scored(role, 3, levels=([5, 5, 2], [4, 4, 3], [3, 3, 5]))
    names = [person.candidate.name for person in people]
    assert role.rubric_version
    last = role.rubric_version.dimensions.all()[2]
    sign_in(RecruiterFactory())
    page.goto(f"{site}/roles/{role.slug}/scores/")
    page.get_by_role("link", name="Try other weights").click()
    rows = page.locator("#order table").first.locator("tbody tr")
    expect(rows.first).to_contain_text(names[0])
    page.wait_for_load_state()  # a slider moved before the scripts are there waits for its button
    page.get_by_label(last.name).focus()
    page.keyboard.press("End")
    expect(page.get_by_role("status").filter(has_text="change place")).to_be_visible()
    expect(page.locator(f"#share-w-{last.key}")).to_have_text("50\N{NO-BREAK SPACE}%")
    expect(page).to_have_url(re.compile(rf"w-{last.key}=120"))
    moved = rows.all_inner_texts()
    for dimension in role.rubric_version.dimensions.all()[:2]:
        page.get_by_label(dimension.name).focus()
        page.keyboard.press("Home")
        expect(page).to_have_url(re.compile(rf"w-{dimension.key}=0"))
    expect(rows.first).to_contain_text(names[2])
    expect(page.get_by_label(last.name)).to_have_value("120")
    page.reload()
    expect(rows.first).to_contain_text(names[2])
    assert rows.all_inner_texts() != moved
    page.get_by_role("link", name="Back to the declared weights").click()
    expect(rows.first).to_contain_text(names[0])
