"""People named in notes: who may be, who is told and how, and where it waits until they have seen it."""

from itertools import product

import pytest
from django.test import Client

from candidates.models import Application, Candidate, Mention, Note
from candidates.permissions.candidates import can_view_note
from candidates.queries.mentions import named_in, readers_of
from candidates.services.notes import add_note, edit_note
from rubrics.models import RoleMember
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, InterviewFactory, ScorecardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def application() -> Application:
    found: Application = ApplicationFactory(candidate__name="Nok Ariyawat")
    return found


@pytest.fixture
def author() -> User:
    found: User = RecruiterFactory(name="Ann Author")
    return found


@pytest.fixture
def member(application: Application) -> User:
    user: User = HiringManagerFactory(name="Bo Manager")
    RoleMember.objects.create(role=application.role, user=user)
    return user


def write(author: User, application: Application, text: str, *, about: bool = True) -> int:
    data = {"text": text, "application": application.pk if about else ""}
    return as_(author).post(f"/candidates/{application.candidate_id}/notes/", data).status_code


def test_whoever_is_named_is_told_without_the_words_until_they_have_seen_it(
    author: User, member: User, application: Application
) -> None:
    assert write(author, application, "Zanzibar! @Bo Manager, what do you think?") == 302
    [letter] = Delivery.objects.all()
    assert letter.recipient == member.email
    told = f"{letter.subject} {letter.text} {letter.html}"
    assert "Zanzibar" not in told
    assert "Nok" not in told
    mention = Mention.objects.get()
    assert f"/mentions/{mention.pk}/" in letter.text
    browser = as_(member)
    assert "Ann Author mentioned you in a note" in browser.get("/").content.decode()
    there = browser.get(f"/mentions/{mention.pk}/")
    assert there["Location"].startswith(f"/candidates/{application.candidate_id}/")
    assert "mentioned you in a note" not in browser.get("/").content.decode()
    assert as_(author).get(f"/mentions/{mention.pk}/").status_code == 404


def test_the_page_of_the_candidate_counts_as_seen(author: User, application: Application) -> None:
    other = RecruiterFactory(name="Cy Staff")
    write(author, application, "@cy staff", about=False)
    as_(author).get(f"/candidates/{application.candidate_id}/")
    assert Mention.objects.filter(seen_at=None, user=other).exists()
    as_(other).get(f"/candidates/{application.candidate_id}/")
    assert not Mention.objects.filter(seen_at=None).exists()


def test_who_may_not_read_the_note_is_refused_by_name_and_the_text_kept(
    author: User, member: User, application: Application
) -> None:
    owing = RecruiterFactory(name="Dee Owing")
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=owing)
    stranger = HiringManagerFactory(name="Eli Stranger")
    reader = ReviewerFactory(client=application.role.client, name="Fay Client")
    closed: list[tuple[User, bool]] = [(owing, True), (stranger, True), (reader, True), (member, False)]
    for person, about in closed:
        data = {"text": f"Look, @{person.name}", "application": application.pk if about else ""}
        answer = as_(author).post(f"/candidates/{application.candidate_id}/notes/", data)
        assert answer.status_code == 422
        assert f"{person.name} may not read this note" in answer.content.decode()
        assert f"Look, @{person.name}" in answer.content.decode()
    assert not Note.objects.exists()
    assert not Delivery.objects.exists()


def test_a_manager_learns_of_nobody_they_do_not_work_with(member: User, application: Application) -> None:
    HiringManagerFactory(name="Eli Stranger")
    answer = as_(member).post(
        f"/candidates/{application.candidate_id}/notes/",
        {"text": "Ask @Eli Stranger", "application": application.pk},
        follow=True,
    )
    assert "Nobody is called @Eli." in answer.content.decode()
    assert "may not read" not in answer.content.decode()


def test_seen_no_more_once_one_owes_a_scorecard(author: User, member: User, application: Application) -> None:
    write(author, application, "@Bo Manager")
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=member)
    assert "mentioned you" not in as_(member).get("/").content.decode()
    assert as_(member).get(f"/mentions/{Mention.objects.get().pk}/").status_code == 404


