"""The whole path, once: a role is scoped, people are interviewed and scored, the client evaluates, decides, reviews."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Window
from pypdf import PdfReader

from candidates.models import Engagement
from screening.accounts.models import Client, User
from tests.e2e.windows import PHONE, browsers, fits, follow, press, reads, reload_until
from tests.factories.accounts import ClientFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory

ROLE = "/roles/senior-ai-engineer/"
ANN, BEN, CHO = "Ann Okafor", "Ben Larsen", "Cho Min-seo"
LEVELS = {  # by candidate, of each interviewer: dimension after dimension
    ANN: ("44333", "43433"),
    BEN: ("33333", "33332"),
    CHO: ("23333", "23233"),  # below the floor of production ownership
}
SCOPE = (
    "Claims triage decides 40,000 claims a day.",
    "The model, its features, nine partners' forms.",
    "Operations in two time zones.",
    "Rollbacks and thresholds.",
    "One degradation found by their own signal.",
    "Four hours with Bangkok.",
)


@dataclass
class Cast:
    client: Client
    recruiter: User
    managers: list[User]
    reviewer: User


@pytest.fixture
def cast(site: str) -> Cast:
    client = ClientFactory(name="Northwind Claims", slug="northwind-claims")
    return Cast(
        client=client,
        recruiter=RecruiterFactory(name="Maren Sato", time_zone="Europe/Berlin"),
        managers=[HiringManagerFactory(name="Mara Schulze"), HiringManagerFactory(name="Tomasz Lis")],
        reviewer=ReviewerFactory(name="Hugo Nordin", client=client),
    )


def publish_the_shipped_rubric(recruiter: Window) -> None:
    recruiter.goto("/rubrics/load/")
    press(recruiter, "Senior AI Engineer")
    reads(recruiter, "Everything needed to publish it is there")
    follow(recruiter, "Publish…")
    press(recruiter, "Publish version 1")
    reads(recruiter, "Its content never changes again")


def make_the_role(recruiter: Window, client: Client) -> None:
    recruiter.goto("/roles/new/")
    recruiter.get_by_label("Client").first.select_option(label=client.name)
    recruiter.get_by_label("Title").fill("Senior AI Engineer")
    recruiter.get_by_label("Panel size").fill("2")
    recruiter.get_by_label("Bar").fill("3")
    press(recruiter, "Make the role")
    follow(recruiter, "Settings")
    recruiter.get_by_label("Rubric version").select_option(index=1)
    press(recruiter, "Use this version")
    reads(recruiter, "Before it is moved to another you see who would change place")


def fill_the_scope_and_watch_the_gate(recruiter: Window) -> None:
    recruiter.goto(ROLE)
    gate = recruiter.get_by_role("region", name="To open the role").get_by_role("listitem")
    expect(gate).to_have_count(8)  # six answers, the client's approval, the team
    fields = recruiter.get_by_role("region", name="Scope", exact=True).get_by_role("textbox")
    for number, answer in enumerate(SCOPE):
        fields.nth(number).fill(answer)
    expect(gate).to_have_count(2)  # as one writes, before anything is saved
    press(recruiter, "Save the scope")
    expect(gate).to_have_count(2)


def approve_the_scope(client: Window) -> None:
    client.goto("/roles/")
    follow(client, "Senior AI Engineer")
    reads(client, SCOPE[0])
    press(client, "Approve the scope")
    reads(client, "Approved")


def add_the_team_and_open(recruiter: Window, team: list[User]) -> None:
    recruiter.goto(ROLE)
    for person in team:
        form = recruiter.locator("form[action$='/team/']")
        if not form.is_visible():
            recruiter.get_by_text("Add somebody", exact=True).click()
        form.get_by_label("Person").select_option(label=str(person))
        press(recruiter, "Add to the team")
        expect(recruiter.get_by_role("region", name="Team")).to_contain_text(person.name)
    reads(recruiter, "Everything needed to open the role is there")
    press(recruiter, "Open the role")
    expect(recruiter.get_by_role("button", name="Put on hold")).to_be_visible()


def take_in(recruiter: Window, name: str) -> None:
    """A new candidate in the role's pipeline, with the consent they gave."""
    recruiter.goto(f"{ROLE}pipeline/")
    follow(recruiter, "Add candidate")
    recruiter.get_by_label("Name", exact=True).fill(name)
    press(recruiter, "Save")
    recruiter.get_by_text("Record one…").click()
    recruiter.get_by_label("Where did they say yes?").fill("In a call this morning")
    press(recruiter, "Record")
    expect(recruiter.get_by_role("region", name="Consent")).to_contain_text("Given")


