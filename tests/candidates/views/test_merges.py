"""The pages: a list of pairs, two files side by side, one file, two again."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client as Browser

from candidates.models import Application, Candidate, DifferentPeople, LikelyDuplicate, Merge, Note
from candidates.permissions.own_page import token_of
from candidates.services.duplicates import find_duplicates
from rubrics.enums import StageKind
from screening.accounts.models import User
from screening.jobs.models import Delivery, Job
from tests.asking import as_, statements
from tests.callers import program
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return RecruiterFactory()


@pytest.fixture
def pair() -> tuple[Candidate, Candidate]:
    return CandidateFactory(name="Vera Quill", headline="Kept"), CandidateFactory(name="Quill Vera", headline="Went")


def address(into: Candidate, going: Candidate) -> str:
    return f"/candidates/{into.pk}/merge/{going.pk}/"


def seen(page: bytes) -> str:
    found = re.search(rb'name="seen" value="(\w+)"', page)
    assert found
    return found[1].decode()


def merge(by: User, into: Candidate, going: Candidate, **chosen: str) -> Browser:
    browser = as_(by)
    asked = {"seen": seen(browser.get(address(into, going)).content)} | chosen
    answer = browser.post(address(into, going), asked)
    assert answer.status_code == 302, answer.content.decode()
    return browser


def test_from_the_list_of_pairs_to_one_file_and_back(by: User, pair: tuple[Candidate, Candidate]) -> None:
    into, going = pair
    Note.objects.create(candidate=going, author=by, text="Spoke at the meetup.")
    find_duplicates(now=NOW)
    browser = as_(by)
    listed = browser.get("/candidates/duplicates/").content.decode()
    assert "Vera Quill" in listed
    assert "similar name" in listed.lower()
    assert address(into, going) in listed

    merge(by, into, going, take_headline="theirs", take_name="mine")

    page = browser.get(f"/candidates/{going.pk}/", follow=True)
    assert page.redirect_chain == [(f"/candidates/{into.pk}/", 302)]
    text = page.content.decode()
    assert "Went" in text
    assert "Spoke at the meetup." in text
    assert "was merged into" in text
    assert "No likely duplicates" in browser.get("/candidates/duplicates/").content.decode()

    merged = Merge.objects.get()
    browser.post(f"/merges/{merged.pk}/undo/")
    assert "Spoke at the meetup." in browser.get(f"/candidates/{going.pk}/").content.decode()
    assert "Spoke at the meetup." not in browser.get(f"/candidates/{into.pk}/").content.decode()


def test_the_page_of_a_person_names_who_may_be_the_same(by: User, pair: tuple[Candidate, Candidate]) -> None:
    into, going = pair
    asked = as_(by).get(f"/candidates/{into.pk}/merge/").content.decode()
    assert address(into, going) in asked, "looked for now"
    find_duplicates(now=NOW)
    page = as_(by).get(f"/candidates/{into.pk}/").content.decode()
    assert "Possible duplicates" in page
    assert address(into, going) in page


def test_of_many_likely_ones_a_few_are_named_and_the_others_are_one_step_away(by: User) -> None:
    one, *others = [
        CandidateFactory(name=f"{word} Lee", phone="+66 2 555 0100") for word in ("A", "B", "C", "D", "E", "F", "G")
    ]
    find_duplicates(now=NOW)
    browser = as_(by)
    assert (
        f'href="/candidates/duplicates/?of={one.pk}">and 1 more</a>'
        in browser.get(f"/candidates/{one.pk}/").content.decode()
    )
    listed = browser.get(f"/candidates/duplicates/?of={one.pk}").content.decode()
    assert all(f'href="{address(one, other)}"' in listed for other in others)
    assert address(others[0], others[1]) not in listed
    for wrong in ("0", "x", str(10**30)):
        assert browser.get(f"/candidates/duplicates/?of={wrong}").status_code == 404
    assert browser.get("/candidates/duplicates/?kind=x&page=y").status_code == 200


def test_the_preview_shows_every_fact_of_both_and_what_becomes_of_what_they_have(by: User) -> None:
    role = RoleFactory()
    one = ApplicationFactory(role=role, kind=StageKind.CONTACTED)
    two = ApplicationFactory(role=role, kind=StageKind.SCORED)
    submitted_scorecard(two, [4, 3, 4])
    into, going = one.candidate, two.candidate
    page = as_(by).get(address(into, going)).content.decode()
    for label in ("E-mail", "Phone", "Location", "Headline", "Years of experience", "Your reference", "Time zone"):
        assert label in page
    for value in (into.email, going.email, into.name, going.name):
        assert value in page
    for label in ("Applications", "Interviews", "Scorecards", "Consents"):
        assert f'<th scope="row">{label}</th>' in page
    assert re.search(rf'name="live_{role.pk}" value="{two.pk}" checked', page)


def test_the_choice_of_the_live_application_is_kept_when_refused(by: User) -> None:
    role = RoleFactory()
    one, two = ApplicationFactory(role=role), ApplicationFactory(role=role, kind=StageKind.SHORTLISTED)
    into, going = one.candidate, two.candidate
    browser = as_(by)
    asked = {
        "seen": seen(browser.get(address(into, going)).content),
        "take_name": "theirs",
        f"live_{role.pk}": str(one.pk),
    }
    answer = browser.post(address(into, going), asked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Let that one go on" in page
    assert re.search(r'name="take_name" value="theirs" checked', page)
    assert re.search(rf'name="live_{role.pk}" value="{one.pk}" checked', page)
    asked[f"live_{role.pk}"] = str(two.pk)
    assert browser.post(address(into, going), asked).status_code == 302


def test_somebody_changed_one_meanwhile(by: User, pair: tuple[Candidate, Candidate]) -> None:
    into, going = pair
    browser = as_(by)
    before = seen(browser.get(address(into, going)).content)
    Candidate.objects.filter(pk=going.pk).update(headline="Newer")
    answer = browser.post(address(into, going), {"seen": before, "take_headline": "theirs"})
    assert answer.status_code == 409
    assert "Newer" in answer.content.decode()
    again = browser.post(address(into, going), {"seen": seen(answer.content), "take_headline": "theirs"})
    assert again.status_code == 302
    into.refresh_from_db()
    assert into.headline == "Newer"


def test_somebody_merged_them_already(by: User, pair: tuple[Candidate, Candidate]) -> None:
    into, going = pair
    token = seen(as_(by).get(address(into, going)).content)
    browser = merge(RecruiterFactory(), into, going)
    answer = as_(by).post(address(into, going), {"seen": token}, follow=True)
    assert "went into another file meanwhile" in answer.content.decode()
    assert browser.get(address(into, going)).status_code == 302
    assert Merge.objects.count() == 1


def test_what_is_in_the_way_is_said_before_the_button(by: User) -> None:
    role = RoleFactory()
    one, two = ApplicationFactory(role=role), ApplicationFactory(role=role)
    ScorecardFactory(interview=InterviewFactory(application=one))
    page = as_(by).get(address(one.candidate, two.candidate)).content.decode()
    assert "still owed" in page
    assert re.search(r"<button[^>]* disabled>Merge</button>", page)


def test_nothing_is_merged_by_half_a_form(by: User, pair: tuple[Candidate, Candidate]) -> None:
    for asked in ({}, {"seen": "x", "take_name": "nobody's"}):
        assert as_(by).post(address(*pair), asked).status_code == 422
    assert not Merge.objects.exists()


def test_not_the_same_person(by: User, pair: tuple[Candidate, Candidate]) -> None:
    into, going = pair
    find_duplicates(now=NOW)
    answer = as_(by).post(f"{address(into, going)}apart/", follow=True)
    assert "are not proposed again" in answer.content.decode()
    assert not LikelyDuplicate.objects.exists()
    assert DifferentPeople.objects.get().by == by
    assert "found them to be two people" in as_(by).get(address(into, going)).content.decode()


def test_any_two_people_can_be_found_and_compared(by: User) -> None:
    one, two = CandidateFactory(name="Zoë Brandt"), CandidateFactory(name="Entirely Different")
    page = as_(by).get(f"/candidates/{one.pk}/merge/?q=entirely").content.decode()
    assert address(one, two) in page
    assert "Nobody else of that name" in as_(by).get(f"/candidates/{one.pk}/merge/?q=zoë").content.decode()


def test_whom_one_still_has_to_judge_is_not_merged(by: User, pair: tuple[Candidate, Candidate]) -> None:
    into, going = pair
    owed = ScorecardFactory(interview=InterviewFactory(application=ApplicationFactory(candidate=going)), interviewer=by)
    for path in (address(into, going), address(going, into), f"/candidates/{going.pk}/merge/"):
        assert as_(by).get(path).status_code == 404
    assert "Possible duplicates" not in as_(by).get(f"/candidates/{into.pk}/").content.decode()
    assert as_(by).post(f"{address(into, going)}apart/").status_code == 404
    owed.delete()
    assert as_(by).get(address(into, going)).status_code == 200


def test_reads_follow(by: User) -> None:
    """Board, list, search, export's list, API, the candidate's own page: one person, wherever one looks."""
    role = RoleFactory()
    one, two = ApplicationFactory(role=role), ApplicationFactory(role=role)
    into, going = one.candidate, two.candidate
    elsewhere = ApplicationFactory(candidate=going)
    Candidate.objects.filter(pk=going.pk).update(name="Wentaway Person")
    Delivery.objects.create(
        event="x", recipient=going.email, subject="An old letter", text="t", due_at=NOW, state="sent"
    )
    going.refresh_from_db()
    browser = merge(by, into, going, **{f"live_{role.pk}": str(one.pk)})
    browser.get("/account/")  # the message of success names both
    board = browser.get(f"/roles/{role.slug}/pipeline/").content.decode()
    assert board.count(into.name) >= 1
    assert "Wentaway" not in board
    assert into.name in browser.get(f"/roles/{elsewhere.role.slug}/pipeline/").content.decode()
    assert "Wentaway" not in browser.get("/candidates/?all=").content.decode()
    assert "Wentaway Person" not in browser.get("/search/?q=Wentaway").content.decode()
    api = program(by).get("/api/v1/applications/").json()["results"]
    assert {row["id"] for row in api} == {one.pk, elsewhere.pk}
    assert program(by).get(f"/api/v1/candidates/{going.pk}/").status_code == 404
    own = Browser().get(f"/c/{token_of(going)}/").content.decode()
    assert own.count(role.title) == 1
    assert elsewhere.role.title in own
    page = browser.get(f"/candidates/{into.pk}/").content.decode()
    assert "Set aside for the other application" in page
    assert "An old letter" in page
    assert Application.objects.get(pk=two.pk).merged_into == one


def test_undoing_is_refused_with_a_reason(by: User) -> None:
    one, two, three = (CandidateFactory() for _ in range(3))
    merge(by, one, two)
    browser = merge(by, one, three)
    first = Merge.objects.get(candidate=two)
    answer = browser.post(f"/merges/{first.pk}/undo/", follow=True)
    assert "Undo that merge first" in answer.content.decode()


def test_looking_through_everybody_shows_its_job(by: User) -> None:
    answer = as_(by).post("/candidates/duplicates/look/")
    assert answer.headers["Location"] == f"/jobs/{Job.objects.get().pk}/"


def test_a_manager_of_the_role_finds_none_of_it() -> None:
    manager = HiringManagerFactory()
    application = ApplicationFactory()
    application.role.team.create(user=manager)
    for path in (
        "/candidates/duplicates/",
        f"/candidates/{application.candidate_id}/merge/",
        address(application.candidate, CandidateFactory()),
    ):
        assert as_(manager).get(path).status_code == 404
    page = as_(manager).get(f"/candidates/{application.candidate_id}/").content.decode()
    assert "uplicates" not in page


def test_pages_ask_as_often_for_many_as_for_few(by: User, pair: tuple[Candidate, Candidate]) -> None:
    into, going = pair
    find_duplicates(now=NOW)
    browser = as_(by)
    paths = (
        "/candidates/duplicates/",
        address(into, going),
        f"/candidates/{into.pk}/merge/",
        f"/candidates/{into.pk}/",
    )
    ApplicationFactory(candidate=into)
    [browser.get(path) for path in paths]
    few = [statements(partial(browser.get, path)) for path in paths]
    for number in range(5):
        CandidateFactory(name=f"Vera Quill{number}")
        for person in pair:
            ApplicationFactory(candidate=person)
            Note.objects.create(candidate=person, author=by, text="A note.")
        CandidateFactory(merged_into=into, merged_at=NOW - timedelta(days=1))
    find_duplicates(now=NOW)
    [browser.get(path) for path in paths]  # that opinions were seen is remembered once
    many = [statements(partial(browser.get, path)) for path in paths]
    assert many == few
    assert max(few) <= 12
