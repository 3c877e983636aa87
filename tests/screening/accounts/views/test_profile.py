import re

import pytest
from django.test import Client as Browser

from screening.accounts.models import ApiToken, User
from screening.accounts.services.tokens import LONGEST, create_token
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory

pytestmark = pytest.mark.django_db
TOKEN = {"name": "Reports", "days": "30"}


@pytest.fixture
def user(client: Browser) -> User:
    user = HiringManagerFactory(name="Hana")
    client.force_login(user)
    return user


def test_zone_and_keys_are_ones_own(client: Browser, user: User) -> None:
    assert client.post("/account/", {"name": "Hana K", "time_zone": "Asia/Tokyo"}).headers["Location"] == "/account/"
    user.refresh_from_db()
    assert (user.name, user.time_zone, user.single_key_shortcuts) == ("Hana K", "Asia/Tokyo", False)


def test_part_and_address_are_not(client: Browser, user: User) -> None:
    client.post("/account/", {"name": "Hana", "time_zone": "UTC", "part": "administrator", "email": "x@example.com"})
    before = (user.part, user.email)
    user.refresh_from_db()
    assert (user.part, user.email) == before


def test_a_wrong_zone_is_said(client: Browser, user: User) -> None:
    answer = client.post("/account/", {"name": "Hana", "time_zone": "Tokyo"})
    assert answer.status_code == 422
    assert "Select a valid choice" in answer.content.decode()


def test_a_key_is_shown_once(client: Browser, user: User) -> None:
    answer = client.post("/account/tokens/new/", TOKEN)
    [key] = re.findall(r"[0-9a-f]{64}", answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]
    assert key not in client.get("/account/").content.decode()
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.read_only) == (user, "Reports", True)
    assert not create_token(user=user, name="x", valid_for=LONGEST, read_only=False).token.read_only


def test_writing_is_asked_for(client: Browser, user: User) -> None:
    client.post("/account/tokens/new/", TOKEN | {"writes": "on"})
    assert not ApiToken.objects.get().read_only


def test_a_token_without_end_is_not_made(client: Browser, user: User) -> None:
    assert client.post("/account/tokens/new/", TOKEN | {"days": "9999"}).status_code == 422
    assert not ApiToken.objects.exists()


def test_revoking_is_for_the_owner_alone(client: Browser, user: User) -> None:
    own = create_token(user=user, name="Own", valid_for=LONGEST, read_only=True).token
    other = create_token(user=RecruiterFactory(), name="Other", valid_for=LONGEST, read_only=True).token
    assert "Other" not in client.get("/account/").content.decode()
    assert client.post(f"/account/tokens/{other.ref}/revoke/").status_code == 404
    assert client.post(f"/account/tokens/{own.ref}/revoke/").status_code == 302
    assert list(ApiToken.objects.all()) == [other]


def test_times_are_shown_in_the_readers_zone(client: Browser) -> None:
    user = ReviewerFactory(time_zone="Asia/Bangkok")
    client.force_login(user)
    create_token(user=user, name="Own", valid_for=LONGEST, read_only=True)
    assert "Bangkok" in client.get("/account/").content.decode()