def move_by_menu(recruiter: Window, name: str, stage: str) -> None:
    recruiter.goto(f"{ROLE}pipeline/")
    expect(recruiter.locator("[data-board][data-ready]")).to_be_visible()
    recruiter.get_by_role("link", name=f"Move to… {name}").click()
    dialog = recruiter.get_by_role("dialog")
    dialog.get_by_label("Move to").select_option(label=stage)
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(recruiter.get_by_role("region", name=stage)).to_contain_text(name)


def plan_the_interview(recruiter: Window, name: str, panel: list[User], *, hour: int) -> None:
    recruiter.goto(f"{ROLE}pipeline/")
    recruiter.get_by_role("link", name=name, exact=True).click()
    follow(recruiter, "Plan an interview")
    recruiter.get_by_label("Kit").select_option(label="Full interview")
    recruiter.get_by_label("Day", exact=True).fill(str(timezone.localdate() + timedelta(days=1)))
    recruiter.get_by_label("Starts at").fill(f"{hour}:00")
    for person in panel:
        recruiter.get_by_label(re.compile(person.name)).check()
    expect(recruiter.locator("#outlook")).to_contain_text("UTC")
    reads(recruiter, "Nothing stands in the way")
    press(recruiter, "Plan it")
    reads(recruiter, "What became of it")


def score_by_keys(manager: Window, name: str, levels: str) -> None:
    """From one's list of interviews to the sealed scorecard, on the keyboard."""
    manager.goto("/interviews/")
    manager.get_by_role("row", name=re.compile(name)).get_by_role("link", name="Score").click()
    expect(manager.locator("[data-done]")).to_have_text("0 of 5 dimensions")
    manager.wait_for_load_state()
    for level in levels:
        manager.keyboard.press("j")
        manager.keyboard.press(level)
        if level == "4":
            tell_evidence(manager)
    expect(manager.locator("[data-done]")).to_have_text("5 of 5 dimensions")
    manager.keyboard.press("j")
    manager.keyboard.press("3")
    manager.keyboard.press("Control+Enter")
    reads(manager, "Ready to be sealed")
    manager.keyboard.press("Enter")
    manager.wait_for_url("**/debrief/")


def tell_evidence(manager: Window) -> None:
    manager.keyboard.press("e")
    for words in ("Precision fell from 0.91 to 0.84", "2025-03", "Rolled the parser back", "Back at 0.90"):
        manager.keyboard.insert_text(words)
        manager.keyboard.press("Tab")
    manager.keyboard.press("Shift+Tab")
    manager.keyboard.press("Escape")


def see_the_scores(recruiter: Window) -> None:
    recruiter.goto(f"{ROLE}scores/")
    below = recruiter.get_by_role("region", name="Below the floor of a must-have")
    reload_until(recruiter, below)  # hers are the last scorecards to come in
    expect(below).to_contain_text(CHO)
    reads(recruiter, "2 with enough evidence")
    for name in (ANN, BEN):
        expect(recruiter.get_by_role("row", name=re.compile(name))).to_contain_text("2 interviewers")
    follow(recruiter, "Build shortlist")


def build_the_shortlist(recruiter: Window, reviewer: User) -> None:
    press(recruiter, "New shortlist")
    follow(recruiter, "Add people")
    for name in (ANN, BEN):
        press(recruiter, f"Add {name}")
    follow(recruiter, "People")
    for name in (ANN, BEN):
        row = recruiter.get_by_role("article", name=name)
        row.get_by_label("Summary for the client").fill(f"{name} kept a live system through a bad month.")
        row.get_by_role("button", name="Save summary").click()
        expect(row.get_by_label("Summary for the client")).to_have_value(re.compile(name))
    recruiter.get_by_role("region", name="Who evaluates").get_by_role("combobox").select_option(label=reviewer.name)
    press(recruiter, "Ask to evaluate")
    reads(recruiter, "must evaluate")


