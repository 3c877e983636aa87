"""Putting people before the client, and what the client is told of them: nothing but what was chosen."""

import pytest
from django.test import Client
from django.urls import reverse

from candidates.models import Evidence, ShortlistEntry
from candidates.queries.reports import present_fingerprints
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


def test_a_summary_leads_to_the_incidents_it_rests_on(initials: tuple[ShortlistEntry, User]) -> None:
    entry, reviewer = initials
    told = Evidence.objects.filter(scorecard__interview__application=entry.application).exclude(incident="")
    claim = entry.claims.create(evidence=told.earliest("pk"))
    client, inside = as_(reviewer), as_(RecruiterFactory())
    for browser, name in ((client, "entry"), (inside, "entry"), (inside, "entry_preview")):
        page = browser.get(reverse(f"candidates:{name}", args=[entry.pk])).content.decode()
        assert f'href="#evidence-{claim.evidence_id}"' in page
        assert f'id="evidence-{claim.evidence_id}"' in page
        assert page.count('href="#evidence-') == 1


def test_a_recruiter_picks_the_incidents_while_writing_the_summary() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    shortlist = shortlist_of(scored(role, 1), by=by)
    entry, browser = shortlist.entries.get(), as_(by)
    overview = reverse("candidates:shortlist", args=[shortlist.pk])
    told = Evidence.objects.filter(scorecard__interview__application=entry.application).exclude(incident="")
    chosen = told.latest("pk").pk
    assert browser.get(overview).content.decode().count('name="rests_on"') == told.count()

    saved = browser.post(
        reverse("candidates:entry_summary", args=[entry.pk]), {"summary": "Kept it up.", "rests_on": [chosen]}
    )

    assert saved.status_code == 302
    assert list(entry.claims.values_list("evidence", flat=True)) == [chosen]
    assert f'value="{chosen}" checked' in browser.get(overview).content.decode()


def test_the_report_says_what_a_summary_rests_on(initials: tuple[ShortlistEntry, User]) -> None:
    entry, _ = initials
    told = Evidence.objects.filter(scorecard__interview__application=entry.application).exclude(incident="")
    before = present_fingerprints(entry.shortlist)
    entry.claims.create(evidence=told.earliest("pk"))

    after = present_fingerprints(entry.shortlist)
    reports = build_report(shortlist=entry.shortlist, now=NOW, progress=lambda _done, _total: None)

    assert set(after.values()).isdisjoint(before.values())
    assert [report.file.read(5) for report in reports] == [b"%PDF-", b"%PDF-"]
