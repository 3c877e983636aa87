import pytest

from rubrics.models import RoleMember
from tests.callers import ids, program
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


def test_each_part_reads_its_roles() -> None:
    role, other = RoleFactory(), RoleFactory()
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member)
    assert ids(program(RecruiterFactory()), "roles") == {role.pk, other.pk}
    assert ids(program(member), "roles") == {role.pk}
    assert ids(program(ReviewerFactory(client=other.client)), "roles") == {other.pk}
    assert ids(program(HiringManagerFactory()), "roles") == set()


def test_a_role_is_read_by_its_name_with_its_stages() -> None:
    role = RoleFactory()
    caller = program(RecruiterFactory())
    found = caller.get(f"/api/v1/roles/{role.slug}/").json()
    assert (found["title"], found["client"], found["rubric_version"]) == (
        role.title,
        role.client.name,
        role.rubric_version_id,
    )
    assert [stage["kind"] for stage in found["stages"]] == list(
        role.stages.order_by("position").values_list("kind", flat=True)
    )
    assert program(HiringManagerFactory()).get(f"/api/v1/roles/{role.slug}/").status_code == 404


def test_roles_are_found_by_status_alone() -> None:
    open_role = RoleFactory()
    RoleFactory(status="closed")
    caller = program(RecruiterFactory())
    assert ids(caller, "roles", status="open") == {open_role.pk}
    assert caller.get("/api/v1/roles/", {"client": 1}).status_code == 400
    assert caller.get("/api/v1/roles/", {"status": "no-such-status"}).status_code == 400


def test_nothing_is_written_here() -> None:
    role = RoleFactory()
    caller = program(RecruiterFactory())
    for method in ("post", "put", "patch", "delete"):
        assert getattr(caller, method)(f"/api/v1/roles/{role.slug}/").status_code == 405
