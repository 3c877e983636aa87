"""Other weights and another bar, tried: who moves, how firm the order is; nothing is kept and nobody hidden is told of."""

import re

import pytest
from django.urls import reverse

from candidates.models import Application, Score, ScoringRun
from candidates.queries.sensitivity import Sensitivity, try_weights, visible_scores
from rubrics.enums import StageKind
from rubrics.models import Role, RoleMember
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import scored

pytestmark = pytest.mark.django_db
LEVELS = ([5, 5, 2], [4, 4, 3], [3, 3, 5], [4, 3, 2], [1, 5, 5])
"""On three dimensions of equal weight; the last is below the floor of the first."""


@pytest.fixture
def role() -> Role:
    return RoleFactory(openings=1)


@pytest.fixture
def people(role: Role) -> list[Application]:
    return scored(role, 5, levels=LEVELS)


@pytest.fixture
def reader() -> User:
    return RecruiterFactory()


def page(role: Role) -> str:
    return reverse("candidates:sensitivity", args=[role.slug])


def keys(role: Role) -> list[str]:
    assert role.rubric_version
    return [dimension.key for dimension in role.rubric_version.dimensions.all()]


def declared(role: Role) -> dict[str, float]:
    assert role.rubric_version
    return {one.key: float(one.weight) for one in role.rubric_version.dimensions.all()}


def tried(role: Role, user: User, weights: dict[str, float], bar: float | None = None) -> Sensitivity:
    found = try_weights(role=role, user=user, scores=visible_scores(role, user), weights=weights, bar=bar)
    assert found
    return found


def order(found: Sensitivity) -> list[int]:
    return [one.score.pk for one in found.people]


def test_the_declared_weights_give_the_comparison_to_the_last_digit(
    role: Role, people: list[Application], reader: User
) -> None:
    found = tried(role, reader, declared(role), float(role.bar) if role.bar else None)
    assert not found.moved
    assert not found.entered
    for one in found.people:
        kept = Score.objects.get(pk=one.score.pk)
        assert (one.figure, one.lower, one.upper) == pytest.approx((kept.score, kept.lower, kept.upper), abs=1e-9)
        assert one.p_bar == pytest.approx(kept.p_bar, abs=1e-9)


def test_weight_moves_those_who_are_strong_there(role: Role, people: list[Application], reader: User) -> None:
    first, second, third = keys(role)
    found = tried(role, reader, {first: 0, second: 0.1, third: 10})
    best = found.people[0]
    assert best.score.pk == people[2].pk
    assert (best.after, best.moved) == (1, best.before - 1)
    assert best.moved > 0
    assert [one.score.pk for one in found.entered] == [people[2].pk]
    assert [one.score.pk for one in found.left] == [people[0].pk]
    assert found.shares == pytest.approx({first: 0, second: 0.1 / 10.1, third: 10 / 10.1})
    assert order(tried(role, reader, {first: 10, second: 0.1, third: 0}))[0] == people[0].pk


def test_a_floor_is_no_weight(role: Role, people: list[Application], reader: User) -> None:
    first, second, third = keys(role)
    found = tried(role, reader, {first: 0, second: 1, third: 1})
    assert [one.score.pk for one in found.below_floor] == [people[4].pk]
    assert people[4].pk not in order(found)


def test_a_bar_counts_who_is_more_likely_than_not_over_it(role: Role, people: list[Application], reader: User) -> None:
    assert tried(role, reader, declared(role), 1.5).over_bar == 4
    assert tried(role, reader, declared(role), 4.9).over_bar == 0


def test_how_far_a_weight_can_move_is_where_the_best_change(
    role: Role, people: list[Application], reader: User
) -> None:
    """The reach that is told, approached from both sides by trying it."""
    weights = declared(role)
    whole = sum(weights.values())
    found = tried(role, reader, weights)
    top = order(found)[0]
    reaches = [reach for reach in found.reaches if reach.down is not None]
    assert reaches, "giving the first dimension less must cost the one who is strong there their place"
    names = {one.name: one.key for one in role.rubric_version.dimensions.all()} if role.rubric_version else {}
    for reach in reaches:
        assert reach.down is not None
        for by, stays in ((reach.down * 0.98, True), (reach.down * 1.02, False)):
            shares = {key: weight / whole for key, weight in weights.items()}
            key, share = names[reach.name], shares[names[reach.name]]
            shares = {one: value * (1 - share + by) / (1 - share) for one, value in shares.items()}
            shares[key] = share - by
            assert (order(tried(role, reader, shares))[0] == top) is stays, reach


