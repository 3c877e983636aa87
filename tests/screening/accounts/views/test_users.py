import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from screening.accounts.enums import Part
from screening.accounts.models import User
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)

pytestmark = pytest.mark.django_db
OUTSIDERS = [RecruiterFactory, HiringManagerFactory, ReviewerFactory]


@pytest.fixture
def administrator(client: Browser) -> User:
    user = AdministratorFactory(name="Ada")
    client.force_login(user)
    return user


def test_an_administrator_sees_everybody(client: Browser, administrator: User) -> None:
    ReviewerFactory(name="Rita", client=ClientFactory(name="Blue Fjord"))
    RecruiterFactory(name="Gone", is_active=False)
    page = client.get("/people/").content.decode()
    assert "Rita" in page
    assert "Blue Fjord" in page
    assert "Gone" not in page
    assert "Gone" in client.get("/people/?state=inactive").content.decode()


@pytest.mark.parametrize(("query", "found"), [("q=rit", ["Rita"]), ("part=recruiter", ["Rolf"]), ("q=%25", [])])
def test_people_are_found(client: Browser, administrator: User, query: str, found: list[str]) -> None:
    ReviewerFactory(name="Rita")
    RecruiterFactory(name="Rolf")
    page = client.get(f"/people/?{query}").context["page"]
    assert [person.name for person in page.rows] == found


@pytest.mark.parametrize("outsider", OUTSIDERS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/people/"),
        ("get", "/people/{}/"),
        ("post", "/people/{}/"),
        ("post", "/people/{}/deactivate/"),
        ("post", "/people/{}/reactivate/"),
    ],
)
def test_for_others_there_are_no_such_pages(
    client: Browser, outsider: type[RecruiterFactory], method: str, path: str
) -> None:
    person = HiringManagerFactory()
    client.force_login(outsider())
    assert getattr(client, method)(path.format(person.pk)).status_code == 404
    person.refresh_from_db()
    assert person.is_active


def test_whoever_is_not_signed_in_is_asked_to(client: Browser) -> None:
    assert client.get("/people/").headers["Location"] == "/accounts/login/?next=/people/"


def test_a_part_changes_with_its_client(client: Browser, administrator: User) -> None:
    person, company = RecruiterFactory(), ClientFactory()
    answer = client.post(f"/people/{person.pk}/", {"name": "Rita", "part": "client_reviewer", "client": company.pk})
    assert answer.headers["Location"] == "/people/"
    person.refresh_from_db()
    assert (person.name, person.part, person.client) == ("Rita", Part.CLIENT_REVIEWER, company)


@pytest.mark.parametrize("part", ["client_reviewer", "recruiter"])
def test_what_cannot_be_is_said_and_what_was_typed_stays(client: Browser, administrator: User, part: str) -> None:
    person, company = HiringManagerFactory(name="Rita"), ClientFactory()
    given = {"name": "Rita Ray", "part": part, "client": "" if part == "client_reviewer" else company.pk}
    answer = client.post(f"/people/{person.pk}/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A client reviewer needs a client; a recruiter or an administrator must not have one." in page
    assert 'value="Rita Ray"' in page
    person.refresh_from_db()
    assert (person.name, person.part) == ("Rita", Part.HIRING_MANAGER)


def test_nobody_demotes_themselves(client: Browser, administrator: User) -> None:
    answer = client.post(f"/people/{administrator.pk}/", {"name": "Ada", "part": "recruiter", "client": ""})
    assert answer.status_code == 422
    assert "yourself" in answer.content.decode()
    client.post(f"/people/{administrator.pk}/deactivate/")
    administrator.refresh_from_db()
    assert (administrator.part, administrator.is_active) == (Part.ADMINISTRATOR, True)


def test_deactivating_and_back(client: Browser, administrator: User) -> None:
    person = HiringManagerFactory()
    page = client.post(f"/people/{person.pk}/deactivate/", follow=True).content.decode()
    assert "can no longer sign in" in page
    assert "Reactivate" in page
    person.refresh_from_db()
    assert not person.is_active
    client.post(f"/people/{person.pk}/reactivate/")
    person.refresh_from_db()
    assert person.is_active


def test_the_list_costs_the_same_for_many(
    client: Browser, administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ReviewerFactory.create_batch(60)
    with django_assert_max_num_queries(9):
        page = client.get("/people/?page=1").context["page"]
    assert (len(page.rows), page.total, page.shown) == (50, 61, "1–50")
    assert page.next_url == "/people/?page=2"
    assert len(client.get(page.next_url).context["page"].rows) == 11
