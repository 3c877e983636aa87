"""The sign-in library's pages in our base: each opens, has one heading, and nothing inline."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from screening.accounts.models import User
from tests.factories.accounts import PASSWORD, RecruiterFactory

ENTRANCE = [
    "account_login",
    "account_request_login_code",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
]
MANAGE = [
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "usersessions_list",
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> Client:
    user: User = RecruiterFactory()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return client


def page(client: Client, name: str) -> str:
    answer = client.get(reverse(name))
    assert answer.status_code == 200, answer.get("Location")
    return answer.content.decode()


def assert_ours(text: str) -> None:
    assert text.count("<h1") == 1
    assert "<title> · " not in text
    assert 'lang="en"' in text
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script\b[^>]*>", text))


@pytest.mark.parametrize("name", ENTRANCE)
def test_entrance(client: Client, name: str) -> None:
    text = page(client, name)
    assert_ours(text)
    assert 'aria-label="Main"' not in text


@pytest.mark.parametrize("name", MANAGE)
def test_pages_about_oneself(signed_in: Client, name: str) -> None:
    assert_ours(page(signed_in, name))


def test_nothing_offers_to_sign_up(client: Client) -> None:
    assert reverse("account_signup") not in page(client, "account_login")
    assert "By invitation only" in page(client, "account_signup")


def test_a_wrong_password_is_said_above_the_form(client: Client) -> None:
    answer = client.post(reverse("account_login"), {"login": "nobody@example.com", "password": "wrong"})
    text = answer.content.decode()
    assert 'role="alert"' in text
    assert "One thing needs your attention" in text


def test_a_field_names_its_error_and_its_help(signed_in: Client) -> None:
    answer = signed_in.post(
        reverse("account_change_password"), {"oldpassword": "wrong", "password1": "a", "password2": "b"}
    )
    text = answer.content.decode()
    (described,) = re.findall(r'<input[^>]*name="oldpassword"[^>]*aria-describedby="([^"]*)"', text)
    assert all(f'id="{one}"' in text for one in described.split())
    assert re.search(r'<input[^>]*name="oldpassword"[^>]*aria-invalid="true"', text)


def test_signing_out_clears_what_the_browser_keeps(signed_in: Client) -> None:
    answer = signed_in.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"storage"'
    assert "_auth_user_id" not in signed_in.session
