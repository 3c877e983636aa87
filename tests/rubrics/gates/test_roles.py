from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rubrics.enums import Duty, GateName, RoleStatus
from rubrics.gates.base import GateRefused, Missing, pass_gate, without_waived
from rubrics.gates.roles import interviewers_of, missing_to_open
from rubrics.models import GateOverride, Role, RoleMember, RubricVersion, Scope, ScopeApproval
from screening.accounts.enums import Part
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory, UserFactory
from tests.factories.rubrics import RoleFactory, draft_version, published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def codes(role: Role) -> set[str]:
    missing = missing_to_open(Role.objects.get(pk=role.pk))
    found = {item.code for item in missing}
    assert len(found) == len(missing)
    return found


@st.composite
def situations(draw: st.DrawFn) -> dict[str, object]:
    return {
        "unanswered": draw(st.sets(st.sampled_from(Scope.QUESTIONS))),
        "approval": draw(st.sampled_from(["none", "present", "older"])),
        "version": draw(st.sampled_from(["none", "draft", "published"])),
        "bar": draw(st.sampled_from([None, Decimal("0.99"), Decimal(1), Decimal("3.5"), Decimal(5), Decimal("5.01")])),
        "panel_size": draw(st.integers(1, 3)),
        "duties": draw(st.lists(st.sampled_from(Duty), max_size=4)),
    }


def expected(situation: dict[str, object]) -> set[str]:
    codes = {f"scope:{name}" for name in situation["unanswered"]}  # type: ignore[attr-defined]
    if situation["approval"] != "present":
        codes.add("approval")
    if situation["version"] != "published":
        codes.add("version")
    bar = situation["bar"]
    outside = isinstance(bar, Decimal) and not 1 <= bar <= 5
    if bar is None or (outside and situation["version"] != "none"):
        codes.add("bar")
    able = [duty for duty in situation["duties"] if duty != Duty.OBSERVER]  # type: ignore[attr-defined]
    if len(able) < situation["panel_size"]:  # type: ignore[operator]
        codes.add("team")
    return codes


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(situation=situations())
def test_the_gate_names_exactly_what_is_missing(situation: dict[str, object]) -> None:
    versions: dict[str, RubricVersion | None] = {"none": None}
    if situation["version"] != "none":
        made = published_version(dimensions=1) if situation["version"] == "published" else draft_version(dimensions=1)
        versions[made.status] = made
    role = RoleFactory(
        status=RoleStatus.DRAFT,
        rubric_version=versions[str(situation["version"])],
        bar=situation["bar"],
        panel_size=situation["panel_size"],
    )
    set_scope(role, situation)
    for duty in situation["duties"]:  # type: ignore[attr-defined]
        RoleMember.objects.create(role=role, user=HiringManagerFactory(), duty=duty)
    assert codes(role) == expected(situation)


def set_scope(role: Role, situation: dict[str, object]) -> None:
    unanswered = situation["unanswered"]
    words = {name: " " if name in unanswered else f"{name} in words" for name in Scope.QUESTIONS}  # type: ignore[operator]
    Scope.objects.update_or_create(role=role, defaults=words)
    approved = {"none": None, "present": words, "older": {**words, "problem": "Another problem"}}[
        str(situation["approval"])
    ]
    if approved:
        ScopeApproval.objects.create(
            role=role,
            content=approved,
            approved_by=ReviewerFactory(client=role.client),
            approver_name="x",
            approved_at=NOW,
        )


def test_only_people_who_can_sit_on_a_panel_now_are_counted() -> None:
    role = RoleFactory()
    for person in (RecruiterFactory(), HiringManagerFactory(), HiringManagerFactory(is_active=False)):
        RoleMember.objects.create(role=role, user=person)
    RoleMember.objects.create(role=role, user=HiringManagerFactory(), duty=Duty.OBSERVER)
    RoleMember.objects.create(role=role, user=UserFactory(part=Part.CLIENT_REVIEWER, client=role.client))
    assert interviewers_of(role) == 2


def test_a_scope_changed_after_its_approval_has_to_be_approved_again() -> None:
    role = RoleFactory()
    assert "approval" not in codes(role)
    role.scope.problem = "Something else"
    role.scope.save()
    [item] = [item for item in missing_to_open(role) if item.code == "approval"]
    assert "changed after the client approved it" in item.text


@pytest.mark.parametrize(
    ("answer", "still"),
    [("approved", {"b"}), ("declined", {"a", "b"}), ("waiting", {"a", "b"}), ("elsewhere", {"a", "b"})],
)
def test_only_an_approved_override_of_this_very_subject_waives_what_it_names(answer: str, still: set[str]) -> None:
    role = RoleFactory()
    GateOverride.objects.create(
        gate=GateName.OPEN_ROLE,
        role=role,
        subject=role.pk + 1 if answer == "elsewhere" else role.pk,
        waives=["a", "c"],
        reason="x",
        asked_by=RecruiterFactory(),
        asked_at=NOW,
        approved_by=RecruiterFactory() if answer in {"approved", "elsewhere"} else None,
        approved_at=NOW if answer in {"approved", "elsewhere"} else None,
        declined_by=RecruiterFactory() if answer == "declined" else None,
        declined_at=NOW if answer == "declined" else None,
    )
    missing = [Missing("a", "A."), Missing("b", "B.")]
    assert {item.code for item in without_waived(missing, gate=GateName.OPEN_ROLE, subject=role.pk)} == still
    assert without_waived(missing, gate=GateName.PRESENT, subject=role.pk) == missing


def test_a_closed_gate_says_all_that_is_missing() -> None:
    pass_gate([])
    with pytest.raises(GateRefused, match=r"A\. B\.") as refusal:
        pass_gate([Missing("a", "A."), Missing("b", "B.")])
    assert [item.code for item in refusal.value.missing] == ["a", "b"]
