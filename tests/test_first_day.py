"""An installation with nobody but an administrator: every place says what it is for and leads to the next step."""

import pytest
from django.test import Client as Browser

from screening.accounts.models import User
from tests.factories.accounts import AdministratorFactory, ClientFactory, RecruiterFactory, ReviewerFactory

pytestmark = pytest.mark.django_db


def page(user: User, address: str) -> str:
    browser = Browser()
    browser.force_login(user)
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("address", "words", "leads_to"),
    [
        ("/", "No open role", ["/roles/", "/clients/new/", "/people/invite/", "/rubrics/load/"]),
        ("/roles/", "No roles yet", ["/roles/new/"]),
        ("/roles/new/", "No client yet", ["/clients/new/"]),
        ("/rubrics/", "No rubrics yet", ["/rubrics/load/"]),
        ("/candidates/", "No candidates yet", ["/candidates/new/"]),
        ("/interviews/", "No interviews ahead", ["/roles/"]),
        ("/shortlists/", "No shortlist yet", ["/roles/"]),
        ("/engagements/", "Nobody has started yet", []),
        ("/clients/", "No client yet", ["/clients/new/"]),
        ("/outbox/", "No message here", []),
        ("/search/?q=nobody", "Nothing found", []),
    ],
)
def test_an_empty_place_has_words_and_a_next_step(address: str, words: str, leads_to: list[str]) -> None:
    html = page(AdministratorFactory(), address)
    assert words in html
    assert [link for link in leads_to if f'href="{link}"' not in html] == []


def test_a_recruiter_is_not_sent_where_only_administrators_go() -> None:
    recruiter = RecruiterFactory()
    for address in ("/", "/roles/new/"):
        html = page(recruiter, address)
        assert "/clients/new/" not in html
        assert "/people/invite/" not in html
    assert "An administrator adds clients" in html


def test_the_form_of_a_role_appears_with_the_first_client() -> None:
    ClientFactory()
    html = page(RecruiterFactory(), "/roles/new/")
    assert "No client yet" not in html
    assert "Make the role" in html


def test_a_client_is_told_when_roles_appear() -> None:
    assert "As soon as we begin a role for you" in page(ReviewerFactory(), "/roles/")


def test_what_ships_is_offered_by_its_title() -> None:
    html = page(RecruiterFactory(), "/rubrics/load/")
    assert ">Senior AI Engineer<" in html
    assert ">Senior Data Scientist<" in html
