"""Who may be the same person as somebody, found one at a time and over the whole table by the same rule."""

from typing import Any

import pytest

from candidates.models import Candidate, LikelyDuplicate
from candidates.queries.duplicates import FEW, duplicates_of, likely_of, pairs_page
from candidates.services.duplicates import MOST_NAMESAKES, MOST_SHARING, find_duplicates, look_for_duplicates
from candidates.services.merges import tell_apart
from candidates.tasks.duplicates import find, look
from screening.accounts.models import User
from screening.jobs.models import Job
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
)

pytestmark = pytest.mark.django_db
ALONE = {"name": "Zbigniew Wolff", "email": "", "phone": "", "reference": ""}


@pytest.fixture
def by() -> User:
    return RecruiterFactory()


def person(**fields: Any) -> Candidate:
    found: Candidate = CandidateFactory(**(ALONE | fields))
    return found


def reasons(by: User, one: Candidate) -> list[tuple[int, str]]:
    return [(found.pk, found.reasons) for found in likely_of(by, one)]


PAIRS = [
    ({"name": "A B", "email": "vera.quill@example.org"}, {"email": "veraquill+jobs@example.org"}, ["email"]),
    ({"name": "A B", "phone": "+66 2 555 0100"}, {"phone": "0066-2-5550100"}, ["phone"]),
    ({"name": "A B", "reference": "AB-12/7"}, {"reference": "ab 127"}, ["reference"]),
    ({"name": "Wolff, Zbigniew"}, {}, ["name"]),
    ({"name": "Zbigniev Wolff"}, {}, ["name"]),
    ({"name": "Zbigniew Maria Wolff"}, {}, ["name"]),
    ({"name": "Żbigniew Wolff", "phone": "5550100"}, {"phone": "555 01 00"}, ["phone", "name"]),
    ({"name": "王晓明"}, {"name": "王晓明"}, ["name"]),
    ({"name": "محمد علي"}, {"name": "علي محمد"}, ["name"]),
    ({"name": "محمد علي"}, {"name": "محمد عمر"}, []),
    ({"name": "Anna Wolff"}, {}, []),
    ({"name": "A B", "phone": "112"}, {"phone": "112"}, []),
    ({"name": "A B", "email": "v@example.org"}, {"email": "v@example.com"}, []),
]


@pytest.mark.parametrize(("one", "two", "expected"), PAIRS)
def test_what_makes_a_pair(by: User, one: dict[str, str], two: dict[str, str], expected: list[str]) -> None:
    first, second = person(**one), person(**two)
    find_duplicates(now=NOW)
    assert [pair.reasons for pair in LikelyDuplicate.objects.all()] == ([expected] if expected else [])
    words = {"email": "same mailbox", "phone": "same phone", "reference": "same reference", "name": "similar name"}
    told = ", ".join(words[reason] for reason in expected)
    assert reasons(by, first) == ([(second.pk, told)] if expected else [])
    assert reasons(by, second) == ([(first.pk, told)] if expected else [])


def test_found_again_they_keep_their_place_and_what_no_longer_holds_goes(by: User) -> None:
    one, two = person(), person()
    find_duplicates(now=NOW)
    [pair] = LikelyDuplicate.objects.all()
    assert find_duplicates(now=NOW.replace(year=2027)) == 1
    assert LikelyDuplicate.objects.get() == pair
    assert LikelyDuplicate.objects.get().found_at == NOW
    Candidate.objects.filter(pk=two.pk).update(name="Somebody Else")
    assert find_duplicates(now=NOW) == 0
    assert likely_of(by, one) == []


@pytest.mark.parametrize("gone", ["merged_into", "erased_at"])
def test_who_is_merged_or_erased_is_not_proposed(by: User, gone: str) -> None:
    one, two = person(), person()
    find_duplicates(now=NOW)
    value = one.pk if gone == "merged_into" else NOW
    Candidate.objects.filter(pk=two.pk).update(**{gone: value})
    assert pairs_page(by).pairs == []
    assert likely_of(by, one) == []
    two.refresh_from_db()
    assert likely_of(by, two) == []
    assert find_duplicates(now=NOW) == 0


