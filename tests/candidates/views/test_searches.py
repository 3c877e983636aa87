import pytest
from django.test import Client

from rubrics.enums import Duty
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ApplicationFactory, PresentedShortlistFactory, ShortlistFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


def hits(user: User, text: str) -> dict[str, list[str]] | None:
    client = Client()
    client.force_login(user)
    found = client.get("/search/", {"q": text}).context["found"]
    if found is None:
        return None
    return {name: [hit.title for hit in getattr(found, name)] for name in ("candidates", "roles", "shortlists")}


def test_everybody_finds_what_they_may_see() -> None:
    member = HiringManagerFactory()
    role = RoleFactory(title="Claims Engineer")
    RoleMember.objects.create(role=role, user=member, duty=Duty.LEAD)
    ApplicationFactory(role=role, candidate__name="Claire Claims", candidate__email="hidden@example.org")
    shown = PresentedShortlistFactory(role=role)
    ShortlistFactory(role=RoleFactory(title="Claims Analyst"))

    everything = hits(RecruiterFactory(), "claims")
    assert everything is not None
    assert (everything["candidates"], sorted(everything["roles"])) == (
        ["Claire Claims"],
        ["Claims Analyst", "Claims Engineer"],
    )
    assert len(everything["shortlists"]) == 2
    assert hits(member, "claims") == {
        "candidates": ["Claire Claims"],
        "roles": ["Claims Engineer"],
        "shortlists": [f"{shown}, Claims Engineer"],
    }
    client = hits(ReviewerFactory(client=role.client), "claims")
    assert client == {"candidates": [], "roles": ["Claims Engineer"], "shortlists": [f"{shown}, Claims Engineer"]}
    nothing: dict[str, list[str]] = {"candidates": [], "roles": [], "shortlists": []}
    assert hits(ReviewerFactory(), "claims") == nothing
    assert hits(HiringManagerFactory(), "claims") == nothing
    assert hits(member, "hidden@") == nothing


def test_one_letter_is_too_little() -> None:
    assert hits(RecruiterFactory(), " a ") is None


def test_as_one_types_only_the_answer_comes() -> None:
    client = Client()
    client.force_login(RecruiterFactory())

    page = client.get("/search/?q=nobody", headers={"HX-Request": "true"}).content.decode()

    assert "Nothing found" in page
    assert "<html" not in page
