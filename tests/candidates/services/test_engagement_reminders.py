"""Reminders of reviews at work at explicit days: which one, to whom, once, and gone when nothing is owed."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from candidates.models import Engagement, EngagementReview
from candidates.services.engagement_reminders import STEPS, TOO_LATE, newest_step, remind_of_reviews
from candidates.services.engagements import (
    OutcomeDraft,
    end_engagement,
    save_engagement_review,
    submit_engagement_review,
)
from candidates.tasks.reminders import remind as task
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from tests.candidates.services.test_engagements import engaged, whole
from tests.factories.accounts import RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUE = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("after", "step"), [(-8, None), (-7, -7), (-1, -7), (0, 0), (6, 0), (7, 7), (37, 7), (38, None)]
)
def test_the_newest_whose_day_has_come(after: int, step: int | None) -> None:
    assert newest_step(DUE, told_from=DUE - 90 * DAY, today=DUE + after * DAY) == step


@given(st.integers(-60, 120), st.integers(-90, 60))
def test_never_early_never_overtaken_and_nothing_from_before_the_engagement_was_known(after: int, told: int) -> None:
    today, told_from = DUE + after * DAY, DUE + told * DAY
    step = newest_step(DUE, told_from=told_from, today=today)
    if step is not None:
        assert told_from <= DUE + step * DAY <= today <= DUE + STEPS[-1] * DAY + TOO_LATE
        assert not any(told_from <= DUE + later * DAY <= today for later in STEPS if later > step)


@pytest.fixture
def waiting() -> tuple[EngagementReview, User]:
    """The review of day 30, with who decided to hire; everything as if begun long before."""
    engagement, user = engaged()
    Engagement.objects.update(created_at=NOW)
    return engagement.reviews.get(day=30), user


def at(review: EngagementReview, after: int) -> datetime:
    return NOW.replace(year=review.due_on.year, month=review.due_on.month, day=review.due_on.day) + after * DAY


def test_who_decided_is_reminded_and_the_recruiter_with_the_last(waiting: tuple[EngagementReview, User]) -> None:
    review, user = waiting
    ReviewerFactory(client=user.client)
    recruiter = RecruiterFactory()
    application = review.engagement.application
    application.owner = recruiter
    application.save()
    sent = [remind_of_reviews(now=at(review, after)) for after in (-8, -7, -7, 0, 3, 7, 8)]

    assert sent == [0, 1, 0, 1, 0, 2, 0]
    mails = list(Delivery.objects.filter(event="engagement.review").order_by("pk"))
    assert [one.user for one in mails] == [user, user, user, recruiter]
    assert "due today" in mails[1].subject
    assert application.candidate.name in mails[3].text
    assert f"/engagement-reviews/{review.pk}/" in mails[0].text


def test_whoever_has_begun_to_write_is_asked(waiting: tuple[EngagementReview, User]) -> None:
    review, user = waiting
    colleague = ReviewerFactory(client=user.client)
    save_engagement_review(
        review=review, draft=OutcomeDraft(levels={}, comment="So far."), revision=0, by=colleague, now=NOW
    )

    assert remind_of_reviews(now=at(review, 0)) == 1
    assert Delivery.objects.get(event="engagement.review").user == colleague


def test_everybody_at_the_client_when_nobody_there_decided(waiting: tuple[EngagementReview, User]) -> None:
    review, user = waiting
    colleague = ReviewerFactory(client=user.client)
    ReviewerFactory()
    user.is_active = False
    user.save()

    assert remind_of_reviews(now=at(review, 0)) == 1
    assert Delivery.objects.get(event="engagement.review").user == colleague


def test_nothing_is_asked_for_that_is_given_or_fell_away(waiting: tuple[EngagementReview, User]) -> None:
    review, user = waiting
    with time_machine.travel(at(review, 0), tick=False):
        task()
    submit_engagement_review(review=review, draft=whole(review.engagement), by=user, now=NOW)
    assert Delivery.objects.get(event="engagement.review").state == DeliveryState.CANCELLED
    assert remind_of_reviews(now=at(review, 7)) == 0

    end_engagement(engagement=review.engagement, ended_on=review.due_on + DAY, reason="Moved.")
    assert remind_of_reviews(now=at(review.engagement.reviews.get(day=90), 0)) == 0
