"""The next version on its pages: prepared by staff, read by the client once it is presented, and the one before it."""

import re
from functools import partial

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.models import Shortlist, ShortlistOpening, ShortlistVersion
from candidates.services.reports import build_report
from candidates.services.shortlist_versions import add_place, present_version
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.candidates.services.test_shortlist_versions import LAST, begun, put_before, unheard, with_client
from tests.factories.accounts import HiringManagerFactory, ReviewerFactory
from tests.factories.candidates import ScorecardFactory
from tests.factories.shortlists import LATER, entries_of, evaluated

pytestmark = pytest.mark.django_db


def url_of(name: str, *args: object) -> str:
    return reverse(f"candidates:{name}", args=args)


def test_a_recruiter_prepares_previews_and_presents_a_version() -> None:
    shortlist, (first, _, late), client, by = with_client()
    browser = as_(by)
    detail, following = url_of("shortlist", shortlist.pk), url_of("shortlist_next", shortlist.pk)
    assert "Prepare version 2" in browser.get(detail).content.decode()
    assert browser.get(following).status_code == 404
    assert browser.post(following)["Location"] == following
    assert "Nothing yet." in browser.get(following).content.decode()
    add = url_of("shortlist_next_add", shortlist.pk)
    assert late.candidate.name in browser.get(add).content.decode()
    assert browser.post(add, {"application": late.pk}).status_code == 302
    assert browser.post(add, {"application": late.pk}).status_code == 422
    version = ShortlistVersion.objects.get(number=2)
    new, old = version.places.get(application=late), version.places.get(application=first)
    summary = url_of("shortlist_next_summary", shortlist.pk, new.pk)
    assert browser.post(summary, {"summary": "Ran the cluster."}).status_code == 302
    assert browser.post(summary, {"summary": "x" * 2001}).status_code == 422
    assert browser.post(url_of("shortlist_next_summary", shortlist.pk, old.pk), {"summary": "x"}).status_code == 422
    assert browser.post(url_of("shortlist_next_remove", shortlist.pk, old.pk)).status_code == 302
    words = browser.get(following).content.decode()
    assert f"Added: {late.candidate.name}." in words
    assert f"Taken out: {first.candidate.name}." in words

    gate = url_of("shortlist_next_present", shortlist.pk)
    refused = browser.post(gate)
    assert refused.status_code == 422
    assert "The report of exactly this version has not been built." in refused.content.decode()
    assert browser.post(url_of("shortlist_next_report", shortlist.pk)).status_code == 302
    build_report(shortlist=shortlist, of_next=True, now=LAST, progress=unheard)
    preview = browser.get(gate).content.decode()
    assert "Ready to be presented" in preview
    assert f"Added: {late.candidate.name}." in preview
    pdf = browser.get(url_of("shortlist_version_pdf", shortlist.pk, 2, "after"))
    assert pdf.status_code == 200
    assert as_(client).get(url_of("shortlist_version_pdf", shortlist.pk, 2, "before")).status_code == 404
    assert browser.post(gate).status_code == 302
    assert as_(client).get(url_of("shortlist_version_pdf", shortlist.pk, 2, "before")).status_code == 200
    assert as_(client).get(url_of("shortlist_version_pdf", shortlist.pk, 2, "after")).status_code == 404


def test_the_client_reads_what_changed_and_the_version_before() -> None:
    shortlist, (first, _, late), client, by = with_client()
    page = url_of("shortlist", shortlist.pk)
    assert "What version" not in as_(client).get(page).content.decode()
    version = begun(shortlist, by)
    add_place(version=version, application=late, by=by, now=LATER)
    for name in ("shortlist", "shortlists", "today"):
        args = (shortlist.pk,) if name == "shortlist" else ()
        assert late.candidate.name not in as_(client).get(url_of(name, *args)).content.decode()
    put_before(version, by)

    words = as_(client).get(page).content.decode()
    assert f"Added: {late.candidate.name}." in words
    assert "The other 2 are unchanged" in words
    assert "0 of 3 evaluated" in words
    before = url_of("shortlist_version", shortlist.pk, 1)
    assert before in words
    old = as_(client).get(before).content.decode()
    assert late.candidate.name not in old
    assert first.candidate.name in old
    assert "90&nbsp;% within" not in old
    looks = set(ShortlistOpening.objects.filter(user=client, what="shortlist").values_list("version", flat=True))
    assert looks == {1, 2}
    opened = as_(by).get(page).content.decode()
    assert "The shortlist, version 2" in opened
    for other in (ReviewerFactory(), HiringManagerFactory()):
        assert as_(other).get(before).status_code == 404
    assert as_(client).get(url_of("shortlist_version", shortlist.pk, 3)).status_code == 404


