"""What a browser shows when something is refused or breaks: in words, in our look, and a broken page needs nothing."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path

from screening.urls import urlpatterns as ours
from tests.asking import as_
from tests.factories.accounts import RecruiterFactory

STYLES = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"')


def break_down(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("breaks/", break_down), *ours]


@pytest.fixture
def breaking() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=__name__):
        yield as_(RecruiterFactory(), Client(raise_request_exception=False))


def assert_styled(page: str) -> None:
    styles = STYLES.findall(page)
    assert {"tabler.css", "css/screening.css"} <= set(styles)
    assert all(finders.find(one) for one in styles)
    assert page.count("<h1") == 1
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)", page)


def test_a_broken_page_is_drawn_without_database_and_context() -> None:
    page = render_to_string("500.html")
    assert_styled(page)
    assert "went wrong on our side" in page
    assert 'href="">Try again' in page
    assert not re.search(r"<script", page), "what broke may have broken the scripts"


@pytest.mark.django_db
def test_what_breaks_answers_with_that_page_and_nothing_of_why(breaking: Client) -> None:
    answer = breaking.get("/breaks/")
    assert answer.status_code == 500
    assert answer.text == render_to_string("500.html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "host", "address", "words"),
    [
        (404, "testserver", "/no/such/page/", "not yours to see"),
        (400, "elsewhere.example", "/", "incomplete or too large"),
        (405, "testserver", "/bulk/1/start/", "only takes what a form sends"),
    ],
)
def test_what_cannot_be_opened_says_so(status: int, host: str, address: str, words: str) -> None:
    answer = as_(RecruiterFactory()).get(address, headers={"Host": host})
    assert answer.status_code == status
    assert words in answer.text
    assert_styled(answer.text)


@pytest.mark.django_db
def test_a_form_that_is_too_large_or_too_old_says_so() -> None:
    user = RecruiterFactory()
    many = as_(user).post("/candidates/new/", {f"field{number}": "x" for number in range(5001)})
    old = as_(user, Client(enforce_csrf_checks=True)).post("/candidates/new/")
    for answer, status, words in ((many, 400, "send less at once"), (old, 403, "This form is too old")):
        assert (answer.status_code, words in answer.text) == (status, True)
        assert_styled(answer.text)


@pytest.mark.django_db
def test_trying_too_often_says_so() -> None:
    visitor = Client()
    for _ in range(31):
        answer = visitor.post("/accounts/login/", {"login": "a@b.example", "password": "wrong"})
    assert answer.status_code == 429
    assert "Nothing is locked" in answer.text
    assert_styled(answer.text)


@pytest.mark.django_db
def test_a_script_without_a_session_is_refused_and_a_page_leads_to_signing_in() -> None:
    visitor = Client()
    assert visitor.get("/search/?q=maria")["Location"].startswith("/accounts/login/?next=")
    refused = visitor.get("/search/?q=maria", headers={"HX-Request": "true"})
    assert (refused.status_code, refused.content) == (401, b"")
