"""What a search finds, why, in which order, and what nobody finds by what they may not see."""

import unicodedata

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from candidates.models import Candidate, Document, Note
from candidates.queries.searches import find, parts_of
from candidates.services.candidates import tag_candidate
from rubrics.enums import Duty, NameForm, StageKind
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


def people(user: User, text: str) -> list[str]:
    found = find(user, text)
    return [hit.title for hit in found.candidates] if found else []


def texts(user: User, text: str) -> list[tuple[str, str]]:
    found = find(user, text)
    return [(hit.title, hit.why) for hit in found.texts] if found else []


def written(candidate: Candidate, text: str) -> Document:
    return Document.objects.create(candidate=candidate, name="cv.pdf", text=text, size=1, sha256="0")


def noted(candidate: Candidate, text: str) -> Note:
    return Note.objects.create(candidate=candidate, author=RecruiterFactory(), text=text)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Søren Ødegård", "soren odegard"),
        ("Zoë Müller-Strauß", "muller strauss"),
        ("Siobhán O’Brien", "o'brien"),
        ("Siobhán O’Brien", "obrien siob"),
        (unicodedata.normalize("NFD", "Đặng Thị Hồng"), "dang hong"),
        ("สมชาย ใจดี", "สมช"),
        ("Jean-Pierre Dupont", "pierre"),
        ("100% Real_Name", "real_n"),
        ("Somchai Jaidee", "Smochai"),
        ("Somchai Jaidee", "somchi jaide"),
        ("Aleksandra Kowalczyk", "Alexandra"),
        ("Ng Wei", "ng"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, typed: str) -> None:
    CandidateFactory(name=name, email="")
    CandidateFactory(name="Quentin Umbridge", email="")
    assert people(RecruiterFactory(), typed) == [name]