def test_the_page_says_who_moves_and_the_partial_answers_a_slider(
    role: Role, people: list[Application], reader: User
) -> None:
    first, second, third = keys(role)
    browser = as_(reader)
    text = browser.get(page(role)).content.decode()
    assert "Nobody changes place" in text
    assert text.count('type="range"') == 4
    wanted: dict[str, str | int] = {f"w-{first}": 0, f"w-{second}": 1, f"w-{third}": 120, "bar": "2.5"}
    whole = browser.get(page(role), wanted).content.decode()
    assert people[2].candidate.name in whole
    assert "no longer" in whole
    part = browser.get(page(role), wanted, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert re.search(rf'id="share-w-{third}"[^>]*hx-swap-oob="true">99', part)
    assert part.split("<table")[1] == whole.split("<table")[1], "one order, as a page or as a part of one"


def test_what_cannot_be_weighed_is_refused_and_stays_typed(role: Role, people: list[Application], reader: User) -> None:
    nothing = as_(reader).get(page(role), dict.fromkeys((f"w-{key}" for key in keys(role)), 0))
    assert nothing.status_code == 422
    assert "Give at least one dimension some weight" in nothing.content.decode()
    assert nothing.content.decode().count('value="0"') == 3
    for bad in ("121", "-1", "x", "nan", "\x00"):
        assert as_(reader).get(page(role), {f"w-{keys(role)[0]}": bad}).status_code == 422
    assert as_(reader).get(page(role), {"bar": "99"}).status_code == 422


def test_nothing_is_kept(role: Role, people: list[Application], reader: User) -> None:
    before = [*Score.objects.order_by("pk").values(), *ScoringRun.objects.values()]
    as_(reader).get(page(role), {f"w-{keys(role)[0]}": 120})
    assert [*Score.objects.order_by("pk").values(), *ScoringRun.objects.values()] == before


def test_who_is_sealed_is_neither_named_nor_leaves_a_gap(role: Role, people: list[Application]) -> None:
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member)
    ScorecardFactory(interview=InterviewFactory(application=people[0]), interviewer=member)
    found = tried(role, member, declared(role))
    assert people[0].pk not in order(found)
    assert [one.after for one in found.people] == [1, 2, 3]
    text = as_(member).get(page(role), {f"w-{keys(role)[0]}": 120}).content.decode()
    assert people[0].candidate.name not in text
    assert people[1].candidate.name in text


def test_outsiders_clients_and_empty_roles(role: Role, people: list[Application], reader: User) -> None:
    for user in (HiringManagerFactory(), ReviewerFactory(client=role.client)):
        assert as_(user).get(page(role)).status_code == 404
    assert "There is nothing to weigh" in as_(reader).get(page(RoleFactory())).content.decode()
    assert "no rubric yet" in as_(reader).get(page(RoleFactory(rubric_version=None))).content.decode()
    ScoringRun.objects.update(input=None)
    assert "There is nothing to weigh" in as_(reader).get(page(role)).content.decode()


def test_people_who_left_are_not_weighed(role: Role, people: list[Application], reader: User) -> None:
    Application.objects.filter(pk=people[0].pk).update(stage=role.stages.get(kind=StageKind.REJECTED))
    assert people[0].pk not in order(tried(role, reader, declared(role)))


def test_it_asks_as_often_for_many_as_for_few(role: Role, people: list[Application], reader: User) -> None:
    small = RoleFactory()
    scored(small, 2)
    browser = as_(reader)
    for one in (small, role):
        browser.get(page(one))
    assert statements(lambda: browser.get(page(small))) == statements(lambda: browser.get(page(role))) <= 12
