import pytest

from rubrics.models import RoleMember
from tests.callers import ids, program
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.rubrics import RoleFactory, draft_version, published_version

pytestmark = pytest.mark.django_db


def test_a_version_is_read_whole() -> None:
    version = published_version()
    found = program(RecruiterFactory()).get(f"/api/v1/rubrics/{version.pk}/").json()
    assert (found["rubric"], found["lowest"], found["highest"]) == (version.rubric.slug, 1, 5)
    assert [dimension["name"] for dimension in found["dimensions"]] == [
        "Production ownership",
        "Architectural judgment",
        "Observability",
    ]
    assert found["dimensions"][0]["levels"][0] == {
        "value": 1,
        "name": "level 1",
        "anchor": "Production ownership at 1.",
    }
    assert {signal["kind"] for question in found["questions"] for signal in question["signals"]} == {"strong", "weak"}
    assert [len(kit["questions"]) for kit in found["kits"]] == [3, 2]


def test_a_client_reads_the_version_its_role_holds_to_and_no_draft() -> None:
    role = RoleFactory()
    draft = draft_version(rubric=role.rubric_version.rubric, number=2)
    other = published_version()
    client = program(ReviewerFactory(client=role.client))
    assert ids(client, "rubrics") == {role.rubric_version_id}
    for hidden in (draft, other):
        assert client.get(f"/api/v1/rubrics/{hidden.pk}/").status_code == 404
    assert ids(program(RecruiterFactory()), "rubrics") == {role.rubric_version_id, draft.pk, other.pk}


def test_a_manager_reads_drafts_of_their_roles_rubric() -> None:
    role = RoleFactory()
    draft = draft_version(rubric=role.rubric_version.rubric, number=2)
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member)
    assert draft.pk in ids(program(member), "rubrics")
    assert draft.pk not in ids(program(HiringManagerFactory()), "rubrics")
