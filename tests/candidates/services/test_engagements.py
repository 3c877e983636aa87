from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from candidates.enums import Outcome
from candidates.models import Application, Engagement
from candidates.services.decisions import decide
from candidates.services.engagements import (
    OutcomeDraft,
    end_engagement,
    start_engagement,
    submit_engagement_review,
)
from rubrics.enums import StageKind
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.models import User
from tests.factories.shortlists import LATER, evaluated, presented

pytestmark = pytest.mark.django_db
FIRST_DAY = date(2026, 12, 1)


def hired() -> tuple[Application, User]:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)
    return entry.application, user


def engaged() -> tuple[Engagement, User]:
    application, user = hired()
    return start_engagement(application=application, started_on=FIRST_DAY, by=user, now=LATER), user


def whole(engagement: Engagement, level: int | None = 4) -> OutcomeDraft:
    version = engagement.application.role.rubric_version
    assert version
    return OutcomeDraft(levels=dict.fromkeys(version.dimensions.values_list("pk", flat=True), level), comment="Good.")


def test_a_start_plans_the_four_reviews_and_hires() -> None:
    engagement, _ = engaged()

    assert [(review.day, review.due_on) for review in engagement.reviews.all()] == [
        (day, FIRST_DAY + timedelta(days=day)) for day in (30, 90, 180, 365)
    ]
    assert Application.objects.get(pk=engagement.application_id).stage.kind == StageKind.HIRED


def test_only_a_hire_that_still_counts_starts_and_only_once() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    with pytest.raises(Refused, match="not decided to hire"):
        start_engagement(application=entry.application, started_on=FIRST_DAY, by=user, now=LATER)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)
    decide(entry=entry, outcome=Outcome.REJECT, why="Declined.", by=user, now=LATER)
    with pytest.raises(Refused, match="not decided to hire"):
        start_engagement(application=entry.application, started_on=FIRST_DAY, by=user, now=LATER)
    decide(entry=entry, outcome=Outcome.HIRE, why="They came back.", by=user, now=LATER)
    start_engagement(application=entry.application, started_on=FIRST_DAY, by=user, now=LATER)

    with pytest.raises(Refused, match="already started"):
        start_engagement(application=entry.application, started_on=FIRST_DAY, by=user, now=LATER)


def test_an_end_needs_a_reason_and_a_day_after_the_start() -> None:
    engagement, _ = engaged()
    with pytest.raises(Refused, match="Say why"):
        end_engagement(engagement=engagement, ended_on=FIRST_DAY, reason=" ")
    with pytest.raises(Refused, match="before it started"):
        end_engagement(engagement=engagement, ended_on=FIRST_DAY - timedelta(days=1), reason="Moved.")

    ended = end_engagement(engagement=engagement, ended_on=FIRST_DAY, reason=" Moved away. ")

    assert (ended.ended_on, ended.end_reason) == (FIRST_DAY, "Moved away.")
    with pytest.raises(Refused, match="already ended"):
        end_engagement(engagement=engagement, ended_on=FIRST_DAY, reason="Again.")


def test_a_review_needs_every_dimension_and_is_given_once() -> None:
    engagement, user = engaged()
    review = engagement.reviews.get(day=90)
    first, *others = whole(engagement).levels
    with pytest.raises(GateRefused) as refused:
        submit_engagement_review(review=review, draft=OutcomeDraft(levels={first: 3}), by=user, now=LATER)
    assert len(refused.value.missing) == len(others)
    with pytest.raises(Refused, match="choose a level from 1 to 5"):
        submit_engagement_review(review=review, draft=whole(engagement, 9), by=user, now=LATER)

    given = submit_engagement_review(review=review, draft=whole(engagement, None), by=user, now=LATER)

    assert (given.reviewer, given.submitted_at) == (user, LATER)
    assert set(given.ratings.values_list("level", "not_assessed")) == {(None, True)}
    with pytest.raises(Refused, match="already been given"):
        submit_engagement_review(review=review, draft=whole(engagement), by=user, now=LATER)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE candidates_engagementreview SET comment = 'x' WHERE submitted_at IS NOT NULL",
        "DELETE FROM candidates_engagementreview WHERE submitted_at IS NOT NULL",
        "UPDATE candidates_engagementrating SET level = 1",
        "DELETE FROM candidates_engagementrating",
        "TRUNCATE candidates_engagement CASCADE",
    ],
)
def test_the_database_keeps_a_given_review(sql: str) -> None:
    engagement, user = engaged()
    submit_engagement_review(review=engagement.reviews.get(day=30), draft=whole(engagement), by=user, now=LATER)

    with (
        pytest.raises(DatabaseError, match=r"refused|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
