"""A late candidate becomes a version in a browser; what a client reads on the page, on paper and in the PDF is the same."""

import io
import re

import pypdf
import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from candidates.models import ShortlistEntry
from tests.candidates.services.test_shortlist_versions import with_client
from tests.e2e.conftest import SignIn
from tests.factories.shortlists import entries_of, evaluated

PHONE = ViewportSize(width=390, height=844)


def plain(words: str) -> str:
    """Without what differs by the medium alone: how lines break, and which kind of space stands between."""
    return re.sub(r"\s+", " ", words.replace("\N{NO-BREAK SPACE}", " ").replace("\N{SOFT HYPHEN}", ""))


def text_of(pdf: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def test_a_late_candidate_comes_with_a_version_and_the_client_reads_what_changed(
    page: Page, site: str, worker: None, quiet: list[str], sign_in: SignIn
) -> None:
    shortlist, (_, _, late), client, by = with_client()
    evaluated(entries_of(shortlist), client)
    sign_in(by)
    page.goto(f"{site}/shortlists/{shortlist.pk}/")
    page.get_by_role("button", name="Prepare version 2").click()
    page.get_by_role("link", name="Add people").first.click()
    page.get_by_role("button", name=f"Add {late.candidate.name}", exact=True).click()
    page.get_by_label("Summary for the client").fill("Ran the payments cluster for three years.")
    page.get_by_role("button", name=re.compile("Save summary")).click()
    expect(page.get_by_text(f"Added: {late.candidate.name}.")).to_be_visible()
    page.get_by_role("link", name="Report and presentation").first.click()
    expect(page.get_by_role("button", name="Present version 2")).to_be_disabled()
    page.get_by_role("button", name="Build the report").click()
    expect(page.get_by_text("The report says exactly what this version says now.")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Present version 2").click()
    expect(page.get_by_text("Its reviewers have mail.")).to_be_visible()

    page.set_viewport_size(PHONE)
    sign_in(client)
    page.goto(f"{site}/shortlists/{shortlist.pk}/")
    expect(page.get_by_text(f"Added: {late.candidate.name}.")).to_be_visible()
    expect(page.get_by_text("2 of 3 evaluated")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name=re.compile("^Version 1")).click()
    expect(page.get_by_text("This is version 1 as it was.")).to_be_visible()
    expect(page.get_by_text(late.candidate.name)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("with_panel", [False, True], ids=["before", "after"])
def test_page_paper_and_pdf_of_one_rendering_say_the_same(
    page: Page, context: BrowserContext, site: str, quiet: list[str], sign_in: SignIn, with_panel: bool
) -> None:
    shortlist, _, client, _ = with_client()
    entries = entries_of(shortlist)
    if with_panel:
        evaluated(entries, client)
    rendering = "after" if with_panel else "before"
    sign_in(client)
    address = reverse("candidates:report_pdf", args=[shortlist.pk, rendering])
    report = text_of(context.request.get(f"{site}{address}").body())
    for path in (f"/shortlists/{shortlist.pk}/", *(f"/entries/{entry.pk}/" for entry in entries)):
        page.goto(f"{site}{path}")
        shown, paper = plain(page.locator("main").inner_text()), text_of(page.pdf())
        about = [entry for entry in entries if path in {f"/shortlists/{shortlist.pk}/", f"/entries/{entry.pk}/"}]
        for entry in about:
            facts = told_of(entry, whole=path.startswith("/entries"), with_panel=with_panel)
            missing = [(medium, fact) for fact in facts for medium, words in
                       (("page", shown), ("paper", paper), ("PDF", report)) if fact not in words]  # fmt: skip
            assert missing == [], path
            assert entry.snapshot
            if not with_panel:
                score = f"{entry.snapshot.score:.2f}"
                assert not [words for words in (shown, paper, report) if score in words]


def told_of(entry: ShortlistEntry, *, whole: bool, with_panel: bool) -> list[str]:
    """What every medium has to say of a person."""
    facts = [entry.application.candidate.name, entry.summary]
    if with_panel:
        assert entry.snapshot
        facts += [f"{entry.snapshot.score:.2f}", f"{entry.snapshot.lower:.2f}–{min(entry.snapshot.upper, 5):.2f}"]
    if whole:
        incidents = entry.application.interviews.values_list("scorecards__evidence__incident", flat=True)
        facts += [plain(incident) for incident in incidents if incident]
        version = entry.shortlist.role.rubric_version
        facts += list(version.dimensions.values_list("name", flat=True)) if version else []
        if with_panel and entry.snapshot:
            facts += [f"{item['score']:.1f}" for item in entry.snapshot.dimensions if item["score"] is not None]
    return [fact for fact in facts if fact]
