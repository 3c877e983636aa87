"""Whatever two files hold, merging and undoing loses nothing of it."""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candidates.models import Application, Candidate, Merge, Note
from candidates.queries.merges import compare
from candidates.services.candidates import tag_candidate
from screening.accounts.models import User
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ApplicationFactory, CandidateFactory
from tests.factories.merges import document, merge, undo
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db

TABLES = (
    "candidate",
    "application",
    "note",
    "document",
    "consent",
    "candidatetag",
    "stagechange",
    "scorecard",
    "score",
)


def _rows() -> dict[str, list[str]]:
    """Every row of every table that holds something of a person, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM candidates_{table} t ORDER BY 1")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(
        st.tuples(
            st.sets(st.integers(0, 2)),  # roles applied to
            st.sets(st.sampled_from(["python", "remote", "berlin"])),
            st.integers(0, 2),  # notes and documents
            st.sampled_from(["", "Lisbon", "Bern"]),
        ),
        min_size=3,
        max_size=3,
    ),
    theirs=st.sets(st.sampled_from(["name", "email", "phone", "location", "headline", "reference"])),
    steps=st.sampled_from([((0, 1), (0, 2)), ((0, 1), (2, 0)), ((1, 0),)]),
    first=st.booleans(),
)
def test_merging_and_undoing_leaves_every_table_as_it_was(
    files: list[tuple[set[int], set[str], int, str]], theirs: set[str], steps: tuple[tuple[int, int], ...], first: bool
) -> None:
    with transaction.atomic():
        by = RecruiterFactory()
        roles = [RoleFactory() for _ in range(3)]
        people = [_person(by, [roles[at] for at in applied], tags, many, place) for applied, tags, many, place in files]
        before = _rows()
        done = [_merge_somehow(people[into], people[going], by, theirs, first=first) for into, going in steps]
        assert _rows() != before
        assert not Application.objects.exclude(candidate__merged_into=None).exists()
        for merged in reversed(done):
            undo(merged, by)
        assert _rows() == before
        transaction.set_rollback(True)


def _person(by: User, roles: list[Any], tags: set[str], many: int, place: str) -> Candidate:
    person: Candidate = CandidateFactory(location=place)
    for role in roles:
        ApplicationFactory(candidate=person, role=role)
    for tag in tags:
        tag_candidate(candidate=person, name=tag)
    for _ in range(many):
        Note.objects.create(candidate=person, author=by, text="A note.")
        document(person)
    return person


def _merge_somehow(into: Candidate, going: Candidate, by: User, theirs: set[str], *, first: bool) -> Merge:
    both = Candidate.objects.in_bulk([into.pk, going.pk])
    comparison = compare(into=both[into.pk], candidate=both[going.pk])
    live = {clash.role.pk: clash.applications[0 if first else -1].pk for clash in comparison.clashes}
    return merge(into, going, by, theirs=theirs, live=live)
