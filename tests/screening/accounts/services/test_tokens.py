from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from screening.accounts.api import TokenMayWrite
from screening.accounts.errors import Refused
from screening.accounts.models import ApiToken, User
from screening.accounts.services.tokens import LONGEST, MOST, create_token, revoke_token
from tests.factories.accounts import RecruiterFactory

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def authenticated(key: str) -> User:
    request = APIRequestFactory().get("/", headers={"Authorization": f"Token {key}"})
    user: User = TokenAuthentication().authenticate(request)[0]
    return user


def test_a_key_opens_in_its_owners_name_and_is_kept_as_a_hash() -> None:
    user = RecruiterFactory()
    new = create_token(user=user, name="Program", valid_for=A_DAY, read_only=True)
    assert authenticated(new.key) == user
    assert new.key not in str(ApiToken.objects.values())
    with pytest.raises(AuthenticationFailed):
        authenticated(new.key[:-1] + ("0" if new.key[-1] != "0" else "1"))


def test_a_key_ends_with_its_day_its_revocation_and_its_owner() -> None:
    user = RecruiterFactory()
    keys = [create_token(user=user, name="Program", valid_for=A_DAY, read_only=True) for _ in range(3)]
    ApiToken.objects.filter(pk=keys[0].token.pk).update(expiry=keys[0].token.created)
    revoke_token(token=keys[1].token, by=user)
    for new in keys[:2]:
        with pytest.raises(AuthenticationFailed):
            authenticated(new.key)
    assert authenticated(keys[2].key) == user
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(AuthenticationFailed):
        authenticated(keys[2].key)


def test_nobody_revokes_what_is_not_theirs() -> None:
    new = create_token(user=RecruiterFactory(), name="Program", valid_for=A_DAY, read_only=True)
    revoke_token(token=new.token, by=RecruiterFactory())
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("valid_for", [timedelta(0), -A_DAY, LONGEST + A_DAY])
def test_a_token_has_an_end(valid_for: timedelta) -> None:
    with pytest.raises(Refused, match="1 to 366 days"):
        create_token(user=RecruiterFactory(), name="Program", valid_for=valid_for, read_only=True)


def test_there_are_not_too_many() -> None:
    user = RecruiterFactory()
    for number in range(MOST):
        create_token(user=user, name=f"Program {number}", valid_for=A_DAY, read_only=True)
    with pytest.raises(Refused, match="revoke one"):
        create_token(user=user, name="One more", valid_for=A_DAY, read_only=True)


@pytest.mark.parametrize(
    ("method", "read_only", "allowed"),
    [("GET", True, True), ("POST", True, False), ("DELETE", True, False), ("GET", False, True), ("POST", False, True)],
)
def test_a_token_that_reads_does_nothing_else(method: str, read_only: bool, allowed: bool) -> None:
    request = Request(APIRequestFactory().generic(method, "/"))
    request.auth = ApiToken(read_only=read_only)
    assert TokenMayWrite().has_permission(request, APIView()) is allowed


def test_whoever_signed_in_with_a_password_writes() -> None:
    assert TokenMayWrite().has_permission(Request(APIRequestFactory().post("/")), APIView())


def test_the_command_prints_a_key_once(capsys: pytest.CaptureFixture[str]) -> None:
    user = RecruiterFactory()
    call_command("create_token", user.email.upper(), "--days", "2", "--read-only")
    assert authenticated(capsys.readouterr().out.strip()) == user
    token = ApiToken.objects.get()
    assert token.read_only
    assert token.expiry - token.created < timedelta(days=2, minutes=1)


def test_the_command_says_what_is_wrong() -> None:
    gone = RecruiterFactory(is_active=False)
    for arguments, words in (([gone.email], "Nobody"), ([RecruiterFactory().email, "--days", "400"], "366 days")):
        with pytest.raises(CommandError, match=words):
            call_command("create_token", *arguments)
