import pytest

from screening.accounts.errors import Refused
from screening.accounts.models import Client
from screening.accounts.services.clients import create_client, rename_client
from tests.factories.accounts import AdministratorFactory

pytestmark = pytest.mark.django_db


def test_a_client_gets_an_address_of_its_own() -> None:
    by = AdministratorFactory()
    names = ["Blue Fjord", "Blue-Fjord", "Blue Fjord!", "青い峡湾", "赤い峡湾"]
    slugs = [create_client(name=name, by=by).slug for name in names]
    assert slugs == ["blue-fjord", "blue-fjord-2", "blue-fjord-3", "client", "client-2"]


def test_two_clients_have_two_names() -> None:
    by = AdministratorFactory()
    client = create_client(name="Blue Fjord", by=by)
    with pytest.raises(Refused, match="already a client of this name"):
        create_client(name="BLUE FJORD", by=by)
    other = create_client(name="Red Fjord", by=by)
    with pytest.raises(Refused, match="already a client of this name"):
        rename_client(client=other, name="blue fjord", by=by)
    assert rename_client(client=client, name="Blue Fjord AS", by=by).slug == "blue-fjord"
    assert Client.objects.get(slug="blue-fjord").name == "Blue Fjord AS"
