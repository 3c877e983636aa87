"""Programs that call the API with a token of their own."""

from datetime import timedelta
from typing import Any

from django.test import Client as Browser

from screening.accounts.models import User
from screening.accounts.services.tokens import create_token


def program(user: User, *, read_only: bool = False) -> Browser:
    new = create_token(user=user, name="Program", valid_for=timedelta(days=1), read_only=read_only)
    return Browser(headers={"Authorization": f"Token {new.key}", "Accept": "application/json"})


def listed(caller: Browser, resource: str, **asked: Any) -> list[dict[str, Any]]:
    answer = caller.get(f"/api/v1/{resource}/", asked)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def ids(caller: Browser, resource: str, **asked: Any) -> set[int]:
    return {row["id"] for row in listed(caller, resource, **asked)}
