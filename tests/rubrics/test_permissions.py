"""What a list shows and what the predicate allows are the same, for every part."""

import itertools

import pytest

from rubrics.enums import Duty
from rubrics.models import GateOverride, KickoffAnswer, Role, RoleMember, Rubric, RubricVersion
from rubrics.permissions.roles import can_edit_scope, can_view_kickoff, can_view_role, is_staff
from rubrics.permissions.rubrics import can_edit_version, can_view_rubric, can_view_version
from screening.accounts.models import User
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.rubrics import DraftVersionFactory, RoleFactory, published_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody() -> list[User]:
    """Two clients, three roles on two rubrics with a draft each, and people of every part, bound, on and off teams."""
    one, two = ClientFactory(), ClientFactory()
    versions = [published_version(), published_version()]
    for version in versions:
        DraftVersionFactory(rubric=version.rubric, number=2)
    roles = [
        RoleFactory(client=one, rubric_version=versions[0]),
        RoleFactory(client=two, rubric_version=versions[0]),
        RoleFactory(client=two, rubric_version=versions[1]),
        RoleFactory(client=two, rubric_version=None, status="draft"),
    ]
    managers = [HiringManagerFactory(client=client) for client in (None, None, one, two, two)]
    for manager, role in itertools.product(managers[1:], roles):
        if (manager.pk + role.pk) % 3:
            RoleMember.objects.create(role=role, user=manager, duty=list(Duty)[(manager.pk + role.pk) % 2])
    for role, manager in itertools.product(roles, managers):
        KickoffAnswer.objects.create(role=role, question="problem", asked_of=manager, asked_by=RecruiterFactory())
    GateOverride.objects.create(
        gate="open_role",
        role=roles[0],
        subject=1,
        waives=["x"],
        reason="x",
        asked_by=RecruiterFactory(),
        asked_at="2026-01-01T00:00Z",
    )
    return [
        RecruiterFactory(),
        AdministratorFactory(),
        ReviewerFactory(client=one),
        ReviewerFactory(client=two),
        ReviewerFactory(),
        *managers,
    ]


def test_lists_and_predicates_agree(everybody: list[User]) -> None:
    pairs = (
        (Role, can_view_role),
        (Rubric, can_view_rubric),
        (RubricVersion, can_view_version),
        (KickoffAnswer, can_view_kickoff),
        (GateOverride, is_staff),
    )
    for model, can_view in pairs:
        shown = 0
        for user in everybody:
            listed = set(model.objects.visible_to(user))
            assert listed == {thing for thing in model.objects.all() if can_view(user, thing)}, (model, user.part)
            shown += len(listed)
        assert 0 < shown < len(everybody) * model.objects.count()


def test_nobody_edits_what_they_do_not_see(everybody: list[User]) -> None:
    for user in everybody:
        for role in Role.objects.all():
            assert can_view_role(user, role) or not can_edit_scope(user, role)
        for version in RubricVersion.objects.all():
            assert can_view_version(user, version) or not can_edit_version(user, version)
            assert not (version.is_published and can_edit_version(user, version))


def test_a_lead_edits_the_scope_of_a_draft_only() -> None:
    lead, plain, bound = HiringManagerFactory(), HiringManagerFactory(), HiringManagerFactory(client=ClientFactory())
    draft, opened = RoleFactory(status="draft"), RoleFactory()
    for role in (draft, opened):
        for user, duty in ((lead, Duty.LEAD), (plain, Duty.INTERVIEWER), (bound, Duty.LEAD)):
            RoleMember.objects.create(role=role, user=user, duty=duty)
    editable = [(user, role) for user in (lead, plain, bound) for role in (draft, opened) if can_edit_scope(user, role)]
    assert editable == [(lead, draft)]