def build_the_report(recruiter: Window, folder: Path) -> str:
    """Its text, from the PDF as downloaded."""
    follow(recruiter, "Report and presentation")
    press(recruiter, "Build the report")
    expect(recruiter.get_by_text("The report says exactly what the shortlist says now.")).to_be_visible(timeout=30_000)
    with recruiter.expect_download() as download:
        recruiter.get_by_role("link", name=re.compile("^After the client’s own evaluation")).click()
    file = folder / "report.pdf"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def evaluate(client: Window, name: str, level: int, verdict: str) -> None:
    client.goto("/shortlists/")
    follow(client, "Senior AI Engineer · shortlist 1")
    client.get_by_role("link", name=f"Evaluate {name}").click()
    assert fits(client)
    expect(client.get_by_text("Our panel:")).to_have_count(0)
    for group in client.locator("[data-levels]").all():
        group.locator(f"label[for$='-{level}']").tap()
    client.get_by_label("The evidence in the report").check()
    client.get_by_label(verdict, exact=True).check()
    press(client, "Commit my evaluation")
    expect(client.get_by_role("region", name="Verdicts")).to_contain_text(verdict)


def decide_to_hire(client: Window, name: str) -> None:
    client.goto("/shortlists/")
    follow(client, "Senior AI Engineer · shortlist 1")
    client.get_by_role("link", name=f"Open {name}").click()
    side_by_side = client.get_by_role("region", name="Panel and you, side by side")
    expect(side_by_side.get_by_role("row", name=re.compile("Production ownership"))).to_be_visible()
    assert fits(client)
    client.get_by_label("Hire", exact=True).check()
    client.get_by_label("Why", exact=True).fill("Keeps systems alive.")
    press(client, "Record the decision")
    reads(client, "Keeps systems alive.")


def start_the_engagement(recruiter: Window, name: str) -> None:
    recruiter.goto(f"{ROLE}shortlists/")
    follow(recruiter, "Shortlist 1")
    recruiter.get_by_role("link", name=name).click()
    follow(recruiter, "Start the engagement")
    recruiter.get_by_label("First day at work").fill(str(timezone.localdate() - timedelta(days=31)))
    press(recruiter, "Start the engagement")
    reads(recruiter, "At work")


def review_after_thirty_days(client: Window) -> None:
    client.goto("/")
    client.get_by_role("region", name="How the people you hired are doing").get_by_role("link").first.click()
    for group in client.locator("[data-levels]").all():
        group.locator("label[for$='-4']").tap()
    client.get_by_label("Comment").fill("Has taken over the parser.")
    press(client, "Give the review")
    reads(client, "Has taken over the parser.")


@pytest.mark.browser
def test_three_users_go_the_whole_path(browser: Browser, site: str, worker: None, cast: Cast, tmp_path: Path) -> None:
    with browsers(browser, site) as opened:
        recruiter, client = opened.open_for(cast.recruiter), opened.open_for(cast.reviewer, PHONE)
        publish_the_shipped_rubric(recruiter)
        make_the_role(recruiter, cast.client)
        fill_the_scope_and_watch_the_gate(recruiter)
        approve_the_scope(client)
        add_the_team_and_open(recruiter, cast.managers)
        for number, name in enumerate(LEVELS):
            take_in(recruiter, name)
            move_by_menu(recruiter, name, "Interviewing")
            plan_the_interview(recruiter, name, cast.managers, hour=10 + number)
        for number, person in enumerate(cast.managers):
            manager = opened.open_for(person)
            for name, levels in LEVELS.items():
                score_by_keys(manager, name, levels[number])
        see_the_scores(recruiter)
        build_the_shortlist(recruiter, cast.reviewer)
        report = build_the_report(recruiter, tmp_path)
        assert ANN in report
        assert BEN in report
        assert CHO not in report
        press(recruiter, "Present to Northwind Claims")
        reads(recruiter, "Its reviewers have mail")
        evaluate(client, ANN, 4, "Advance")
        evaluate(client, BEN, 3, "Hold")
        decide_to_hire(client, ANN)
        start_the_engagement(recruiter, ANN)
        review_after_thirty_days(client)
    review = Engagement.objects.get().reviews.get(day=30)
    assert (review.reviewer, review.comment) == (cast.reviewer, "Has taken over the parser.")