def knows(letters: str) -> bool:
    """Whether the database knows these for letters, which its server was told when its data folder was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm(%s) <> '{}'", [letters])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("Мария Иванова", "иванова", "иваноа"),
        ("Γιάννης Παπαδόπουλος", "παπαδοπουλος", "παπαδοπυλος"),
        ("محمد الأمين الحسيني", "الحسيني", "الحسني"),
        ("欧阳晓明", "欧阳", "欧阳小明"),
    ],
)
def test_a_misspelt_name_is_found_in_every_script_whose_letters_the_database_knows(
    name: str, right: str, wrong: str
) -> None:
    CandidateFactory(name=name, email="")
    for other in ("Дмитрий Петров", "Ελένη Νικολάου", "سارة العتيبي", "李小龙"):
        CandidateFactory(name=other, email="")
    assert people(RecruiterFactory(), right) == [name]
    assert people(RecruiterFactory(), wrong) == ([name] if knows(wrong) else [])


def test_what_is_written_so_comes_before_what_is_similar() -> None:
    for name in ("Mariana Silva", "Anna Marian", "Rosemarian Gray", "Marian", "Marion Vale"):
        CandidateFactory(name=name, email="")
    assert people(RecruiterFactory(), "marian") == [
        "Marian", "Mariana Silva", "Anna Marian", "Rosemarian Gray", "Marion Vale",
    ]  # fmt: skip


def test_an_address_is_found_and_forgiven_too() -> None:
    CandidateFactory(name="A B", email="w.jantarasena@example.org")
    user = RecruiterFactory()
    assert people(user, "jantarasena@exa") == ["A B"]
    assert people(user, "w.jantarsena") == ["A B"]


def test_an_address_is_not_like_another_for_the_company_behind_the_at() -> None:
    CandidateFactory(name="A B", email="w.jantarasena@gmail.com")
    CandidateFactory(name="C D", email="quo@gmail.com")
    user = RecruiterFactory()
    assert people(user, "w.jantarsena@gmail.com") == ["A B"]
    assert people(user, "quo@gmail.com") == ["C D"], "as it is written; then nothing similar is looked for"
    assert people(user, "@gmail.con") == []


def test_of_similar_names_the_one_that_is_alike_to_its_end_comes_first() -> None:
    for name in ("Chidi Byrne", "Chidi Bianchi", "Chidi Brandt"):
        CandidateFactory(name=name, email="")
    assert people(RecruiterFactory(), "Chidi Birne")[0] == "Chidi Byrne"


def test_a_person_with_two_tags_that_say_it_is_found_once_and_the_newest_first() -> None:
    user, older, newer = RecruiterFactory(), CandidateFactory(name="Vera Quill"), CandidateFactory(name="Otto Plain")
    for candidate, tag in ((newer, "Rust"), (older, "Rust"), (older, "Rust embedded"), (older, "Trusted")):
        tag_candidate(candidate=candidate, name=tag)
    found = find(user, "rust")
    assert found is not None
    assert [(hit.title, hit.why) for hit in found.candidates] == [
        ("Otto Plain", "tag: Rust"), ("Vera Quill", "tag: Rust"),
    ]  # fmt: skip


def test_namesakes_are_told_apart_by_what_they_are_and_where_they_stand() -> None:
    user, role = RecruiterFactory(), RoleFactory(title="Harbour Pilot")
    for number, kind in enumerate((StageKind.SOURCED, StageKind.INTERVIEWING)):
        person = CandidateFactory(name="Wei Chen", headline=f"Pilot {number}", location="Bergen")
        ApplicationFactory(candidate=person, role=role, kind=kind)
    moved = ApplicationFactory(candidate=person, role=RoleFactory(title="Newer"), kind=StageKind.CONTACTED)
    CandidateFactory(name="Wei Chen", headline="", location="")

    def told(user: User, typed: str) -> set[tuple[str, str]]:
        found = find(user, typed)
        return {(hit.note, hit.standing) for hit in found.candidates} if found else set()

    expected = {("Pilot 0 · Bergen", "Harbour Pilot · Sourced"), ("Pilot 1 · Bergen", "Newer · Contacted"), ("", "")}
    assert told(user, "wei chen") == told(user, "wei chenn") == expected
    tag_candidate(candidate=person, name="Rust")
    assert told(user, "rust") == {("Pilot 1 · Bergen", "Newer · Contacted")}
    manager = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager, duty=Duty.INTERVIEWER)
    assert ("Pilot 1 · Bergen", "Harbour Pilot · Interviewing") in told(manager, "wei chen"), "of theirs alone"
    ScorecardFactory(interview=InterviewFactory(application=moved), interviewer=user)
    assert ("", "") in told(user, "wei")
    assert not any("Newer" in standing for _, standing in told(user, "wei"))


@pytest.mark.parametrize(("people", "words"), [(8, ""), (9, "9"), (20, "20"), (21, "20+"), (40, "20+")])
def test_how_many_there_are_beyond_those_shown(people: int, words: str) -> None:
    Candidate.objects.bulk_create(Candidate(name="Wei Chen") for _ in range(people))
    found = find(RecruiterFactory(), "wei")
    assert found is not None
    assert (len(found.candidates), found.people) == (8, words)


def test_a_shortlist_is_found_by_its_role_by_whoever_may_read_it() -> None:
    shortlist = PresentedShortlistFactory(role=RoleFactory(title="Harbour Pilot"))
    manager, reviewer = HiringManagerFactory(), ReviewerFactory(client=shortlist.role.client)
    RoleMember.objects.create(role=shortlist.role, user=manager, duty=Duty.INTERVIEWER)
    for user, expected in ((RecruiterFactory(), 1), (manager, 1), (reviewer, 1), (ReviewerFactory(), 0)):
        for typed in ("harbour", "pi harb"):
            found = find(user, typed)
            assert found is not None
            assert (len(found.roles), len(found.shortlists)) == (expected, expected)


def test_tags_notes_and_documents_are_found_by_their_words_and_say_so() -> None:
    user, candidate = RecruiterFactory(), CandidateFactory(name="Vera Quill")
    tag_candidate(candidate=candidate, name="Kubernetes")
    noted(candidate, "Handled the outage of the café till calmly.")
    written(candidate, "Résumé. Built drift monitoring for claims.")
    tagged = find(user, "kubern")
    assert tagged is not None
    assert [(hit.title, hit.why) for hit in tagged.candidates] == [("Vera Quill", "tag: Kubernetes")]
    assert texts(user, "cafe till") == [("Vera Quill", "in a note")]
    found = find(user, "resume monitor")
    assert found is not None
    [hit] = found.texts
    assert hit.why == "in the CV"
    assert [part.text for part in hit.parts if part.meant] == ["Résumé", "monitoring"]
    assert texts(user, "monitoring outage") == [], "all words stand in one text"


@pytest.mark.parametrize("typed", ["'", "%%", "__", "\\", "a'b\\", "& | !", ":*", "\0\0", "<b>", "(x", "''''", "x':*"])
def test_nothing_typed_breaks_it(typed: str) -> None:
    CandidateFactory(name="Quiet Person", email="")
    assert people(RecruiterFactory(), typed + typed) == []


def test_whoever_owes_a_scorecard_finds_the_person_by_name_alone() -> None:
    application = ApplicationFactory(candidate__name="Vera Quill", candidate__email="zebra@example.org")
    candidate, panellist, other = application.candidate, RecruiterFactory(), RecruiterFactory()
    tag_candidate(candidate=candidate, name="Outstanding")
    noted(candidate, "Unforgettable answer.")
    written(candidate, "Mountaineering")
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=panellist)
    for hidden in ("zebra", "zebar@exampl", "outstanding", "unforgettable", "mountaineering"):
        assert find(other, hidden).candidates or find(other, hidden).texts, hidden  # type: ignore[union-attr]
        nothing = find(panellist, hidden)
        assert nothing is not None
        assert nothing.is_empty, hidden
    assert people(panellist, "vera") == ["Vera Quill"]
    assert find(panellist, "vera").candidates[0].note == ""  # type: ignore[union-attr]


def test_a_hiring_manager_finds_nobody_by_a_name_that_is_hidden_or_by_what_staff_wrote() -> None:
    manager = HiringManagerFactory()
    hidden, shown = RoleFactory(name_form=NameForm.INITIALS), RoleFactory()
    for role in (hidden, shown):
        RoleMember.objects.create(role=role, user=manager, duty=Duty.INTERVIEWER)
    masked = ApplicationFactory(role=hidden, candidate__name="Vera Quillfeather", kind=StageKind.CONTACTED).candidate
    plain = ApplicationFactory(role=shown, candidate__name="Otto Plain", kind=StageKind.CONTACTED).candidate
    ApplicationFactory(candidate__name="Otto Elsewhere")
    for candidate in (masked, plain):
        noted(candidate, "Unforgettable answer.")
        written(candidate, "Mountaineering")
        tag_candidate(candidate=candidate, name="Outstanding")
    for typed in ("vera", "quillf", "Quilfeather", masked.email, "unforgettable", "mountaineering", "outstanding"):
        assert find(manager, typed).is_empty, typed  # type: ignore[union-attr]
    assert people(manager, "otto") == ["Otto Plain"]
    assert people(manager, "Ottto Plian") == ["Otto Plain"]
    assert people(ReviewerFactory(client=shown.client), "otto") == []


def test_who_is_merged_is_found_by_nothing_but_by_what_went_along() -> None:
    into = CandidateFactory(name="Kept One", email="")
    gone = CandidateFactory(name="Vera Quill", email="", merged_into=into)
    noted(gone, "Unforgettable.")
    tag_candidate(candidate=gone, name="Outstanding")
    user = RecruiterFactory()
    empty = {typed: find(user, typed).is_empty for typed in ("vera", "outstanding", "unforgettable")}  # type: ignore[union-attr]
    assert empty == {"vera": True, "outstanding": True, "unforgettable": False}, (
        "notes follow into the file that goes on"
    )


def test_the_number_of_statements_does_not_grow() -> None:
    user = RecruiterFactory()

    def statements(typed: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            find(user, typed)
        return len(asked)

    few = statements("quill")
    for number in range(12):
        candidate = CandidateFactory(name=f"Person {number}", email="")
        noted(candidate, "quill")
        tag_candidate(candidate=candidate, name="quill")
    assert few <= 9
    assert statements("quill") <= few


def test_the_words_around_are_split_where_the_database_marked_them() -> None:
    assert [(part.text, part.meant) for part in parts_of("a \ue000b\ue001 c")] == [
        ("a ", False), ("b", True), (" c", False),
    ]  # fmt: skip
    assert list(parts_of("nothing marked")) == []


NAMES = st.text(st.sampled_from("abdeghiklmnoprstuvyáéîöñçšž"), min_size=6, max_size=12)


class Typed(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(name=NAMES, at=st.integers(2, 4), data=st.data())
    def test_plain_letters_find_accents_and_a_letter_twice_is_forgiven(
        self, name: str, at: int, data: st.DataObject
    ) -> None:
        candidate = CandidateFactory(name=name.title(), email="", consented=False)
        user = RecruiterFactory()
        plain = "".join(
            letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter)
        ).upper()
        assert candidate.name in people(user, plain)
        cut = data.draw(st.integers(3, len(plain)))
        assert candidate.name in people(user, plain[:cut])
        assert candidate.name in people(user, plain[:at] + plain[at - 1] + plain[at:])
