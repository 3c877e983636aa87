import re
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from screening.accounts.enums import Part
from screening.accounts.errors import Refused
from screening.accounts.models import Invitation, User
from screening.accounts.services.invitations import (
    VALID_FOR,
    Invited,
    accept_invitation,
    invite,
    withdraw_invitation,
)
from screening.jobs.models import Delivery
from tests.factories.accounts import AdministratorFactory, ClientFactory, RecruiterFactory

NOW = timezone.now()
PASSWORD = "a long enough one"


def invited(email: str = "ann@example.com") -> Invited:
    return invite(
        email=email, name="Ann", part=Part.CLIENT_REVIEWER, client=ClientFactory(), by=AdministratorFactory(), now=NOW
    )


def token_of(found: Invited) -> str:
    return found.link.rstrip("/").rpartition("/")[2]


def accept(found: Invited, *, now: datetime = NOW) -> User:
    return accept_invitation(
        token=token_of(found), name="Ann Lee", password=PASSWORD, time_zone="Asia/Bangkok", now=now
    )


@pytest.mark.django_db
def test_the_key_is_in_the_mail_and_nowhere_else() -> None:
    found = invited("Ann@Example.com")
    token = token_of(found)
    delivery = Delivery.objects.get()
    assert (delivery.recipient, delivery.confidential) == ("ann@example.com", True)
    assert found.link in delivery.text
    assert f'href="{found.link}"' in delivery.html
    assert re.fullmatch(r"[\w-]{43}", token)
    assert token not in str(list(Invitation.objects.values()))


@pytest.mark.django_db
def test_accepting_makes_the_user_the_invitation_speaks_of() -> None:
    found = invited()
    user = accept(found, now=NOW + timedelta(hours=1))
    assert (user.email, user.name, user.part, user.time_zone) == (
        "ann@example.com",
        "Ann Lee",
        Part.CLIENT_REVIEWER,
        "Asia/Bangkok",
    )
    assert user.client == found.invitation.client
    assert user.check_password(PASSWORD)
    found.invitation.refresh_from_db()
    assert (found.invitation.accepted_by, found.invitation.accepted_at) == (user, NOW + timedelta(hours=1))


@pytest.mark.django_db
def test_a_link_works_once() -> None:
    found = invited()
    accept(found)
    with pytest.raises(Refused, match="has been used"):
        accept(found)
    assert User.objects.filter(email="ann@example.com").count() == 1


@pytest.mark.django_db
def test_a_link_works_for_fourteen_days() -> None:
    found = invited()
    with pytest.raises(Refused, match="has run out"):
        accept(found, now=NOW + VALID_FOR)
    assert accept(found, now=NOW + VALID_FOR - timedelta(seconds=1)).is_active


@pytest.mark.django_db
def test_a_withdrawn_link_does_not_work() -> None:
    found = invited()
    withdraw_invitation(invitation=found.invitation, by=AdministratorFactory(), now=NOW)
    with pytest.raises(Refused, match="withdrawn"):
        accept(found)


@pytest.mark.django_db
def test_what_has_been_accepted_cannot_be_withdrawn() -> None:
    found = invited()
    accept(found)
    with pytest.raises(Refused, match="accepted already"):
        withdraw_invitation(invitation=found.invitation, by=AdministratorFactory(), now=NOW)


@pytest.mark.django_db
def test_only_administrators_withdraw() -> None:
    found = invited()
    with pytest.raises(Invitation.DoesNotExist):
        withdraw_invitation(invitation=found.invitation, by=RecruiterFactory(), now=NOW)


@pytest.mark.django_db
def test_a_newer_invitation_takes_the_place_of_the_older() -> None:
    older, newer = invited(), invited("ANN@example.com")
    with pytest.raises(Refused, match="replaced by a newer one"):
        accept(older)
    assert accept(newer).email == "ann@example.com"


@pytest.mark.django_db
def test_nobody_is_invited_who_is_here_or_could_not_be() -> None:
    here = RecruiterFactory()
    with pytest.raises(Refused, match="already"):
        invited(here.email.upper())
    with pytest.raises(Refused, match="needs a client"):
        invite(email="b@example.com", name="B", part=Part.CLIENT_REVIEWER, client=None, by=here, now=NOW)
    assert not Invitation.objects.exists()
    assert not Delivery.objects.exists()


def test_of_two_who_accept_at_the_same_moment_one_is_let_in(committed_db: str) -> None:
    found = invited()
    together = threading.Barrier(2)
    answers: list[str] = []

    def somebody() -> None:
        together.wait(10)
        try:
            answers.append(accept(found).email)
        except Refused as refused:
            answers.append(refused.message)
        connection.close()

    threads = [threading.Thread(target=somebody) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert max(answers) == "ann@example.com"
    assert "has been used" in min(answers)
