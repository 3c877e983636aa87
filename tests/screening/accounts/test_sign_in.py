"""The log-in library as this house has set it up."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client as Browser

from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.factories.accounts import PASSWORD, RecruiterFactory, ReviewerFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def test_nobody_signs_up(client: Browser) -> None:
    given = {"email": "new@example.com", "password1": "blue fjord at noon", "password2": "blue fjord at noon"}
    client.post("/accounts/signup/", given)
    assert not User.objects.exists()
    assert "password1" not in client.get("/accounts/signup/").content.decode()


def test_signing_in_by_address_whatever_its_letters(client: Browser) -> None:
    user = RecruiterFactory(email="ann@example.com")
    before = client.get(LOGIN)
    assert before.status_code == 200
    answer = client.post(LOGIN, {"login": "ANN@example.com", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_after_five_failures_the_right_password_does_not_help() -> None:
    user = RecruiterFactory()
    browser = Browser()
    for _attempt in range(5):
        answer = browser.post(LOGIN, {"login": user.email, "password": "wrong"})
        assert answer.status_code in {200, 422}
    answer = browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session
    assert "Too many failed" in answer.content.decode()
    other = RecruiterFactory()
    assert browser.post(LOGIN, {"login": other.email, "password": PASSWORD}).status_code == 302


def test_whoever_is_deactivated_stays_out(client: Browser) -> None:
    user = RecruiterFactory(is_active=False)
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_known_and_an_unknown_address_get_the_same_answer() -> None:
    user = RecruiterFactory()
    answers = []
    for email in (user.email, "nobody@example.com"):
        answer = Browser().post("/accounts/password/reset/", {"email": email})
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1]
    wrong = []
    for email in (user.email, "nobody@example.com"):
        answer = Browser().post(LOGIN, {"login": email, "password": "wrong"})
        wrong.append((answer.status_code, "not correct" in answer.content.decode()))
    assert wrong[0] == wrong[1]
    assert wrong[0][1]


def test_a_forgotten_password_goes_through_the_outbox(client: Browser) -> None:
    user = RecruiterFactory()
    client.post("/accounts/password/reset/", {"email": user.email})
    delivery = Delivery.objects.get()
    assert (delivery.recipient, delivery.confidential) == (user.email, True)
    link = next(word for word in delivery.text.split() if "/accounts/password/reset/key/" in word)
    page = client.get(link, follow=True)
    given = {"password1": "red fjord at dawn", "password2": "red fjord at dawn"}
    client.post(page.redirect_chain[-1][0], given)
    user.refresh_from_db()
    assert user.check_password("red fjord at dawn")
    told = Delivery.objects.exclude(pk=delivery.pk).get()
    assert "password has been reset" in told.text
    assert "If this was not you" in told.text


def test_a_forgotten_password_of_nobody_makes_no_account(client: Browser) -> None:
    client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    delivery = Delivery.objects.get()
    assert delivery.subject == "Nobody signs in with this address"
    assert "sign up" not in delivery.text.lower()
    assert "Screening, http://127.0.0.1:8000" in delivery.text
    assert not User.objects.exists()


def sign_in_code(browser: Browser, email: str, *, then: str = "") -> str:
    """Ask for a code by mail; what the mail says it is."""
    asked = browser.post("/accounts/login/code/", {"email": email, "next": then})
    assert asked.headers["Location"].startswith("/accounts/login/code/confirm/")
    delivery = Delivery.objects.latest("pk")
    assert (delivery.recipient, delivery.confidential) == (email, True)
    return next(line for line in delivery.text.splitlines() if re.fullmatch(r"[A-Z0-9-]{6,12}", line))


def test_a_code_by_mail_signs_in_and_leads_to_what_the_mail_was_about(client: Browser) -> None:
    user = ReviewerFactory()
    assert "/accounts/login/code/?next=%2Fshortlists%2F" in client.get(f"{LOGIN}?next=/shortlists/").content.decode()
    before = client.session.session_key
    code = sign_in_code(client, user.email, then="/shortlists/")
    page = client.get("/accounts/login/code/confirm/?next=/shortlists/").content.decode()
    assert user.email in page
    wrong = client.post("/accounts/login/code/confirm/", {"code": "AAAA-AAAA", "next": "/shortlists/"})
    assert "_auth_user_id" not in client.session
    assert "Incorrect code" in wrong.content.decode()
    answer = client.post("/accounts/login/code/confirm/", {"code": code, "next": "/shortlists/"})
    assert answer.headers["Location"] == "/shortlists/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.session.session_key != before


def test_a_code_is_good_for_three_attempts(client: Browser) -> None:
    user = ReviewerFactory()
    code = sign_in_code(client, user.email)
    for _attempt in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "AAAA-AAAA"})
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert "_auth_user_id" not in client.session


def test_a_code_by_mail_does_not_pass_by_the_second_factor(client: Browser) -> None:
    user = RecruiterFactory()
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    code = sign_in_code(client, user.email)
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("is_known", [True, False])
def test_asking_for_a_code_tells_nobody_who_has_an_account(client: Browser, *, is_known: bool) -> None:
    email = RecruiterFactory(is_active=is_known).email
    answer = client.post("/accounts/login/code/", {"email": email}, follow=True)
    page = answer.content.decode()
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, "/accounts/login/code/confirm/")
    assert "If somebody signs in with" in page
    told = Delivery.objects.get()
    assert (told.subject == "Your sign-in code") is is_known
    assert User.objects.count() == 1


def test_the_session_key_changes_with_the_sign_in(client: Browser) -> None:
    user = RecruiterFactory()
    client.get(LOGIN)
    client.session.save()
    before = client.session.session_key
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert client.session.session_key != before
    assert client.get("/accounts/sessions/").status_code == 200
