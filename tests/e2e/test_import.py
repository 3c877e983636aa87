"""A recruiter brings a file of people in, mends what is wrong with it, and takes the list out again."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from candidates.models import Application, Candidate
from tests.e2e.conftest import SignIn
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import CandidateFactory
from tests.factories.rubrics import RoleFactory

FILE = (
    "Wer;E-Mail;Telefon;Ort;Rolle heute\n"
    "Zoë Müller;zoe@example.org;+49 30 5550101;Zürich;Platform engineer\n"
    "محمد علي;m.ali@example.org;;القاهرة;Data engineer\n"
    "Malee Srisai;malee@example.org;;Bangkok;Lead engineer\n"
    "Jonas Lindqwist;jonas.new@example.org;;Malmö;ML engineer\n"
    '=HYPERLINK("http://evil.example");x@example.org;;;\n'
    "Bo Berg;not-an-address;;Oslo;\n"
)


@pytest.mark.usefixtures("worker", "quiet")
def test_a_file_is_brought_in_and_the_list_taken_out(page: Page, site: str, sign_in: SignIn, tmp_path: Path) -> None:
    role = RoleFactory()
    CandidateFactory(name="Malee Srisai", email="malee@example.org")
    CandidateFactory(name="Jonas Lindqvist", email="jonas@example.org", phone="")
    sign_in(RecruiterFactory())
    path = tmp_path / "people of the fair.csv"
    path.write_text(FILE, encoding="utf-8")
    page.goto(f"{site}/candidates/")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("File").set_input_files(path)
    page.get_by_label("Into the pipeline of").select_option(label=f"{role.title}, {role.client.name}")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("Zoë Müller")).to_be_visible()
    page.get_by_label("Wer", exact=True).select_option("name")
    page.get_by_label("Telefon").select_option("phone")
    page.get_by_label("Ort", exact=True).select_option("location")
    page.get_by_label("Rolle heute").select_option("headline")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("cell", name="begins with “=”", exact=False)).to_be_visible(timeout=20_000)
    page.wait_for_load_state()
    expect(page.get_by_role("button", name="Import 2 people, skip 2")).to_be_in_viewport()
    page.get_by_label("What becomes of row 4").select_option("update")
    page.get_by_label("What becomes of row 5").select_option("add")
    page.get_by_role("button", name="Import 3 people, update 1", exact=True).click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=20_000)
    with page.expect_download() as mended:
        page.get_by_role("link", name="Download rows to mend").click()
    assert "not-an-address" in mended.value.path().read_text(encoding="utf-8-sig")
    assert Candidate.objects.get(email="malee@example.org").headline == "Lead engineer"
    assert Application.objects.filter(role=role).count() == 4
    page.goto(f"{site}/candidates/?q=Jonas")
    page.get_by_text("Export…").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV").click()
    text = taken.value.path().read_text(encoding="utf-8-sig")
    assert "jonas.new@example.org" in text
    assert "malee@example.org" not in text
