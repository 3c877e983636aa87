from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

from screening.accounts.enums import Part
from screening.accounts.errors import Refused
from screening.accounts.models import ApiToken, User
from screening.accounts.services.tokens import LONGEST, create_token
from screening.accounts.services.users import (
    change_user,
    create_user,
    deactivate_user,
    reactivate_user,
    update_profile,
)
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)

pytestmark = pytest.mark.django_db


def new(**changes: Any) -> User:
    given = {"email": "Ann@Example.com", "name": "Ann", "part": Part.RECRUITER, "password": "a long enough one"}
    return create_user(**{**given, **changes})


def test_a_new_user_signs_in_with_a_verified_address_in_small_letters() -> None:
    user = new()
    assert (user.email, user.check_password("a long enough one")) == ("ann@example.com", True)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.primary, address.verified) == ("ann@example.com", True, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"part": Part.CLIENT_REVIEWER}, "needs a client"),
        ({"part": "owner"}, "not a valid choice"),
        ({"time_zone": "Mars/Olympus"}, "not a time zone"),
        ({"email": "nobody"}, "valid email"),
        ({"name": ""}, "blank"),
    ],
)
def test_impossible_users_are_refused_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        new(**changes)
    assert not User.objects.exists()


@pytest.mark.parametrize("part", [Part.ADMINISTRATOR, Part.RECRUITER])
def test_people_of_the_firm_have_no_client(part: Part) -> None:
    with pytest.raises(Refused, match="must not have one"):
        new(part=part, client=ClientFactory())
    with pytest.raises(IntegrityError, match="user_client_fits_part"), transaction.atomic():
        RecruiterFactory(part=part, client=ClientFactory())


def test_an_address_is_used_once_whatever_its_letters() -> None:
    new()
    with pytest.raises(Refused, match="already"):
        new(email="ANN@example.COM")
    with pytest.raises(IntegrityError, match="email"), transaction.atomic():
        RecruiterFactory(email="ANN@EXAMPLE.com")


def test_part_and_client_change_together() -> None:
    client, by = ClientFactory(), AdministratorFactory()
    user = change_user(user=RecruiterFactory(), name="Bea", part=Part.CLIENT_REVIEWER, client=client, by=by)
    user.refresh_from_db()
    assert (user.name, user.part, user.client) == ("Bea", Part.CLIENT_REVIEWER, client)
    with pytest.raises(Refused, match="must not have one"):
        change_user(user=user, name="Bea", part=Part.RECRUITER, client=client, by=by)


def test_nobody_takes_the_administrators_part_from_themselves() -> None:
    by = AdministratorFactory()
    AdministratorFactory()
    with pytest.raises(Refused, match="yourself"):
        change_user(user=by, name=by.name, part=Part.RECRUITER, client=None, by=by)
    with pytest.raises(Refused, match="yourself"):
        deactivate_user(user=by, by=by)
    assert change_user(user=by, name="New name", part=Part.ADMINISTRATOR, client=None, by=by).name == "New name"


def test_an_administrator_has_to_remain() -> None:
    last, gone = AdministratorFactory(), AdministratorFactory(is_active=False)
    with pytest.raises(Refused, match="has to remain"):
        deactivate_user(user=last, by=gone)
    other = AdministratorFactory()
    assert not deactivate_user(user=last, by=other).is_active


def test_deactivating_ends_sessions_and_tokens(client: Browser) -> None:
    user = HiringManagerFactory()
    client.force_login(user)
    UserSession.objects.create(
        user=user, session_key=client.session.session_key, ip="127.0.0.1", created_at=timezone.now()
    )
    create_token(user=user, name="Program", valid_for=LONGEST, read_only=True)
    assert client.get("/account/").status_code == 200
    deactivate_user(user=user, by=AdministratorFactory())
    assert client.get("/account/").status_code == 302
    assert not ApiToken.objects.exists()
    assert not UserSession.objects.exists()
    reactivate_user(user=user, by=AdministratorFactory())
    assert client.get("/account/").status_code == 302


def test_people_say_how_they_want_to_read() -> None:
    user = ReviewerFactory()
    update_profile(user=user, time_zone="Asia/Bangkok", single_key_shortcuts=False)
    user.refresh_from_db()
    assert (user.time_zone, user.single_key_shortcuts) == ("Asia/Bangkok", False)
    with pytest.raises(Refused, match="not a time zone"):
        update_profile(user=user, time_zone="Bangkok")
