"""Every resource shows what its caller may see, and nothing tells what else there is."""

from dataclasses import dataclass

import pytest
from django.test import Client as Browser

from candidates.models import (
    Application,
    Candidate,
    ClientReview,
    Interview,
    OpinionSeen,
    Score,
    Scorecard,
    Shortlist,
    ShortlistEntry,
)
from rubrics.enums import StageKind
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.callers import ids, listed, program
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ApplicationFactory, CandidateFactory, InterviewFactory, ScorecardFactory
from tests.factories.shortlists import evaluated, presented

pytestmark = pytest.mark.django_db
OPINIONS = ("scorecards", "scores", "shortlists", "client-reviews")
RESOURCES = (*OPINIONS, "candidates", "applications", "interviews")


@dataclass
class Place:
    """A role with a shortlist of two whom its client has evaluated, and everybody who may ask about it."""

    shortlist: Shortlist
    entry: ShortlistEntry
    member: User
    owing: User
    outsider: User
    client: User
    other_client: User
    recruiter: User

    @property
    def application(self) -> Application:
        return self.entry.application


@pytest.fixture
def place() -> Place:
    shortlist, entries, (client,) = presented(2)
    evaluated(entries, client)
    member, owing, outsider = HiringManagerFactory.create_batch(3)
    for user in (member, owing):
        RoleMember.objects.create(role=shortlist.role, user=user)
    ScorecardFactory(interview=InterviewFactory(application=entries[0].application), interviewer=owing)
    return Place(shortlist, entries[0], member, owing, outsider, client, ReviewerFactory(), RecruiterFactory())


@pytest.mark.parametrize("resource", RESOURCES)
def test_outsiders_find_nothing(place: Place, resource: str) -> None:
    for user in (place.outsider, place.other_client):
        assert listed(program(user), resource) == []
    assert listed(program(place.recruiter), resource), "so that the test can fail"


@pytest.mark.parametrize("resource", RESOURCES)
def test_it_takes_an_account(resource: str) -> None:
    answer = Browser().get(f"/api/v1/{resource}/")
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer


def test_a_member_reads_what_the_team_reads_and_no_contact_data(place: Place) -> None:
    caller = program(place.member)
    assert ids(caller, "interviews") == set(Interview.objects.values_list("pk", flat=True))
    assert ids(caller, "scorecards") == set(Scorecard.objects.submitted().values_list("pk", flat=True))
    assert {row["application"] for row in listed(caller, "scores")} == set(Score.objects.values_list("pk", flat=True))
    assert ids(caller, "shortlists") == {place.shortlist.pk}
    assert ids(caller, "client-reviews") == set(ClientReview.objects.values_list("pk", flat=True))
    assert listed(caller, "candidates") == []
    assert caller.get(f"/api/v1/candidates/{place.application.candidate_id}/").status_code == 404


@pytest.mark.parametrize("resource", OPINIONS)
def test_whoever_owes_a_scorecard_reads_no_opinion_on_it(place: Place, resource: str) -> None:
    caller = program(place.owing)
    hidden = str(place.application.candidate.name)
    body = caller.get(f"/api/v1/{resource}/").content.decode()
    assert hidden not in body
    if resource == "shortlists":
        assert listed(caller, resource) == [], "that somebody is on it is an opinion"
    if resource == "scores":
        assert place.application.pk not in {row["application"] for row in listed(caller, resource)}
        assert caller.get(f"/api/v1/scores/{place.application.pk}/").status_code == 404
    if resource == "scorecards":
        sealed = Scorecard.objects.submitted().filter(interview__application=place.application).first()
        assert sealed
        assert sealed.pk not in ids(caller, resource)
        assert caller.get(f"/api/v1/scorecards/{sealed.pk}/").status_code == 404
    if resource == "client-reviews":
        assert place.entry.pk not in {row["entry"] for row in listed(caller, resource)}
        assert listed(caller, resource), "of the other person they may"


def test_a_client_reads_who_was_presented_and_neither_scores_nor_scorecards(place: Place) -> None:
    caller = program(place.client)
    assert ids(caller, "shortlists") == {place.shortlist.pk}
    assert ids(caller, "applications") == set(place.shortlist.entries.values_list("application", flat=True))
    for resource in ("scores", "scorecards", "interviews", "candidates"):
        assert listed(caller, resource) == [], resource


def test_a_client_reads_initials_where_the_shortlist_says_so(place: Place) -> None:
    Shortlist.objects.filter(pk=place.shortlist.pk).update(name_form="initials")
    name, initials = place.application.candidate.name, place.application.candidate.initials
    caller = program(place.client)
    rows = {row["id"]: row for row in listed(caller, "applications")}
    assert rows[place.application.pk]["name"] == initials
    entries = listed(caller, "shortlists")[0]["entries"]
    assert initials in {entry["name"] for entry in entries}
    for resource in RESOURCES:
        assert name not in caller.get(f"/api/v1/{resource}/").content.decode()
    assert name in program(place.recruiter).get("/api/v1/applications/").content.decode()


def test_a_colleagues_review_waits_for_ones_own(place: Place) -> None:
    second = ReviewerFactory(client=place.shortlist.role.client)
    assert listed(program(second), "client-reviews") == []
    evaluated([place.entry], second)
    assert {row["entry"] for row in listed(program(second), "client-reviews")} == {place.entry.pk}
    assert len(listed(program(second), "client-reviews")) == 2


