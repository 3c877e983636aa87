from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from candidates.enums import Outcome
from candidates.models import Application, Engagement, OpinionSeen
from candidates.services.decisions import decide
from candidates.services.engagements import OutcomeDraft, start_engagement, submit_engagement_review
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ScorecardFactory
from tests.factories.shortlists import LATER, evaluated, presented

pytestmark = pytest.mark.django_db


def hired(people: int = 1) -> tuple[list[Application], User]:
    _, entries, [user] = presented(people)
    evaluated(entries, user)
    for entry in entries:
        decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)
    return [entry.application for entry in entries], user


def engaged(people: int = 1, *, days_ago: int = 40) -> tuple[list[Engagement], User]:
    applications, user = hired(people)
    first_day = timezone.localdate() - timedelta(days=days_ago)
    return [start_engagement(application=one, started_on=first_day, by=user, now=LATER) for one in applications], user


def posted(engagement: Engagement, level: str = "4") -> dict[str, str]:
    version = engagement.application.role.rubric_version
    assert version
    return {f"level-{pk}": level for pk in version.dimensions.values_list("pk", flat=True)} | {"comment": "Took over."}


@pytest.mark.parametrize("part", ["client", "recruiter"])
def test_a_hire_starts_from_the_decision(part: str) -> None:
    [application], user = hired()
    client = as_(user if part == "client" else RecruiterFactory())
    url = reverse("candidates:engagement_start", args=[application.pk])

    assert client.get(url).status_code == 200
    assert client.post(url, {"started_on": "soon"}).status_code == 422
    answer = client.post(url, {"started_on": "2026-12-01"})

    engagement = Engagement.objects.get(application=application)
    assert answer["Location"] == reverse("candidates:engagement", args=[engagement.pk])
    assert client.post(url, {"started_on": "2026-12-01"}).status_code == 422


def test_nobody_else_starts_one() -> None:
    [application], _ = hired()
    manager = HiringManagerFactory()
    application.role.team.create(user=manager)
    url = reverse("candidates:engagement_start", args=[application.pk])

    for user in (manager, HiringManagerFactory(), ReviewerFactory()):
        assert as_(user).get(url).status_code == 404
        assert as_(user).post(url, {"started_on": "2026-12-01"}).status_code == 404
    assert not Engagement.objects.exists()


def test_the_list_shows_what_is_due_to_whom_it_belongs() -> None:
    [engagement], user = engaged()
    url = reverse("candidates:engagement", args=[engagement.pk])
    due = engagement.reviews.get(day=30)

    theirs = as_(user).get(reverse("candidates:engagements")).content.decode()

    assert url in theirs
    assert reverse("candidates:engagement_review", args=[due.pk]) in theirs
    for other in (ReviewerFactory(), HiringManagerFactory()):
        assert url not in as_(other).get(reverse("candidates:engagements")).content.decode()
        assert as_(other).get(url).status_code == 404


def test_a_review_is_given_by_the_client_and_read_by_the_firm() -> None:
    [engagement], user = engaged()
    review, recruiter = engagement.reviews.get(day=30), RecruiterFactory()
    url = reverse("candidates:engagement_review", args=[review.pk])
    assert as_(recruiter).get(url).status_code == 404  # what is not given yet is the client's alone

    incomplete = posted(engagement)
    first = next(iter(incomplete))
    refused = as_(user).post(url, incomplete | {first: ""})
    assert refused.status_code == 422
    assert "choose a level, or mark it as not assessed" in refused.content.decode()
    assert "Took over." in refused.content.decode()
    assert as_(user).post(url, posted(engagement)).status_code == 302

    review.refresh_from_db()
    assert review.reviewer == user
    words = as_(recruiter).get(url).content.decode()
    assert "Took over." in words
    assert "Give the review" not in words
    assert as_(user).post(url, posted(engagement, "1")).status_code == 404


def test_what_the_screening_said_stands_beside_what_came_of_it() -> None:
    [engagement], user = engaged()
    version = engagement.application.role.rubric_version
    assert version
    levels = dict.fromkeys(version.dimensions.values_list("pk", flat=True), 2)
    submit_engagement_review(
        review=engagement.reviews.get(day=30), draft=OutcomeDraft(levels=dict(levels)), by=user, now=LATER
    )

    for reader in (user, RecruiterFactory()):
        words = as_(reader).get(reverse("candidates:engagement", args=[engagement.pk])).content.decode()
        assert "At screening" in words
        assert words.count('data-label="Day 30"') == len(levels)
    stranger_to_the_shortlist = ReviewerFactory(client=engagement.application.role.client)
    answer = as_(stranger_to_the_shortlist).get(reverse("candidates:engagement", args=[engagement.pk]))
    assert "At screening" not in answer.content.decode()


