"""Whatever somebody writes behind the question mark of a list, the list answers."""

from urllib.parse import quote

import pytest
from django.test import Client as Browser

from rubrics.enums import StageKind
from tests.abridged import UNABRIDGED
from tests.factories.accounts import AdministratorFactory
from tests.factories.candidates import ApplicationFactory
from tests.factories.rubrics import RoleFactory

PARAMETERS = (
    "q", "page", "cursor", "below", "role", "kind", "stage", "state", "status", "owner", "source", "tag", "waiting", "whose", "when",
    "part", "account", "view",
)  # fmt: skip
VALUES = (
    "",
    "abc",
    "-1",
    "0",
    "99999999999999999999",
    "\0",
    "x" * 500,
    "'; --",
    "%%%",
    "²",
    chr(0x661),
    "<script>",
    "\ud7ff\U0010ffff",
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/", "/search/", "/candidates/", "/roles/", "/interviews/", "/shortlists/", "/engagements/", "/people/", "/clients/", "/outbox/",
        "/audit/", "/rubrics/", "/roles/claims/pipeline/", "/roles/claims/interviews/", "/roles/claims/scores/",
        "/roles/claims/shortlists/",
    ],
)  # fmt: skip
def test_a_list_answers_whatever_is_asked_of_it(path: str) -> None:
    ApplicationFactory(role=RoleFactory(slug="claims"), kind=StageKind.SOURCED)
    browser = Browser(raise_request_exception=False)
    browser.force_login(AdministratorFactory())
    everything = [f"{path}?" + "&".join(f"{name}={quote(value)}" for name in PARAMETERS) for value in VALUES]
    each = VALUES if UNABRIDGED else ("abc", "\0")
    alone = [f"{path}?{name}={quote(value)}" for name in ("q", "page", "cursor", "below", "role") for value in each]
    statuses = {address: browser.get(address).status_code for address in [*everything, *alone]}
    assert {address: status for address, status in statuses.items() if status not in {200, 400, 404}} == {}
    assert statuses[f"{path}?q=abc"] == 200
