import pytest
from django.test import Client as Browser

from screening.accounts.models import Client
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)

pytestmark = pytest.mark.django_db


def test_recruiters_read_and_administrators_write(client: Browser) -> None:
    ReviewerFactory.create_batch(2, client=ClientFactory(name="Blue Fjord", slug="blue-fjord"))
    client.force_login(RecruiterFactory())
    page = client.get("/clients/")
    assert [(row.name, row.people) for row in page.context["page"].rows] == [("Blue Fjord", 2)]
    assert "Rename" not in page.content.decode()
    assert client.get("/clients/blue-fjord/").status_code == 404
    assert client.post("/clients/new/", {"name": "Red Fjord"}).status_code == 404
    client.force_login(AdministratorFactory())
    assert "Rename" in client.get("/clients/").content.decode()
    assert client.post("/clients/new/", {"name": "Red Fjord"}).headers["Location"] == "/clients/"
    assert client.post("/clients/blue-fjord/", {"name": "Blue Fjord AS"}).headers["Location"] == "/clients/"
    assert list(Client.objects.values_list("name", "slug")) == [
        ("Blue Fjord AS", "blue-fjord"),
        ("Red Fjord", "red-fjord"),
    ]


@pytest.mark.parametrize("outsider", [HiringManagerFactory, ReviewerFactory])
def test_others_have_no_list_of_clients(client: Browser, outsider: type[ReviewerFactory]) -> None:
    client.force_login(outsider())
    assert client.get("/clients/").status_code == 404
    assert client.get("/clients/new/").status_code == 404


def test_a_name_in_use_is_said(client: Browser) -> None:
    ClientFactory(name="Blue Fjord")
    client.force_login(AdministratorFactory())
    answer = client.post("/clients/new/", {"name": "BLUE FJORD"})
    assert answer.status_code == 422
    assert "There is already a client of this name." in answer.content.decode()
    assert Client.objects.count() == 1


def test_an_empty_list_says_what_to_do(client: Browser) -> None:
    client.force_login(AdministratorFactory())
    assert "No client yet" in client.get("/clients/").content.decode()
