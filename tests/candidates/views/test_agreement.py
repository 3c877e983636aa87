"""Agreement of clients with panels: for the firm alone, from committed evaluations that were given before ours were read."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from candidates.enums import ShowPanel
from candidates.models import Application, Shortlist, ShortlistEntry
from candidates.queries.agreement import Among, agreement_of, judged_by_both
from candidates.services.reviews import ReviewDraft, commit_review, save_review
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ScorecardFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, evaluated, presented, whole_draft

pytestmark = pytest.mark.django_db
EVERYBODY = Among()


def as_the_panel(entry: ShortlistEntry, by: User, *, add: int = 0) -> ReviewDraft:
    """The panel's own levels, rounded, so that both agree; `add` leans."""
    assert entry.snapshot
    scores = {item["key"]: item["score"] for item in entry.snapshot.dimensions}
    version = entry.shortlist.role.rubric_version
    assert version
    levels: dict[int, int | None] = {
        one.pk: max(1, min(5, int(scores[one.key] + 0.5) + add)) for one in version.dimensions.all()
    }
    return ReviewDraft(levels=levels, basis="evidence", verdict="hold")


def page(user: User, query: str = "") -> str:
    return as_(user).get(reverse("candidates:agreement") + query).content.decode()


def test_ten_people_are_needed_and_only_committed_evaluations_count() -> None:
    shortlist, entries, (client,) = presented(10)
    recruiter = RecruiterFactory()
    for entry in entries[:9]:
        commit_review(entry=entry, by=client, now=LATER, draft=as_the_panel(entry, client))
    save_review(entry=entries[9], by=client, now=LATER, draft=as_the_panel(entries[9], client))
    words = page(recruiter)
    assert "9 of 10 people" in words
    assert "What to do about it" not in words

    commit_review(entry=entries[9], by=client, now=LATER + timedelta(days=200), draft=as_the_panel(entries[9], client))
    found = agreement_of(recruiter, EVERYBODY)
    assert found.whole.people == 10
    assert found.whole.found
    assert found.whole.found.kappa == 1
    assert found.advice[0] == "Go on as you do: client and panel read the rubric alike."
    assert [line.people for line in found.quarters] == [9, 1]
    assert [line.words for line in found.quarters] == ["too few people yet"] * 2
    words = page(recruiter)
    assert "What to do about it" in words
    assert all(name in words for name in ("All dimensions", "By dimension", "Over time"))
    assert agreement_of(recruiter, Among(role=shortlist.role.slug)).whole.people == 10
    assert agreement_of(recruiter, Among(client=ReviewerFactory().client_id)).whole.people == 0

    Shortlist.objects.update(show_panel=ShowPanel.BEFORE)
    assert judged_by_both(recruiter, EVERYBODY) == []


def test_it_is_the_firms_alone_and_nobody_sealed_counts() -> None:
    _, entries, (client,) = presented(10)
    evaluated(entries, client)
    recruiter = RecruiterFactory()
    for other in (client, HiringManagerFactory()):
        assert as_(other).get(reverse("candidates:agreement")).status_code == 404
    assert agreement_of(AdministratorFactory(), EVERYBODY).whole.people == 10
    met = Application.objects.get(pk=entries[0].application_id).interviews.first()
    ScorecardFactory(interview=met, interviewer=recruiter)
    assert judged_by_both(recruiter, EVERYBODY) == []
    assert "0 of 10 people" in page(recruiter)


def test_a_client_who_leans_is_spoken_of_with_what_to_do() -> None:
    _, entries, (client,) = presented(10)
    for entry in entries:
        commit_review(entry=entry, by=client, now=LATER, draft=as_the_panel(entry, client, add=-2))
    found = agreement_of(RecruiterFactory(), EVERYBODY)
    assert {line.leaning for line in found.dimensions} == {"gives less than we do"}
    assert all("go over its anchors" in said or "Ask which incident weighed" in said for said in found.advice)


def test_a_later_shortlist_takes_the_place_of_an_earlier_one_and_an_unknown_address_is_refused() -> None:
    _, entries, (client,) = presented(2)
    evaluated(entries, client, level=2)
    other = ReviewerFactory(client=client.client)
    evaluated(entries[:1], other, level=5)
    judged = judged_by_both(RecruiterFactory(), EVERYBODY)
    person = entries[0].application.candidate_id
    assert {one.client for one in judged if one.person == person} == {0.75}
    assert {one.client for one in judged if one.person != person} == {0.25}
    assert as_(RecruiterFactory()).get(reverse("candidates:agreement") + "?of=client:77").status_code == 422


def test_the_page_asks_the_same_however_many_people() -> None:
    counts = []
    reader = as_(RecruiterFactory())
    for people in (3, 8):
        _, entries, (client,) = presented(people, role=RoleFactory())
        for entry in entries:
            commit_review(entry=entry, by=client, now=LATER, draft=whole_draft(entry))
        counts.append(statements(partial(reader.get, reverse("candidates:agreement"))))
    assert counts[0] == counts[1] <= 12
