"""A recruiter finds two files of one person, reads what would become of both, merges them, and takes them apart again."""

import pytest
from playwright.sync_api import Page, expect

from candidates.models import Note
from candidates.services.candidates import tag_candidate
from candidates.services.duplicates import find_duplicates
from rubrics.enums import StageKind
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory


@pytest.mark.usefixtures("quiet")
def test_two_files_become_one_and_two_again(page: Page, site: str, sign_in: SignIn) -> None:
    by = RecruiterFactory(name="Rita Recruiter")
    role = RoleFactory()
    kept = CandidateFactory(name="Malee Srisai", email="malee@example.org", headline="Lead engineer", location="")
    went = CandidateFactory(name="Srisai Malee", email="m.srisai@example.com", links=["https://malee.example"])
    ApplicationFactory(candidate=kept, role=role, kind=StageKind.CONTACTED)
    submitted_scorecard(ApplicationFactory(candidate=went, role=role, kind=StageKind.SCORED), [4, 3, 4])
    Note.objects.create(candidate=went, author=by, text="Spoke at the meetup.")
    tag_candidate(candidate=went, name="python")
    CandidateFactory(name="محمد علي", phone="+20 2 555 0177"), CandidateFactory(name="علي محمد", phone="")
    find_duplicates(now=NOW)
    sign_in(by)

    page.goto(f"{site}/candidates/")
    page.get_by_role("link", name="Duplicates", exact=True).click()
    page.get_by_role("link", name="Compare Malee Srisai and Srisai Malee").click()
    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()
    page.get_by_label("E-mail: m.srisai@example.com").check()
    expect(page.get_by_label("Scored of Srisai Malee")).to_be_checked()
    page.get_by_role("button", name="Merge").click()

    expect(page.get_by_role("heading", name="Malee Srisai")).to_be_visible()
    expect(page.get_by_role("link", name="m.srisai@example.com")).to_be_visible()
    expect(page.get_by_text("Spoke at the meetup.")).to_be_visible()
    expect(page.get_by_text("Set aside for the other application to this role")).to_be_visible()
    page.get_by_text("Undo…").click()
    page.get_by_role("button", name="Take them apart").click()

    expect(page.get_by_role("heading", name="Srisai Malee")).to_be_visible()
    expect(page.get_by_text("Spoke at the meetup.")).to_be_visible()
    kept.refresh_from_db()
    assert kept.email == "malee@example.org"
