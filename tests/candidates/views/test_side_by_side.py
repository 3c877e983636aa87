"""Two to four candidates side by side: what is aligned, what is said of differences, and who reads what."""

import re
from collections.abc import Sequence

import pytest
from django.test import Client
from django.urls import reverse

from candidates.models import Application, OpinionSeen
from candidates.services.scores import score_pool
from rubrics.enums import StageKind
from rubrics.models import Role, RoleMember
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import scored

pytestmark = pytest.mark.django_db
ISOLATES = re.compile("[\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}]")
LEVELS = [[5, 4, 4], [4, 5, 4], [1, 2, 1], [3, 3, 3], [4, 4, 4]]


@pytest.fixture
def role() -> Role:
    found: Role = RoleFactory()
    return found


@pytest.fixture
def people(role: Role) -> list[Application]:
    found = scored(role, len(LEVELS), levels=LEVELS)
    for one, name in zip(found, ("Ana Soto", "Bo Lind", "Cy Pres", "Dee Vega", "Eli Roth"), strict=True):
        type(one.candidate).objects.filter(pk=one.candidate_id).update(name=name)
    return found


@pytest.fixture
def reader() -> Client:
    return as_(RecruiterFactory())


def shown(reader: Client, role: Role, chosen: Sequence[Application | int | str]) -> str:
    address = reverse("candidates:side_by_side", args=[role.slug])
    pks = [str(one.pk) if isinstance(one, Application) else str(one) for one in chosen]
    answer = reader.get(address, {"application": pks})
    assert answer.status_code == 200
    return ISOLATES.sub("", answer.content.decode())


def test_people_stand_in_the_order_of_the_address_with_evidence_under_each_dimension(
    reader: Client, role: Role, people: list[Application]
) -> None:
    text = shown(reader, role, [people[2], people[0]])
    first, second = text.index('dir="auto">Cy Pres'), text.index('dir="auto">Ana Soto')
    assert first < second
    assert text.count("Precision fell from 0.91 to 0.84") == 2 * 2 * 3, "people × interviewers × dimensions"
    assert "Bo Lind" not in text
    assert OpinionSeen.objects.count() == 2
    assert "Production ownership below 3" in text


def test_it_is_said_whether_two_can_be_told_apart(reader: Client, role: Role, people: list[Application]) -> None:
    text = shown(reader, role, people[:3])
    assert "Ana Soto and Bo Lind cannot be told apart: " in text
    assert "Ana Soto is above Cy Pres by " in text
    assert "Bo Lind is above Cy Pres by " in text
    assert "Ana Soto above Cy Pres; Bo Lind above Cy Pres" in text, "on a dimension"


def test_who_no_interviewer_links_is_not_compared(reader: Client, role: Role, people: list[Application]) -> None:
    stranger = ApplicationFactory(role=role, kind=StageKind.SCORED, candidate=CandidateFactory(name="Gil Fry"))
    for _ in range(2):
        submitted_scorecard(stranger, [3, 4, 3])
    thin = ApplicationFactory(role=role, kind=StageKind.SCORED, candidate=CandidateFactory(name="Hal Orr"))
    submitted_scorecard(thin, [3, None, None])
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)
    text = shown(reader, role, [people[0], stranger, thin])
    assert "Ana Soto and Gil Fry cannot be compared: no interviewer links" in text
    assert "Hal Orr has not enough evidence to be compared" in text


def test_an_address_with_too_many_too_few_or_nonsense_is_answered(
    reader: Client, role: Role, people: list[Application]
) -> None:
    text = shown(reader, role, people)
    assert "At most 4 people" in text
    assert "Eli Roth" not in text
    one = people[0].pk
    nonsense: list[list[int | str]] = [[], [one], [one, one], [one, 10**30], ["x", "\0"]]
    for few in nonsense:
        assert "Choose two to four people" in shown(reader, role, few)
    elsewhere = scored(RoleFactory(), 1)[0]
    assert "1 of those in this address is not shown" in shown(reader, role, [*people[:2], elsewhere])


def test_who_is_sealed_is_like_nobody(role: Role, people: list[Application]) -> None:
    manager: User = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager)
    ScorecardFactory(interview=InterviewFactory(application=people[0]), interviewer=manager)
    sealed = shown(as_(manager), role, [people[0], people[1], people[2]])
    nobody = shown(as_(manager), role, [99_999_999, people[1].pk, people[2].pk])
    assert "Ana" not in sealed
    assert sealed.partition("<main")[2] == nobody.partition("<main")[2]
    assert set(OpinionSeen.objects.values_list("application", flat=True)) == {people[1].pk, people[2].pk}
    comparison = as_(manager).get(reverse("candidates:comparison", args=[role.slug])).content.decode()
    assert f'value="{people[1].pk}" id="choose-{people[1].pk}"' in comparison
    assert f'id="choose-{people[0].pk}"' not in comparison


def test_outsiders_and_clients_find_nothing(role: Role, people: list[Application]) -> None:
    address = reverse("candidates:side_by_side", args=[role.slug])
    for stranger in (HiringManagerFactory(), ReviewerFactory(client=role.client)):
        assert as_(stranger).get(address, {"application": [people[0].pk, people[1].pk]}).status_code == 404


def test_four_cost_as_many_statements_as_two(reader: Client, role: Role, people: list[Application]) -> None:
    taken = []
    for number in (2, 4):
        shown(reader, role, people[:number])
        taken.append(statements(lambda number=number: shown(reader, role, people[:number])))  # type: ignore[misc]  # bound now
    assert taken[0] == taken[1] <= 12
