"""What holds for the API as a whole: who gets in, how often, and that its description is true."""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client as Browser
from django.urls import resolve
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.throttling import UserRateThrottle
from schemathesis.checks import not_a_server_error, response_schema_conformance

from screening.accounts.models import ApiToken, User
from screening.accounts.services.tokens import create_token
from tests.abridged import UNABRIDGED
from tests.callers import program
from tests.factories.accounts import RecruiterFactory
from tests.installation import Installation, install

CASES = int(os.environ.get("SCREENING_FUZZ") or (100 if UNABRIDGED else 4))
PARAMETER = re.compile(r"\{(\w+)\}")
pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return RecruiterFactory()


def test_a_token_that_has_ended_opens_nothing(user: User) -> None:
    caller = program(user)
    assert caller.get("/api/v1/roles/").status_code == 200
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    answer = caller.get("/api/v1/roles/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


def test_a_token_ends_with_its_owners_account(user: User) -> None:
    caller = program(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert caller.get("/api/v1/roles/").status_code == 401


@pytest.mark.parametrize("header", ["Token nonsense", "Token", "Bearer x", "Token a b"])
def test_what_is_no_token_opens_nothing(header: str) -> None:
    assert Browser(headers={"Authorization": header}).get("/api/v1/roles/").status_code == 401


def test_a_token_opens_the_api_alone(user: User) -> None:
    assert program(user).get("/people/").status_code == 302
    assert program(user).get("/").status_code == 302


def test_a_session_reads_and_writes_only_with_its_own_forms_key(user: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/api/v1/roles/").status_code == 200
    answer = browser.post("/api/v1/applications/1/move/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"][:4]) == (403, "CSRF")


def test_whoever_asks_too_often_is_told_when_to_come_back(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "3/min"})
    caller, other = program(user), program(RecruiterFactory())
    assert [caller.get("/api/v1/roles/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert 0 < int(caller.get("/api/v1/roles/")["Retry-After"]) <= 60
    assert other.get("/api/v1/roles/").status_code == 200


def test_only_json_is_spoken(user: User) -> None:
    answer = program(user).post("/api/v1/applications/1/move/", "stage=1", content_type="text/plain")
    assert answer.status_code in {404, 415}
    assert program(user).get("/api/v1/roles/")["Content-Type"] == "application/json"


def test_the_schema_is_complete_and_valid(tmp_path: Any) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yaml"))


def test_the_schema_tells_the_addresses_and_who_may_ask(client: Browser) -> None:
    answer = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    assert "/api/v1/scorecards/{id}/draft/" in paths
    for path, methods in paths.items():
        assert path.startswith("/api/v1/"), "what is not ours to promise stays out"
        assert all(operation["security"] for operation in methods.values())


class Asking:
    """Cases drawn from the schema, put by one caller to the program itself, everything they write undone."""

    def __init__(self, found: Installation, caller: User) -> None:
        self.found = found
        key = create_token(user=caller, name="Fuzz", valid_for=timedelta(days=1), read_only=False).key
        self.headers = {"Authorization": f"Token {key}"}
        self.answers: list[int] = []

    def ask(self, case: Any, *, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters = self._of_installation(case.operation.path) or case.path_parameters
        with transaction.atomic():
            answer = case.call(headers=self.headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
        self.answers.append(answer.status_code)

    def _of_installation(self, path: str) -> dict[str, Any] | None:
        """What stands in the address of a thing that exists; each address of the API names one thing."""
        [parameter] = PARAMETER.findall(path)
        known = self.found.arguments.get(resolve(PARAMETER.sub("1", path)).view_name)
        return {parameter: next(iter(known.values()))} if known else None


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests end within the test's own transaction, as those of Django's test client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("letter", "armsc")
def test_the_schema_holds_whatever_is_sent(letter: str, monkeypatch: pytest.MonkeyPatch, one_connection: None) -> None:
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": None})
    found = install()
    asking = Asking(found, found.people[letter])
    schema = schemathesis.openapi.from_wsgi("/api/schema/", WSGIHandler())
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]  # an operation that cannot be read fails the test

        @given(case=operation.as_strategy(), real=st.booleans())
        @settings(
            max_examples=CASES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        def every_case(case: Any, real: bool) -> None:
            asking.ask(case, real=real)

        every_case()
    assert not [status for status in asking.answers if status >= 500]
    assert {200, 404} <= set(asking.answers), "some found what they asked for, others nothing"


def test_a_filter_that_does_not_exist_is_refused_by_name(user: User) -> None:
    answer = program(user).get("/api/v1/roles/?stauts=open")
    assert answer.status_code == 400
    assert "Known: cursor, page_size, status." in answer.json()["stauts"][0]
    assert program(user).get("/api/v1/roles/?status=open&page_size=5").status_code == 200
