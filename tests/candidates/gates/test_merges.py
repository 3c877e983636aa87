import pytest

from candidates.gates.merges import missing_to_merge, missing_to_undo
from candidates.models import Candidate, Merge
from candidates.queries.merges import compare
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, CandidateFactory

pytestmark = pytest.mark.django_db


def merged(candidate: Candidate, into: Candidate, **fields: object) -> Merge:
    candidate.merged_into, candidate.merged_at = into, NOW
    candidate.save()
    return Merge.objects.create(candidate=candidate, into=into, by=RecruiterFactory(), at=NOW, **fields)


def to_merge(into: Candidate, candidate: Candidate) -> list[str]:
    return [item.code for item in missing_to_merge(compare(into=into, candidate=candidate))]


def to_undo(merge: Merge) -> list[str]:
    return [item.code for item in missing_to_undo(merge)]


def test_both_files_must_stand() -> None:
    one, two, three = (CandidateFactory() for _ in range(3))
    assert to_merge(one, two) == []
    merged(two, three)
    assert to_merge(one, two) == ["merged"]
    one.erased_at = NOW
    assert to_merge(one, two) == ["erased", "merged"]


def test_the_last_of_several_merges_is_undone_first() -> None:
    one, two, three, four = (CandidateFactory() for _ in range(4))
    first, second = merged(one, three), merged(two, three)
    assert to_undo(first) == ["later"]
    assert to_undo(second) == []
    merged(three, four)
    assert to_undo(second) == ["merged"]


def test_nothing_is_undone_twice_or_of_erased_people() -> None:
    one, two, three = (CandidateFactory() for _ in range(3))
    assert to_undo(merged(one, three, undone_at=NOW, undone_by=RecruiterFactory())) == ["undone"]
    merge = merged(two, three)
    merge.candidate.erased_at = NOW
    assert to_undo(merge) == ["erased"]