def test_nobody_reads_about_themselves() -> None:
    user = RecruiterFactory()
    own = ApplicationFactory(candidate=CandidateFactory(user=user))
    other = ApplicationFactory(role=own.role)
    caller = program(user)
    assert ids(caller, "applications") == {other.pk}
    assert ids(caller, "candidates") == {other.candidate_id}


def test_a_client_who_is_on_a_shortlist_does_not_read_it(place: Place) -> None:
    Candidate.objects.filter(pk=place.application.candidate_id).update(user=place.client)
    caller = program(place.client)
    for resource in ("shortlists", "client-reviews"):
        assert listed(caller, resource) == []
    assert place.application.pk not in ids(caller, "applications")


@pytest.mark.parametrize("resource", OPINIONS)
def test_whoever_reads_opinions_is_remembered(place: Place, resource: str) -> None:
    user = RecruiterFactory()
    listed(program(user), resource)
    seen = set(OpinionSeen.objects.filter(user=user).values_list("application", flat=True))
    assert place.application.pk in seen


def test_reading_one_scorecard_marks_its_application_alone(place: Place) -> None:
    user = AdministratorFactory()
    card = Scorecard.objects.submitted().filter(interview__application=place.application).first()
    assert card
    program(user).get(f"/api/v1/scorecards/{card.pk}/")
    assert set(OpinionSeen.objects.filter(user=user).values_list("application", flat=True)) == {place.application.pk}


def test_ones_own_scorecard_and_plain_facts_are_no_opinions_of_others(place: Place) -> None:
    program(place.owing).get("/api/v1/scorecards/", {"state": "draft"})
    for resource in ("applications", "interviews", "candidates"):
        listed(program(place.recruiter), resource)
    assert not OpinionSeen.objects.filter(user__in=[place.owing, place.recruiter]).exists()


def test_nothing_is_recorded_for_clients(place: Place) -> None:
    listed(program(place.client), "shortlists")
    assert not OpinionSeen.objects.filter(user=place.client).exists()


def test_filters_find_what_they_name(place: Place) -> None:
    caller = program(place.recruiter)
    slug, application = place.shortlist.role.slug, place.application.pk
    assert len(listed(caller, "applications", role__slug=slug)) == 2
    assert listed(caller, "applications", role__slug="no-such-role") == []
    assert listed(caller, "applications", stage__kind=StageKind.SOURCED) == []
    assert {row["application"] for row in listed(caller, "interviews", application=application)} == {application}
    assert {row["state"] for row in listed(caller, "scorecards", state="submitted")} == {"submitted"}
    assert {row["entry"] for row in listed(caller, "client-reviews", entry=place.entry.pk)} == {place.entry.pk}


@pytest.mark.parametrize(
    ("resource", "asked"),
    [
        ("applications", {"candidate__years_of_experience": 3}),
        ("applications", {"candidate__email": "x"}),
        ("scorecards", {"ratings__level": 5}),
        ("scorecards", {"interviewer": 1}),
        ("scores", {"score__gt": 3}),
        ("scores", {"ordering": "-score"}),
        ("shortlists", {"entries__application": 1}),
    ],
)
def test_other_filters_and_orders_do_not_exist(place: Place, resource: str, asked: dict[str, str]) -> None:
    answer = program(place.recruiter).get(f"/api/v1/{resource}/", asked)
    assert answer.status_code == 400
    assert answer.json().keys() == asked.keys()


@pytest.mark.parametrize(("resource", "of"), [("interviews", "application"), ("client-reviews", "entry")])
def test_a_filter_does_not_tell_what_exists_from_what_is_hidden(place: Place, resource: str, of: str) -> None:
    caller = program(place.outsider)
    hidden = {"application": place.application.pk, "entry": place.entry.pk}[of]
    answers = [caller.get(f"/api/v1/{resource}/", {of: pk}) for pk in (hidden, 2**40, 2**63 - 1)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert caller.get(f"/api/v1/{resource}/", {of: 2**70}).status_code == 400
    assert caller.get(f"/api/v1/{resource}/", {of: "x"}).status_code == 400


def test_pages_follow_a_cursor_that_rows_added_meanwhile_do_not_move() -> None:
    applications = ApplicationFactory.create_batch(7)
    caller = program(RecruiterFactory())
    page = caller.get("/api/v1/applications/", {"page_size": 3}).json()
    found = [row["id"] for row in page["results"]]
    ApplicationFactory.create_batch(2, role=applications[0].role)
    while page["next"]:
        page = caller.get(page["next"]).json()
        found += [row["id"] for row in page["results"]]
    assert found == sorted((application.pk for application in applications), reverse=True)
    page = caller.get("/api/v1/applications/", {"page_size": 100_000}).json()
    assert len(page["results"]) == 9
    assert caller.get("/api/v1/applications/", {"cursor": "nonsense"}).status_code == 404


def test_a_page_has_an_end_whatever_is_asked() -> None:
    role = ApplicationFactory().role
    for _ in range(3):
        ApplicationFactory(role=role)
    caller = program(RecruiterFactory())
    for size in ("0", "-1", "x", "99999999999999999999"):
        assert len(listed(caller, "applications", page_size=size)) == 4