def test_an_end_is_recorded_with_a_reason() -> None:
    [engagement], user = engaged()
    client, url = as_(user), reverse("candidates:engagement_end", args=[engagement.pk])
    today = timezone.localdate().isoformat()

    assert client.post(url, {"ended_on": "2001-01-01", "reason": "x"}).status_code == 422
    assert client.post(url, {"ended_on": today, "reason": "Moved to Osaka."}).status_code == 302
    assert client.post(url, {"ended_on": today, "reason": "Again."}).status_code == 404

    words = client.get(reverse("candidates:engagement", args=[engagement.pk])).content.decode()
    assert "Moved to Osaka." in words
    assert words.count("fell away") == 3


def test_hiring_managers_read_within_the_seal() -> None:
    [engagement], _ = engaged()
    manager = HiringManagerFactory()
    engagement.application.role.team.create(user=manager)
    url = reverse("candidates:engagement", args=[engagement.pk])

    assert as_(manager).get(url).status_code == 200
    assert OpinionSeen.objects.filter(user=manager, application=engagement.application_id).exists()
    assert as_(manager).post(reverse("candidates:engagement_end", args=[engagement.pk])).status_code == 404
    ScorecardFactory(interview=engagement.application.interviews.first(), interviewer=manager)
    assert as_(manager).get(url).status_code == 404


def test_pages_cost_the_same_for_two_and_for_ten() -> None:
    counts = []
    for people in (2, 10):
        engagements, user = engaged(people)
        client = as_(user)
        urls = (
            reverse("candidates:engagements"),
            reverse("candidates:engagement", args=[engagements[0].pk]),
            reverse("candidates:engagement_review", args=[engagements[0].reviews.get(day=30).pk]),
        )
        counts.append([statements(partial(client.get, url)) for url in urls])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


def test_what_is_typed_is_kept_until_the_review_is_given() -> None:
    [engagement], user = engaged()
    review = engagement.reviews.get(day=30)
    url, save = (reverse(f"candidates:engagement_review{end}", args=[review.pk]) for end in ("", "_save"))
    some = posted(engagement)
    first, second, *_ = some

    kept = as_(user).post(save, {first: "2", second: "na", "comment": "So far."}, headers={"HX-Request": "true"})
    assert "Saved" in kept.content.decode()
    assert user.name in kept.content.decode()
    words = as_(user).get(url).content.decode()
    assert "So far." in words
    assert words.count(" checked") == 2
    assert as_(user).post(save, {second: "3", "comment": "", "revision": "1"}).status_code == 302
    assert list(review.ratings.values_list("level", flat=True)) == [3]
    assert as_(user).post(save, {first: "77"}).status_code == 422
    for other in (RecruiterFactory(), ReviewerFactory(), HiringManagerFactory()):
        assert as_(other).post(save, some).status_code == 404

    assert as_(user).post(url, some | {"revision": "2"}).status_code == 302
    assert set(review.ratings.values_list("level", flat=True)) == {4}
    assert as_(user).post(save, some).status_code == 404


def test_two_people_of_a_client_never_overwrite_each_others_review_unread() -> None:
    [engagement], user = engaged()
    colleague = ReviewerFactory(client=user.client, name="Ines Cabral")
    review = engagement.reviews.get(day=30)
    url, save = (reverse(f"candidates:engagement_review{end}", args=[review.pk]) for end in ("", "_save"))
    some = posted(engagement)
    first, second, *_ = some
    assert as_(colleague).post(save, {first: "2", second: "na", "comment": "Hers.", "revision": "0"}).status_code == 302

    mine = some | {first: "5", "comment": "Mine.", "revision": "0"}
    for answer in (as_(user).post(save, mine), as_(user).post(url, mine)):
        words = answer.content.decode()
        assert answer.status_code == 409
        assert all(said in words for said in ("Ines Cabral", "Hers.", "Mine."))
        assert 'name="revision" value="0"' in words
    by_itself = as_(user).post(save, mine, headers={"HX-Request": "true"})
    assert by_itself.status_code == 409
    assert "Hers." in by_itself.content.decode()
    review.refresh_from_db()
    assert (review.comment, review.reviewer, review.submitted_at) == ("Hers.", colleague, None)
    assert list(review.ratings.order_by("dimension__position").values_list("level", flat=True)) == [2, None]

    assert as_(user).post(save, mine | {"over": "1"}).status_code == 302
    review.refresh_from_db()
    assert (review.comment, review.reviewer, review.revision) == ("Mine.", user, 2)
    assert as_(colleague).post(save, mine | {"over": "1", "comment": "Again."}).status_code == 409
    assert as_(user).post(url, mine | {"revision": "2"}).status_code == 302
