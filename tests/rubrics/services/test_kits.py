from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rubrics.models import Kit, PlannedInterview, Question, QuestionDimension, Role, RubricVersion
from rubrics.queries.kits import division_of, kits_part
from rubrics.queries.plans import plan_of, thinly_planned
from rubrics.queries.sheets import sheet_of
from rubrics.services.kits import add_kit, move_in_kit, remove_kit, write_kits
from rubrics.services.locks import AlreadyPublished, PartChanged
from rubrics.services.plans import plan_interviews
from rubrics.services.scopes import fingerprint
from screening.accounts.errors import Refused
from tests.asking import statements
from tests.factories.rubrics import RoleFactory, draft_version, published_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> RubricVersion:
    return draft_version()


def asked(version: RubricVersion) -> dict[str, Any]:
    return {key: kit["questions"] for key, kit in kits_part(version).items()}


def test_questions_are_divided_over_kits_in_the_order_given(draft: RubricVersion) -> None:
    content = {"whole": {"name": " All ", "questions": ["q2", "q0", "q2"]}, "short": {"name": "Short", "questions": []}}
    write_kits(version=draft, content=content)
    assert asked(draft) == {"whole": ["q2", "q0"], "short": []}
    assert Kit.objects.get(version=draft, key="whole").name == "All"


def test_newer_kits_are_never_overwritten(draft: RubricVersion) -> None:
    began_with = fingerprint(kits_part(draft))
    mine = {**kits_part(draft), "short": {"name": "Mine", "questions": ["q2"]}}
    write_kits(version=draft, content={**kits_part(draft), "short": {"name": "Theirs", "questions": ["q1"]}})
    with pytest.raises(PartChanged) as conflict:
        write_kits(version=draft, content=mine, seen=began_with)
    assert conflict.value.saved["short"] == {"name": "Theirs", "questions": ["q1"]}
    write_kits(version=draft, content=mine, seen=fingerprint(conflict.value.saved))
    assert asked(draft)["short"] == ["q2"]


def test_what_cannot_be_a_kit_is_refused(draft: RubricVersion) -> None:
    with pytest.raises(Refused, match="needs a name"):
        write_kits(version=draft, content={"short": {"name": " ", "questions": []}})
    with pytest.raises(Refused, match="no longer a question"):
        write_kits(version=draft, content={"short": {"name": "Short", "questions": ["gone"]}})
    with pytest.raises(Refused, match="a name"):
        add_kit(version=draft, name=" ")
    assert asked(draft) == {"whole": ["q0", "q1", "q2"], "short": ["q0", "q1"]}


def test_kits_come_and_go_and_their_questions_move(draft: RubricVersion) -> None:
    first, second = add_kit(version=draft, name="Phone screen"), add_kit(version=draft, name="Phone screen")
    assert (first.key, second.key, second.position) == ("phone-screen", "phone-screen-2", 3)
    move_in_kit(version=draft, kit="whole", question="q2", past="q1")
    assert asked(draft)["whole"] == ["q0", "q2", "q1"]
    remove_kit(version=draft, kit="whole")
    assert set(asked(draft)) == {"short", "phone-screen", "phone-screen-2"}
    assert draft.questions.count() == 3


ACTS: list[Callable[[RubricVersion], object]] = [
    lambda version: add_kit(version=version, name="New"),
    lambda version: write_kits(version=version, content={}),
    lambda version: move_in_kit(version=version, kit="whole", question="q0", past="q1"),
    lambda version: remove_kit(version=version, kit="whole"),
]


@pytest.mark.parametrize("act", ACTS)
def test_a_published_version_keeps_its_kits(act: Callable[[RubricVersion], object]) -> None:
    version = published_version()
    with pytest.raises(AlreadyPublished):
        act(version)
    assert set(asked(version)) == {"whole", "short"}


def test_what_is_not_asked_or_covered_is_named(draft: RubricVersion) -> None:
    sheet = sheet_of(draft)
    assert (division_of(sheet).unasked, division_of(sheet).uncovered) == ([], [])
    found = division_of(sheet, {"whole": ["q0"], "short": ["q0"]})
    assert [question.key for question in found.unasked] == ["q1", "q2"]
    assert [dimension.name for dimension in found.uncovered] == ["Architectural judgment", "Observability"]
    assert [shown.minutes for shown in found.kits] == [15, 15]


# How many interviewers cover a dimension


@pytest.fixture
def role() -> Role:
    return RoleFactory()


def totals(role: Role) -> list[int]:
    assert role.rubric_version
    return [row.total for row in plan_of(role, sheet_of(role.rubric_version)).rows]


def test_one_interviewer_a_kit_is_assumed_until_somebody_plans(role: Role) -> None:
    assert role.rubric_version
    plan = plan_of(role, sheet_of(role.rubric_version))
    assert (plan.is_assumed, plan.interviewers, totals(role)) == (True, 2, [2, 2, 1])
    assert [row.dimension.name for row in plan.thin] == ["Observability"]
    assert thinly_planned(role) == [], "nothing is said of a plan nobody made"
    plan_interviews(role=role, interviewers={"whole": 1, "short": 2})
    assert totals(role) == [3, 3, 1]
    assert thinly_planned(role) == ["Observability"]
    plan_interviews(role=role, interviewers={"whole": 2, "short": 0})
    assert (totals(role), thinly_planned(role)) == ([2, 2, 2], [])
    assert PlannedInterview.objects.count() == 2


def test_a_plan_is_refused_beyond_what_a_panel_can_be(role: Role) -> None:
    for number in (-1, 21):
        with pytest.raises(Refused, match="from 0 to 20"):
            plan_interviews(role=role, interviewers={"whole": number})
    assert not PlannedInterview.objects.exists()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_both_ways_of_counting_agree_with_counting_by_hand(data: st.DataObject) -> None:
    """Whatever the kits, the plan and what the questions inform."""
    role = RoleFactory(rubric_version=draft_version(dimensions=data.draw(st.integers(1, 4))))
    version = role.rubric_version
    assert version
    questions = [question.key for question in version.questions.all()]
    for question in Question.objects.filter(version=version):
        for dimension in version.dimensions.all():
            if data.draw(st.booleans()):
                QuestionDimension.objects.get_or_create(question=question, dimension=dimension)
    division = {
        key: {"name": key, "questions": data.draw(st.lists(st.sampled_from(questions), unique=True))}
        for key in ("whole", "short")
    }
    write_kits(version=version, content=division)
    plan = {key: data.draw(st.integers(0, 3)) for key in division}
    plan_interviews(role=role, interviewers=plan)
    informs = {q.key: set(q.dimensions.values_list("name", flat=True)) for q in version.questions.all()}
    by_hand = {
        dimension.name: sum(
            plan[key] for key, kit in division.items() if any(dimension.name in informs[q] for q in kit["questions"])
        )
        for dimension in version.dimensions.all()
    }
    shown = plan_of(role, sheet_of(version))
    assert {row.dimension.name: row.total for row in shown.rows} == by_hand
    assert thinly_planned(role) == [name for name, number in by_hand.items() if number < 2]
    assert [row.dimension.name for row in shown.thin] == thinly_planned(role)


def test_the_warning_costs_one_statement(role: Role) -> None:
    plan_interviews(role=role, interviewers={"whole": 1})
    assert statements(lambda: thinly_planned(role)) == 1
