from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rubrics.enums import Duty, RoleStatus, StageKind
from rubrics.gates.base import GateRefused
from rubrics.models import Role
from rubrics.services.roles import (
    NEXT,
    RoleDetails,
    add_member,
    change_duty,
    close_role,
    create_role,
    fill_role,
    hold_role,
    open_role,
    pin_version,
    remove_member,
    update_role,
)
from rubrics.services.stages import add_stage, drop_stage, rename_stage
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Job
from tests.factories.accounts import (
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.candidates import ApplicationFactory
from tests.factories.rubrics import RoleFactory, draft_version, published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def details(**changes: object) -> RoleDetails:
    return RoleDetails(**{"title": "Senior AI Engineer", **changes})  # type: ignore[arg-type]  # passed through


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Senior AI Engineer", ["senior-ai-engineer", "senior-ai-engineer-2", "senior-ai-engineer-3"]),
        ("New", ["new-2", "new-3"]),
        ("วิศวกร", ["role", "role-2"]),
    ],
)
def test_every_role_gets_an_address_of_its_own(title: str, slugs: list[str]) -> None:
    client, by = ClientFactory(), RecruiterFactory()
    made = [create_role(client=client, details=details(title=title), by=by) for _ in slugs]
    assert [role.slug for role in made] == slugs


def test_a_new_role_is_a_draft_with_one_stage_of_each_kind() -> None:
    role = create_role(client=ClientFactory(), details=details(bar=Decimal("3.5")), by=RecruiterFactory())
    assert (role.status, role.bar, role.opened_at) == (RoleStatus.DRAFT, Decimal("3.5"), None)
    assert [stage.kind for stage in role.stages.all()] == list(StageKind)


def test_details_are_kept_and_the_bar_must_lie_on_the_scale() -> None:
    role = RoleFactory()
    update_role(role=role, details=details(title="Staff", openings=2, shuffle_dimensions=True, bar=Decimal(4)))
    role.refresh_from_db()
    assert (role.title, role.openings, role.shuffle_dimensions, role.bar) == ("Staff", 2, True, Decimal(4))
    with pytest.raises(Refused, match=r"bar 5\.5 lies outside the levels 1 to 5"):
        update_role(role=role, details=details(bar=Decimal("5.50")))
    role.refresh_from_db()
    assert role.title == "Staff"


def test_only_a_published_version_on_whose_scale_the_bar_lies_is_pinned() -> None:
    role = RoleFactory(bar=Decimal("3.5"))
    with pytest.raises(Refused, match="published version"):
        pin_version(role=role, version=draft_version())
    with pytest.raises(Refused, match="Change or empty the bar first"):
        pin_version(role=role, version=published_version(lowest=0, highest=3, evidence_from=None))
    other = published_version()
    pin_version(role=role, version=other)
    assert Role.objects.get(pk=role.pk).rubric_version == other


def role_ready_to_open(**fields: object) -> Role:
    role = RoleFactory(status=RoleStatus.DRAFT, **fields)
    for person in HiringManagerFactory.create_batch(2):
        add_member(role=role, user=person)
    return role


def test_a_role_opens_when_nothing_is_missing_and_remembers_when() -> None:
    role = role_ready_to_open()
    open_role(role=role, now=NOW)
    role.refresh_from_db()
    assert (role.status, role.opened_at) == (RoleStatus.OPEN, NOW)
    close_role(role=role)
    open_role(role=role, now=datetime(2027, 1, 1, tzinfo=UTC))
    role.refresh_from_db()
    assert (role.status, role.opened_at) == (RoleStatus.OPEN, NOW)


def test_a_role_with_something_missing_stays_as_it_is() -> None:
    role = role_ready_to_open(bar=None)
    with pytest.raises(GateRefused) as refusal:
        open_role(role=role, now=NOW)
    assert [item.code for item in refusal.value.missing] == ["bar"]
    assert Role.objects.get(pk=role.pk).status == RoleStatus.DRAFT


def become(role: Role, status: RoleStatus) -> None:
    if status == RoleStatus.OPEN:
        open_role(role=role, now=NOW)
    else:
        {"on_hold": hold_role, "filled": fill_role, "closed": close_role}[status](role=role)


moves = st.lists(
    st.sampled_from([RoleStatus.OPEN, RoleStatus.ON_HOLD, RoleStatus.FILLED, RoleStatus.CLOSED]), max_size=6
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves)
def test_the_status_moves_along_its_table_only(moves: list[RoleStatus]) -> None:
    role = role_ready_to_open()
    status = RoleStatus.DRAFT
    for wanted in moves:
        if wanted in NEXT[status]:
            become(role, wanted)
            status = wanted
        else:
            with pytest.raises(Refused, match="can’t become"):
                become(role, wanted)
        role.refresh_from_db()
        assert role.status == status


