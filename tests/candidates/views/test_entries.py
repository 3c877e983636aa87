"""What a client reads of a person, evaluates and decides."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from django.urls import reverse

from candidates.enums import Outcome
from candidates.models import ClientReview, OpinionSeen, Scorecard, ShortlistEntry
from candidates.services.decisions import decide
from candidates.services.shortlists import (
    create_shortlist,
)
from rubrics.models import Dimension, Level
from tests.asking import as_, page, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ScorecardFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, evaluated, presented, scored

pytestmark = pytest.mark.django_db


def posted(entry: ShortlistEntry, level: str = "3", **other: str) -> dict[str, str]:
    version = entry.shortlist.role.rubric_version
    assert version
    levels = {f"level-{pk}": level for pk in version.dimensions.values_list("pk", flat=True)}
    return {**levels, "basis": "evidence", "verdict": "advance", "comment": "Calm.", **other}


def taken(get: Callable[[], object]) -> int:
    """Statements of a look at what one has seen before: the first look is noted."""
    get()
    return statements(get)


def test_the_page_costs_the_same_with_two_and_with_twenty_on_the_list() -> None:
    """Before anybody has judged, with one's own judgment of this person, and with everybody's of all."""
    counts = []
    for people in (2, 20):
        _, entries, [user, colleague] = presented(people, reviewers=2)
        get = partial(as_(user).get, reverse("candidates:entry", args=[entries[0].pk]))
        fresh = taken(get)
        evaluated(entries[:1], user)
        own = taken(get)
        evaluated(entries[1:], user)
        evaluated(entries, colleague)
        counts.append([fresh, own, taken(get)])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


def test_the_page_of_staff_and_the_posts_of_the_client_cost_the_same_for_two_and_for_twenty() -> None:
    counts = []
    for people in (2, 20):
        shortlist, entries, [user] = presented(people)
        client, staff = as_(user), as_(shortlist.created_by)
        entry = entries[0]
        look = partial(staff.get, reverse("candidates:entry", args=[entry.pk]))
        look()
        review = partial(client.post, reverse("candidates:review", args=[entry.pk]), posted(entry))
        review()
        commit = partial(client.post, reverse("candidates:review_commit", args=[entry.pk]), posted(entry))
        counts.append([statements(look), statements(review), statements(commit)])

    assert counts[0] == counts[1]
    assert counts[0][0] <= 13  # with what the reader has been shown, looked up to be noted
    assert max(counts[0]) <= 15


def test_only_the_client_it_was_presented_to_and_people_of_the_role_find_it() -> None:
    shortlist, [entry], [user] = presented(1)
    manager = HiringManagerFactory()
    shortlist.role.team.create(user=manager)
    draft_entry = ShortlistEntry.objects.create(
        shortlist=create_shortlist(role=shortlist.role, by=shortlist.created_by),
        application=scored(RoleFactory(), 1)[0],
        position=1,
    )

    for reader in (user, shortlist.created_by, manager):
        assert as_(reader).get(reverse("candidates:entry", args=[entry.pk])).status_code == 200
    for reader in (ReviewerFactory(), HiringManagerFactory()):
        assert as_(reader).get(reverse("candidates:entry", args=[entry.pk])).status_code == 404
    assert as_(user).get(reverse("candidates:entry", args=[draft_entry.pk])).status_code == 404


def test_what_they_have_written_is_there_again_and_only_for_them() -> None:
    _, [entry], [hana, olek] = presented(1, reviewers=2)
    client = as_(hana)

    saved = client.post(reverse("candidates:review", args=[entry.pk]), posted(entry, "2", comment="Half a thought."))

    assert saved["Location"] == reverse("candidates:entry", args=[entry.pk])
    theirs = page(hana, "entry", entry.pk)
    assert "Half a thought." in theirs
    assert re.findall(r'value="(\d)" aria-describedby="level-[^"]+" checked>', theirs) == ["2"] * 3
    for reader in (olek, entry.shortlist.created_by):
        assert "Half a thought." not in page(reader, "entry", entry.pk)


def test_what_committing_needs_is_not_called_optional() -> None:
    _shortlist, [entry], [user] = presented(1)
    text = page(user, "entry", entry.pk)
    assert "Your verdict</legend>" in text
    assert "What does your evaluation rest on?</legend>" in text
    assert 'Comment <span class="optional">optional</span>' in text


def test_saving_while_they_write_answers_with_what_is_missing() -> None:
    _, [entry], [user] = presented(1)

    answer = as_(user).post(
        reverse("candidates:review", args=[entry.pk]), posted(entry, verdict=""), headers={"HX-Request": "true"}
    )

    words = answer.content.decode()
    assert words.strip().startswith('<div id="saved">')
    assert "Give your verdict" in words


def test_a_commit_with_something_missing_keeps_what_was_typed_and_says_what() -> None:
    _, [entry], [user] = presented(1)
    url = reverse("candidates:review_commit", args=[entry.pk])

    answer = as_(user).post(url, posted(entry, "4", basis="", comment="Not lost."))

    words = answer.content.decode()
    assert answer.status_code == 422
    assert "Say what your evaluation rests on" in words
    assert "Not lost." in words
    assert 'value="4" aria-describedby' in words
    assert not ClientReview.objects.filter(committed_at__isnull=False).exists()


@pytest.mark.parametrize("level", ["6", "x", "٣"])
def test_a_level_that_is_not_offered_is_named(level: str) -> None:
    _, [entry], [user] = presented(1)

    answer = as_(user).post(reverse("candidates:review", args=[entry.pk]), posted(entry, level))

    assert answer.status_code == 422
    assert "not one of the available choices" in answer.content.decode()
    assert not ClientReview.objects.exists()


def test_nobody_but_a_reviewer_of_the_client_evaluates_and_nobody_twice() -> None:
    shortlist, [entry], [user] = presented(1)
    manager = HiringManagerFactory(client=shortlist.role.client)
    shortlist.role.team.create(user=manager)
    url = reverse("candidates:review_commit", args=[entry.pk])

    for other in (shortlist.created_by, manager, ReviewerFactory()):
        assert as_(other).post(url, posted(entry)).status_code == 404
    assert as_(user).post(url, posted(entry)).status_code == 302
    assert as_(user).post(url, posted(entry, "1")).status_code == 404
    assert set(entry.reviews.get().ratings.values_list("level", flat=True)) == {3}


def test_side_by_side_the_largest_difference_comes_first() -> None:
    role = RoleFactory()
    shortlist, [entry], [user] = presented(1, role=role)
    assert role.rubric_version
    near, far, middle = role.rubric_version.dimensions.order_by("position")
    panel = {item["key"]: item["score"] for item in entry.snapshot.dimensions} if entry.snapshot else {}
    assert min(panel.values()) > 4
    levels = {f"level-{near.pk}": "5", f"level-{far.pk}": "1", f"level-{middle.pk}": "3"}

    as_(user).post(
        reverse("candidates:review_commit", args=[entry.pk]), levels | {"basis": "evidence", "verdict": "hold"}
    )

    for reader in (user, shortlist.created_by):
        words = page(reader, "entry", entry.pk).split("Where they differ most comes first")[1]
        places = [words.index(f"<b>{one.name}</b>") for one in (far, middle, near)]
        assert places == sorted(places)


def test_a_recruiter_reads_and_records_and_that_they_have_seen_it_is_noted() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    recruiter = RecruiterFactory()
    client, url = as_(recruiter), reverse("candidates:entry_decide", args=[entry.pk])

    assert "Calm" not in page(recruiter, "entry", entry.pk)
    assert "Convincing on the night shift." in page(recruiter, "entry", entry.pk)
    assert OpinionSeen.objects.filter(user=recruiter, application=entry.application).exists()
    refused = client.post(url, {"outcome": "hire", "why": "They said yes."})
    assert (refused.status_code, "They said yes." in refused.content.decode()) == (422, True)
    answer = client.post(
        url, {"outcome": "hire", "why": "Yes.", "decider_name": "Hana Novak", "where_given": "call of Tuesday"}
    )

    assert answer.status_code == 302
    words = page(recruiter, "entry", entry.pk)
    assert f"Recorded by {recruiter.name}: call of Tuesday" in words
    assert reverse("candidates:engagement_start", args=[entry.application_id]) in words


def test_a_decision_shows_its_gate_before_the_button() -> None:
    _, [entry], [hana, olek] = presented(1, reviewers=2)
    evaluated([entry], hana)

    words = page(hana, "entry", entry.pk)

    assert f"{olek.name} has not committed their evaluation yet." in words
    assert "Record the decision" not in words
    refused = as_(hana).post(
        reverse("candidates:entry_decide", args=[entry.pk]), {"outcome": "hire", "why": "Too early."}
    )
    assert refused.status_code == 422
    assert not entry.decisions.exists()


def test_hiring_managers_read_and_do_not_decide() -> None:
    shortlist, [entry], [user] = presented(1)
    evaluated([entry], user)
    manager = HiringManagerFactory()
    shortlist.role.team.create(user=manager)

    words = page(manager, "entry", entry.pk)

    assert "Convincing on the night shift." in words
    assert "Record the decision" not in words
    url = reverse("candidates:entry_decide", args=[entry.pk])
    assert as_(manager).post(url, {"outcome": "hire", "why": "x"}).status_code == 404


def test_levels_of_the_rubric_stand_with_their_anchors() -> None:
    _, [entry], [user] = presented(1)
    words = page(user, "entry", entry.pk)

    version = entry.shortlist.role.rubric_version
    for level in Level.objects.filter(dimension__in=Dimension.objects.filter(version=version)):
        assert level.anchor in words
    assert Scorecard.objects.filter(interview__application=entry.application).count() == 2
    ScorecardFactory(interview=entry.application.interviews.first(), interviewer=entry.shortlist.created_by)
    assert as_(entry.shortlist.created_by).get(reverse("candidates:entry", args=[entry.pk])).status_code == 404


def test_a_later_decision_may_follow() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)

    answer = as_(user).post(
        reverse("candidates:entry_decide", args=[entry.pk]), {"outcome": "reject", "why": "They declined our offer."}
    )

    assert answer.status_code == 302
    words = page(user, "entry", entry.pk)
    assert words.index("They declined our offer.") < words.index("Yes.")