def test_who_was_told_apart_does_not_return(by: User) -> None:
    one, two = person(), person()
    tell_apart(one=one, two=two, by=by, now=NOW)
    assert find_duplicates(now=NOW) == 0
    assert likely_of(by, one) == []


def test_a_number_that_many_share_says_nothing() -> None:
    for number in range(MOST_SHARING + 1):
        person(name=f"Caller{number * 7919} Of{number * 104729}", phone="+66 2 555 0100")
    assert find_duplicates(now=NOW) == 0


def test_a_pair_with_somebody_closed_to_the_reader_is_not_shown(by: User) -> None:
    application = ApplicationFactory(candidate=person())
    other = person(user=by)
    third = person()
    find_duplicates(now=NOW)
    pairs = {(pair.one.pk, pair.two.pk) for pair in pairs_page(by).pairs}
    assert pairs == {(application.candidate_id, third.pk)}
    assert [found.pk for found in likely_of(by, third)] == [application.candidate_id]

    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=by)
    assert pairs_page(by).pairs == []
    assert likely_of(by, third) == []
    everything = {(pair.one.pk, pair.two.pk) for pair in pairs_page(AdministratorFactory()).pairs}
    assert len(everything) == 3
    assert (application.candidate_id, other.pk) in everything


def test_only_staff_see_pairs() -> None:
    person(), person()
    find_duplicates(now=NOW)
    assert pairs_page(HiringManagerFactory()).pairs == []


def test_looking_through_everybody_is_one_job(by: User) -> None:
    person()
    person()
    job = look_for_duplicates(by=by)
    look()
    assert Job.objects.get() == job
    find(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == "done"
    assert LikelyDuplicate.objects.count() == 1


def test_a_name_that_many_bear_says_nothing_unless_something_else_is_shared() -> None:
    people = [person() for _ in range(MOST_NAMESAKES + 1)]
    assert find_duplicates(now=NOW) == 0
    Candidate.objects.filter(pk__in=[people[0].pk, people[3].pk]).update(phone="+66 2 555 0100")
    assert find_duplicates(now=NOW) == 1
    assert LikelyDuplicate.objects.get().reasons == ["phone", "name"]


def test_what_shares_contact_data_is_told_apart_from_names_and_the_surest_come_first(by: User) -> None:
    names = [person(), person()]
    phones = [person(name="A B", phone="+66 2 555 0100"), person(name="C D", phone="+66 2 555 0100")]
    both = [person(name="Vera Quill", email="v.q@example.org"), person(name="Quill Vera", email="vq@example.org")]
    find_duplicates(now=NOW)
    surest = pairs_page(by)
    assert [pair.one for pair in surest.pairs] == [both[0], phones[0]]
    assert [(name, number) for name, _, number in surest.kinds] == [("contact", "2"), ("name", "1")]
    assert [(pair.one, pair.two) for pair in pairs_page(by, kind="name").pairs] == [tuple(names)]
    assert [pair.one for pair in pairs_page(by, of=phones[1]).pairs] == [phones[0]]
    assert pairs_page(by, of=names[0]).kind == "name", "the surest there are"


def test_the_page_of_a_person_names_a_few_and_says_how_many_more(by: User) -> None:
    one = person(phone="+66 2 555 0100")
    alike = [person(name=f"{word} Lee", phone="+66 2 555 0100") for word in ("Ann", "Bob", "Cid", "Dan", "Eve", "Fay")]
    sure = person(phone="+66 2 555 0100")
    find_duplicates(now=NOW)
    found = duplicates_of(by, one, frozenset({"alike"}))
    assert found.likely[0].pk == sure.pk, "phone and name"
    assert (len(found.likely), found.more) == (FEW, 2)
    assert {other.pk for other in found.likely} < {other.pk for other in [sure, *alike]}