def test_the_team_takes_people_who_may_sit_on_its_panel() -> None:
    role = RoleFactory()
    for person in (RecruiterFactory(), HiringManagerFactory(), HiringManagerFactory(client=role.client)):
        assert add_member(role=role, user=person, duty=Duty.LEAD).duty == Duty.LEAD
    assert role.team.count() == 3


def test_the_team_refuses_others() -> None:
    role = RoleFactory()
    member = add_member(role=role, user=HiringManagerFactory()).user
    others: dict[str, User] = {
        "client reviewer": ReviewerFactory(client=role.client),
        "another client": HiringManagerFactory(client=ClientFactory()),
        "is closed": HiringManagerFactory(is_active=False),
        "already on the team": member,
    }
    for words, person in others.items():
        with pytest.raises(Refused, match=words):
            add_member(role=role, user=person)
    assert [one.user for one in role.team.all()] == [member]


def test_a_duty_changes_and_a_member_leaves() -> None:
    member = add_member(role=RoleFactory(), user=HiringManagerFactory())
    assert change_duty(member=member, duty=Duty.OBSERVER).duty == Duty.OBSERVER
    remove_member(member=member)
    assert not member.role.team.exists()


def names(role: Role) -> list[str]:
    return [stage.name for stage in role.stages.all()]


def test_a_stage_is_added_behind_those_of_its_kind() -> None:
    role = RoleFactory()
    add_stage(role=role, kind=StageKind.INTERVIEWING, name="Second round")
    add_stage(role=role, kind=StageKind.INTERVIEWING, name="Third round")
    assert names(role)[3:7] == ["Interviewing", "Second round", "Third round", "Scored"]
    assert [stage.position for stage in role.stages.all()] == list(range(13))
    with pytest.raises(Refused, match="already has a stage “Second round”"):
        add_stage(role=role, kind=StageKind.SCREENING, name="Second round")


def test_a_stage_is_renamed_unless_another_has_the_name() -> None:
    role = RoleFactory()
    stage = role.stages.get(kind=StageKind.SCREENING)
    rename_stage(stage=stage, name="Phone call")
    assert names(role)[2] == "Phone call"
    with pytest.raises(Refused, match="already has a stage"):
        rename_stage(stage=stage, name="Scored")


def test_a_stage_is_dropped_when_nobody_was_ever_in_it_and_another_is_of_its_kind() -> None:
    role = RoleFactory()
    first = role.stages.get(kind=StageKind.INTERVIEWING)
    with pytest.raises(Refused, match="only stage of its kind"):
        drop_stage(stage=first)
    second = add_stage(role=role, kind=StageKind.INTERVIEWING, name="Second round")
    ApplicationFactory(role=role, stage=second)
    with pytest.raises(Refused, match="Somebody is or was in “Second round”"):
        drop_stage(stage=second)
    drop_stage(stage=first)
    assert "Interviewing" not in names(role)


def test_what_a_score_depends_on_asks_for_it_to_be_computed_again() -> None:
    role = RoleFactory()
    version = role.rubric_version
    assert version is not None
    update_role(role=role, details=RoleDetails(title=role.title, panel_size=2, bar=Decimal(4)))
    [job] = Job.objects.filter(task="candidates.score_pool")
    assert job.params == {"pool_key": version.pool_key}
    moved_to = published_version()
    pin_version(role=role, version=moved_to)
    keys = [job.params["pool_key"] for job in Job.objects.filter(task="candidates.score_pool").order_by("created_at")]
    assert keys == [version.pool_key, moved_to.pool_key]


def test_what_no_score_depends_on_asks_for_nothing() -> None:
    role = RoleFactory(title="Data Lead", bar=Decimal(3), openings=1)
    for changed, computed in (({"title": "Staff"}, False), ({"openings": 2}, True), ({"bar": None}, True)):
        was = {"title": role.title, "panel_size": 2, "bar": role.bar, "openings": role.openings}
        update_role(role=role, details=RoleDetails(**(was | changed)))
        role.refresh_from_db()
        assert bool(Job.objects.filter(task="candidates.score_pool").delete()[0]) is computed, changed


def test_a_role_that_is_not_open_is_not_computed() -> None:
    role = RoleFactory(status=RoleStatus.ON_HOLD)
    update_role(role=role, details=RoleDetails(title=role.title, panel_size=2, bar=Decimal(4)))
    assert not Job.objects.filter(task="candidates.score_pool").exists()