def test_with_initials_a_version_names_nobody_and_the_order_waits_for_the_evaluation() -> None:
    shortlist, (_, _, late), client, by = with_client()
    Shortlist.objects.update(name_form="initials")
    version = begun(Shortlist.objects.get(pk=shortlist.pk), by)
    place = add_place(version=version, application=late, by=by, now=LATER)
    from_last = list(version.places.exclude(pk=place.pk).order_by("-position").values_list("pk", flat=True))
    url = url_of("shortlist_next_order", shortlist.pk)
    asked = as_(by).post(url, {"order": ",".join(map(str, [*from_last, place.pk]))})
    assert asked.status_code == 422
    assert "Say why" in asked.content.decode()
    ordered = as_(by).post(url, {"order": ",".join(map(str, [*from_last, place.pk])), "why": "Can begin in May."})
    assert ordered.status_code == 302
    shortlist = put_before(version, by)

    client_page = as_(client).get(url_of("shortlist", shortlist.pk)).content.decode()
    assert late.candidate.name not in client_page
    initials = late.candidate.name_in("initials")
    assert f'<li dir="auto">Added: {initials.removesuffix(".")}.</li>' in client_page
    assert "The order of those who stay changed." not in client_page
    evaluated(entries_of(shortlist), client)
    assert "The order of those who stay changed." in as_(client).get(url_of("shortlist", shortlist.pk)).content.decode()


def test_whoever_owes_a_scorecard_in_the_role_learns_nothing_of_what_is_prepared() -> None:
    shortlist, (_, _, late), _, by = with_client()
    colleague: User = type(by).objects.create(email="c@example.com", name="Cleo", part="recruiter")
    version = begun(shortlist, by)
    add_place(version=version, application=late, by=by, now=LATER)
    assert as_(colleague).get(url_of("shortlist_next", shortlist.pk)).status_code == 200
    ScorecardFactory(interview=late.interviews.first(), interviewer=colleague)
    closed = as_(colleague)
    assert not ShortlistVersion.objects.visible_to(colleague).filter(presented_at=None).exists()
    detail = closed.get(url_of("shortlist", shortlist.pk)).content.decode()
    assert late.candidate.name not in detail
    assert "in preparation" not in detail
    assert "Prepare version" not in detail
    for name in ("shortlist_next", "shortlist_next_add", "shortlist_next_present"):
        assert closed.get(url_of(name, shortlist.pk)).status_code == 404
    assert closed.post(url_of("shortlist_next", shortlist.pk)).status_code == 404


def test_the_pages_ask_the_same_however_many_people() -> None:
    counts = []
    for people in (3, 7):
        shortlist, applications, client, by = with_client(listed=people - 2, people=people)
        version = begun(shortlist, by)
        for one in applications[-2:]:
            add_place(version=version, application=one, by=by, now=LATER)
        inside: Browser = as_(by)
        asked = [
            statements(partial(inside.get, url_of(name, shortlist.pk)))
            for name in ("shortlist_next", "shortlist_next_add", "shortlist_next_present")
        ]
        build_report(shortlist=shortlist, of_next=True, now=LAST, progress=unheard)
        present_version(version=version, by=by, now=LAST)
        for reader in (client, by):
            browser = as_(reader)
            asked += [
                statements(partial(browser.get, url_of("shortlist", shortlist.pk))),
                statements(partial(browser.get, url_of("shortlist_version", shortlist.pk, 1))),
            ]
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12, counts[0]


def test_no_page_of_a_shortlist_loads_what_went_into_a_run() -> None:
    """Megabytes for each person in a pool of thousands."""
    shortlist, applications, client, by = with_client()
    add_place(version=begun(shortlist, by), application=applications[-1], by=by, now=LATER)
    names = ("shortlist", "shortlist_next", "shortlist_next_add", "shortlist_next_present")
    inside = [url_of(name, shortlist.pk) for name in names]
    inside.append(f"{url_of('side_by_side', shortlist.role.slug)}?application={applications[0].pk}")
    both = [url_of("shortlist", shortlist.pk), url_of("shortlist_version", shortlist.pk, 1)]
    for reader, pages in ((by, inside + both), (client, both)):
        browser = as_(reader)
        with CaptureQueriesContext(connection) as asked:
            assert [browser.get(page).status_code for page in pages] == [200] * len(pages)
        of_runs = [query["sql"] for query in asked if '"candidates_scoringrun"."method"' in query["sql"]]
        assert of_runs
        assert not [sql for sql in of_runs if re.search(r'"candidates_scoringrun"\."(input|statistics)"', sql)]
