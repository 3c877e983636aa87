"""Putting people before the client, and what the client is told of them: nothing but what was chosen."""

import pytest
from django.test import Client
from django.urls import reverse

from candidates.models import ShortlistEntry
from candidates.services.reports import build_report
from candidates.services.shortlists import name_reviewer
from rubrics.enums import NameForm
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import presented, scored, shortlist_of

pytestmark = pytest.mark.django_db
MOST_FOR_A_POST = 15


@pytest.mark.parametrize("reviewers", [1, 3])
def test_presenting_takes_few_statements_however_many_evaluate(reviewers: int) -> None:
    role, by = RoleFactory(), RecruiterFactory()
    shortlist = shortlist_of(scored(role, 3), by=by)
    for _ in range(reviewers):
        name_reviewer(shortlist=shortlist, user=ReviewerFactory(client=role.client), must=True)
    build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    browser, address = as_(by), reverse("candidates:shortlist_present", args=[shortlist.pk])

    taken = statements(lambda: browser.post(address))

    shortlist.refresh_from_db()
    assert shortlist.presented_by == by
    assert taken <= MOST_FOR_A_POST, taken


@pytest.fixture
def initials() -> tuple[ShortlistEntry, User]:
    """Somebody called by initials, whose name stands in what was written of them."""
    shortlist, [entry, _], [reviewer] = presented()
    person = entry.application.candidate
    person.name = "Zebulon Quokka-Ärmel"
    person.save()
    entry.summary = "ZEBULON kept it up; quokka's runbook."
    entry.save()
    shortlist.name_form = NameForm.INITIALS
    shortlist.save()
    return entry, reviewer


@pytest.mark.parametrize("name", ["candidates:shortlist", "candidates:entry", "shortlist-detail"])
def test_initials_are_all_a_client_learns_of_a_name(name: str, initials: tuple[ShortlistEntry, User]) -> None:
    entry, reviewer = initials
    pk = entry.pk if name == "candidates:entry" else entry.shortlist_id

    text = as_(reviewer).get(reverse(name, args=[pk])).content.decode()

    assert "Z. kept it up" in text
    assert not {"zebulon", "quokka"} & set(text.casefold().replace("’", " ").replace("'", " ").split())


def test_inside_everything_stands_as_it_was_written(initials: tuple[ShortlistEntry, User], client: Client) -> None:
    entry, _ = initials
    client.force_login(RecruiterFactory())

    assert "ZEBULON kept it up" in client.get(reverse("candidates:entry", args=[entry.pk])).content.decode()


def test_the_order_is_told_to_nobody_who_has_still_to_judge() -> None:
    shortlist, entries, [reviewer] = presented()
    address = reverse("shortlist-detail", args=[shortlist.pk])

    assert [one["position"] for one in as_(reviewer).get(address).json()["entries"]] == [None] * len(entries)
    assert [one["position"] for one in as_(RecruiterFactory()).get(address).json()["entries"]] == [1, 2]