def test_an_edited_note_tells_only_who_is_new(author: User, member: User, application: Application) -> None:
    note = add_note(candidate=application.candidate, application=application, text="@Bo Manager", by=author, now=NOW)
    RecruiterFactory(name="Cy Staff")
    edit_note(note=note, text="@Bo Manager and @Cy Staff, @Ann Author", now=NOW)
    assert Delivery.objects.count() == 2
    HiringManagerFactory(name="Eli Stranger")
    with pytest.raises(Refused, match="Eli Stranger may not read"):
        edit_note(note=note, text="@Eli Stranger", now=NOW)


@pytest.mark.parametrize(
    ("text", "names", "unknown"),
    [
        ("@Ann Lee", ["Ann Lee"], []),
        ("(@ann  LEE) and @Ann Leeds.", ["Ann Lee", "Ann Leeds"], []),
        ("@Ann Leedsworth", [], ["@Ann"]),
        ("write to ann@annlee.example", [], []),
        ("@ann.lee@example.com!", ["Ann Lee"], []),
        ("@José\nÁlvarez", ["José Álvarez"], []),
        ("@property is Python", [], ["@property"]),
        ("@", [], []),
        ("@@Ann Lee", [], []),
    ],
)
def test_names_after_an_at(text: str, names: list[str], unknown: list[str]) -> None:
    for name, email in [("Ann Lee", "ann.lee@example.com"), ("Ann Leeds", "b@e.org"), ("José Álvarez", "c@e.org")]:
        RecruiterFactory(name=name, email=email)
    named = named_in(text, User.objects.all())
    assert sorted(one.name for one in named.people) == names
    assert named.unknown == unknown


def test_the_list_of_readers_says_what_the_predicate_says(application: Application) -> None:
    client = application.role.client
    people = [AdministratorFactory(), RecruiterFactory(), ReviewerFactory(client=client)]
    for of, joined in product([None, client, ApplicationFactory().role.client], [True, False]):
        manager = HiringManagerFactory(client=of)
        people.append(manager)
        if joined:
            RoleMember.objects.create(role=application.role, user=manager)
    owing = [RecruiterFactory(), HiringManagerFactory()]
    RoleMember.objects.create(role=application.role, user=owing[1])
    for person in owing:
        ScorecardFactory(interview=InterviewFactory(application=application), interviewer=person)
    themselves = RecruiterFactory()
    Candidate.objects.filter(pk=application.candidate_id).update(user=themselves)
    application.candidate.refresh_from_db()
    for about in (application, None):
        note = Note(candidate=application.candidate, application=about, author=people[1], text="x")
        readers = set(readers_of(application.candidate, about))
        for person in [*people, *owing, themselves]:
            assert (person in readers) == can_view_note(person, note), (person.part, person.client, about)


def test_who_is_offered_while_typing(author: User, member: User, application: Application) -> None:
    url = f"/candidates/{application.candidate_id}/mentionable/"
    HiringManagerFactory(name="Bo Stranger")
    offered = as_(author).get(url, {"begins": "bo", "about": str(application.pk)}).content.decode()
    assert "Bo Manager" in offered
    assert "Bo Stranger" not in offered
    assert 'role="option"' in offered
    assert "Bo Manager" in as_(author).get(url, {"begins": "mana"}).content.decode(), "by any word of the name"
    assert "Ann Author" not in as_(author).get(url, {"begins": "ann"}).content.decode()
    assert as_(ReviewerFactory(client=application.role.client)).get(url).status_code == 404
    closed = CandidateFactory()
    assert as_(member).get(f"/candidates/{closed.pk}/mentionable/").status_code == 404


def test_a_note_that_is_deleted_asks_nobody_any_more(author: User, member: User, application: Application) -> None:
    write(author, application, "@Bo Manager")
    client: Client = as_(author)
    client.post(f"/notes/{Note.objects.get().pk}/delete/")
    assert "mentioned you" not in as_(member).get("/").content.decode()
