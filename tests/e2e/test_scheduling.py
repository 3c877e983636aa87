"""Planning an interview: what a time means stands beside it as it is chosen, and is asked about where it is not plain."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from candidates.models import Interview, Scorecard
from screening.accounts.models import User
from tests.e2e.conftest import SignIn
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import ApplicationFactory, CandidateFactory, InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

TWICE = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
"""Half past two in Berlin, for the second time on that day."""


@pytest.fixture
def mara(committed_db: str) -> User:
    return HiringManagerFactory(name="Mara Schulze", time_zone="America/Los_Angeles")


@pytest.fixture
def expected() -> list[str]:
    return ["responded with a status of 409"]


@pytest.mark.usefixtures("quiet")
def test_a_time_is_read_on_every_clock_before_it_is_meant(page: Page, site: str, sign_in: SignIn, mara: User) -> None:
    application = ApplicationFactory(
        candidate=CandidateFactory(name="Nok Ariyawat", email="nok@example.org"),
        role=RoleFactory(title="Senior AI Engineer", team_of=[mara]),
    )
    other = InterviewFactory(state="scheduled", starts_at=TWICE, ends_at=TWICE + timedelta(hours=1))
    ScorecardFactory(interview=other, interviewer=mara)
    sign_in(RecruiterFactory(name="Hanna Lindqvist", time_zone="Europe/Berlin"))
    page.goto(f"{site}/applications/{application.pk}/interviews/new/")
    outlook = page.locator("#outlook")
    page.get_by_label("Kit").select_option(label="Whole interview")
    page.get_by_label("Mara Schulze").check()
    page.get_by_label("Day").fill("2027-10-31")
    page.get_by_label("Starts at").fill("08:30")
    page.get_by_label("Time zone").select_option("Asia/Bangkok")
    expect(outlook).to_contain_text("Sun 31 Oct, 08:30–09:30")
    expect(outlook).to_contain_text("Sat 30 Oct, 18:30–19:30")
    expect(outlook).to_contain_text("the day before")

    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Starts at").fill("02:30")
    page.get_by_label("Starts at").blur()
    expect(outlook.get_by_role("group")).to_contain_text("02:30 comes twice on that day")
    outlook.get_by_label("the second time").check()
    expect(outlook.get_by_role("region", name="In two places at once")).to_contain_text("Mara Schulze")
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("would be in two places at once")).to_be_visible()
    assert Interview.objects.count() == 1
    outlook.get_by_label("I mean it all the same").check()
    page.get_by_label("Send the candidate an invitation").check()
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("heading", name="Nok Ariyawat")).to_be_visible()

    planned = Interview.objects.get(application=application)
    assert planned.starts_at == TWICE
    expect(page.get_by_role("region", name="The candidate’s calendar")).to_contain_text("was sent it as it is now")
    with page.expect_download() as download:
        page.get_by_role("link", name="For your calendar").click()
    [event] = Calendar.from_ical(download.value.path().read_text()).walk("VEVENT")
    assert event.decoded("dtstart") == TWICE

    card = Scorecard.objects.get(interview=planned)
    page.goto(f"{site}/scorecards/{card.pk}/hand-over/")
    page.get_by_label("Interviewer").select_option(label="Hanna Lindqvist")
    page.get_by_label("Why").fill("On leave")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_role("region", name="Panel")).to_contain_text("handed over")
    assert planned.scorecards.owed().get().interviewer.name == "Hanna Lindqvist"
