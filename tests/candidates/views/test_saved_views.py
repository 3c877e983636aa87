"""A filter under a name: kept from where one is, opened by its address, shared, changed, deleted."""

import pytest

from candidates.models import SavedView
from candidates.services.saved_views import MOST_VIEWS
from rubrics.models import Role, RoleMember
from screening.accounts.models import User
from tests.asking import as_
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
PIPELINE = "/roles/claims/pipeline/"


@pytest.fixture
def role() -> Role:
    return RoleFactory(slug="claims")


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory(name="Maren Sato")


def save(user: User, name: str, query: str, *, role: str = "claims", **more: str) -> str:
    values = {"role": role, "name": name, "query": query, "next": PIPELINE} | more
    return str(as_(user).post("/views/new/", values)["Location"])


def offered(user: User, page: str = f"{PIPELINE}?all=") -> list[tuple[str, str]]:
    return [(choice.name, choice.shared_by) for choice in as_(user).get(page).context["choices"]]


def test_a_view_is_an_address_without_words_one_searched_for(role: Role, recruiter: User) -> None:
    url = save(recruiter, "Waiting", "waiting=5&view=table&q=Nok+Ariyawat&page=12.3&columns=score&columns=stage&tag=")

    view = SavedView.objects.get()
    assert (view.owner, view.role, view.shared, view.default) == (recruiter, role, False, False)
    assert view.query == "columns=score&columns=stage&view=table&waiting=5"
    assert url == f"{PIPELINE}?{view.query}"
    page = as_(recruiter).get(url)
    assert page.context["view"] == "table"
    assert [choice.current for choice in page.context["choices"]] == [True]


def test_saving_under_the_same_name_replaces(role: Role, recruiter: User) -> None:
    save(recruiter, "Mine", "waiting=5")
    save(recruiter, "Mine", "waiting=10")
    save(recruiter, "Mine", "", role="")
    save(RecruiterFactory(), "Mine", "waiting=3")

    mine = SavedView.objects.filter(owner=recruiter).order_by("pk").values_list("role", "query")
    assert list(mine) == [(role.pk, "waiting=10"), (None, "")]


def test_colleagues_use_what_is_shared_within_their_reach(role: Role, recruiter: User) -> None:
    member, outsider = HiringManagerFactory(), HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member)
    save(recruiter, "For all", "waiting=5", shared="on")
    save(recruiter, "For me", "waiting=3")
    save(recruiter, "People", "", role="", shared="on")

    assert offered(recruiter) == [("For all", ""), ("For me", "")]
    assert offered(RecruiterFactory()) == offered(member) == [("For all", "Maren Sato")]
    assert offered(outsider, "/candidates/?all=") == [("People", "Maren Sato")]
    assert save(outsider, "Mine", "") == PIPELINE
    assert not SavedView.objects.filter(owner=outsider).exists()


def test_one_view_opens_by_itself_for_its_owner(role: Role, recruiter: User) -> None:
    save(recruiter, "Waiting", "waiting=5", default="on", shared="on")
    save(recruiter, "Table", "view=table", default="on")
    save(recruiter, "Applied", "source=applied", role="", default="on")
    client = as_(recruiter)

    assert client.get(PIPELINE)["Location"] == f"{PIPELINE}?view=table"
    assert client.get("/candidates/")["Location"] == "/candidates/?source=applied"
    assert client.get(f"{PIPELINE}?all=").status_code == 200
    assert as_(RecruiterFactory()).get(PIPELINE).status_code == 200
    assert list(SavedView.objects.filter(default=True).values_list("name", flat=True)) == ["Applied", "Table"]


def test_its_owner_alone_changes_and_deletes_a_view(role: Role, recruiter: User) -> None:
    save(recruiter, "Waiting", "waiting=5", shared="on")
    save(recruiter, "Other", "waiting=3")
    view = SavedView.objects.get(name="Waiting")
    client, url = as_(recruiter), f"/views/{view.pk}/"
    colleague = as_(RecruiterFactory())

    assert colleague.post(url, {f"{view.pk}-name": "Theirs"}).status_code == 404
    assert colleague.post(f"{url}delete/").status_code == 404
    taken = client.post(url, {f"{view.pk}-name": "Other"})
    assert (taken.status_code, "name here already" in taken.content.decode()) == (422, True)
    assert client.post(url, {f"{view.pk}-name": " "}).status_code == 422
    client.post(url, {f"{view.pk}-name": "Long there", f"{view.pk}-default": "on"})
    view.refresh_from_db()
    assert (view.name, view.shared, view.default, view.query) == ("Long there", False, True, "waiting=5")
    assert "Long there" in client.get("/views/").content.decode()
    client.post(f"{url}delete/")
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Other"]


def test_what_cannot_be_saved_is_said(role: Role, recruiter: User) -> None:
    client = as_(recruiter)
    for values, words in (
        ({"name": "", "query": ""}, "required"),
        ({"name": "x", "query": f"source={'a' * 600}"}, "too long"),
        ({"name": "x", "query": "", "role": "nowhere"}, "valid choice"),
    ):
        assert words in client.post("/views/new/", values | {"next": "/views/"}, follow=True).content.decode()
    SavedView.objects.bulk_create(SavedView(owner=recruiter, name=f"{n}") for n in range(MOST_VIEWS))
    page = client.post("/views/new/", {"name": "x", "query": "", "next": "/views/"}, follow=True).content.decode()
    assert "Delete one first" in page
    assert SavedView.objects.count() == MOST_VIEWS
