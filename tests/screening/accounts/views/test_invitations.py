from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from screening.accounts.enums import Part
from screening.accounts.models import Invitation, User
from screening.accounts.services.invitations import Invited, invite
from screening.jobs.models import Delivery
from tests.factories.accounts import AdministratorFactory, ClientFactory, RecruiterFactory

pytestmark = pytest.mark.django_db
GIVEN = {"email": "ann@example.com", "name": "Ann", "part": "hiring_manager", "client": ""}
JOINING = {
    "name": "Ann Lee",
    "password": "blue fjord at noon",
    "password_again": "blue fjord at noon",
    "time_zone": "Asia/Bangkok",
}


def invited() -> Invited:
    return invite(
        email="ann@example.com",
        name="Ann",
        part=Part.CLIENT_REVIEWER,
        client=ClientFactory(name="Blue Fjord"),
        by=AdministratorFactory(),
        now=timezone.now(),
    )


def path_of(found: Invited) -> str:
    return found.link.removeprefix("http://127.0.0.1:8000")


def test_from_the_invitation_to_the_first_page(client: Browser) -> None:
    client.force_login(AdministratorFactory())
    page = client.post("/people/invite/", GIVEN, follow=True).content.decode()
    assert "An invitation is on its way to ann@example.com." in page
    assert "Invited, not here yet" in page
    link = next(word for word in Delivery.objects.get().text.split() if "/invitations/" in word)
    browser = Browser()
    answer = browser.post(link, JOINING)
    assert answer.headers["Location"] == "/"
    assert browser.get("/account/").context["user"].email == "ann@example.com"
    assert User.objects.get(email="ann@example.com").time_zone == "Asia/Bangkok"
    assert "Invited, not here yet" not in client.get("/people/").content.decode()


def test_whoever_joins_can_sign_in_again(client: Browser) -> None:
    client.post(path_of(invited()), JOINING)
    answer = Browser().post("/accounts/login/", {"login": "ann@example.com", "password": JOINING["password"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password_again": "blue fjord at dawn"}, "This is not the same password."),
        ({"password": "short", "password_again": "short"}, "at least 12 characters"),
        ({"password": "ann@example.com", "password_again": "ann@example.com"}, "too similar"),
        ({"time_zone": "Bangkok"}, "Select a valid choice"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_works(client: Browser, changes: dict[str, str], words: str) -> None:
    found = invited()
    answer = client.post(path_of(found), JOINING | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not User.objects.filter(email="ann@example.com").exists()
    assert client.post(path_of(found), JOINING).status_code == 302


def test_the_page_says_who_one_will_be(client: Browser) -> None:
    answer = client.get(path_of(invited()))
    page = answer.content.decode()
    assert "client reviewer" in page
    assert "Blue Fjord" in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_closed_link_says_why(client: Browser) -> None:
    found = invited()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for answer in (client.get(path_of(found)), client.post(path_of(found), JOINING)):
        assert answer.status_code == 410
        assert "has run out" in answer.content.decode()


def test_an_invented_link_is_nothing(client: Browser) -> None:
    invited()
    assert client.get("/invitations/invented/").status_code == 404
    assert client.post("/invitations/invented/", JOINING).status_code == 404


def test_what_no_user_could_be_is_not_invited(client: Browser) -> None:
    client.force_login(AdministratorFactory())
    answer = client.post("/people/invite/", GIVEN | {"part": "client_reviewer"})
    assert answer.status_code == 422
    assert "A client reviewer needs a client" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_invitation_is_withdrawn(client: Browser) -> None:
    found = invited()
    client.force_login(AdministratorFactory())
    client.post(f"/people/invitations/{found.invitation.pk}/withdraw/")
    assert Browser().get(path_of(found)).status_code == 410


def test_only_administrators_invite(client: Browser) -> None:
    found = invited()
    client.force_login(RecruiterFactory())
    assert client.get("/people/invite/").status_code == 404
    assert client.post("/people/invite/", GIVEN).status_code == 404
    assert client.post(f"/people/invitations/{found.invitation.pk}/withdraw/").status_code == 404
    assert client.get(path_of(found)).status_code == 200
