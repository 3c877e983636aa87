"""Engagements as pages show them: who works where, which review is next, and what each review gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from candidates.models import Application, Decision, Engagement, EngagementReview, ShortlistEntry
from candidates.queries.names import listings, name_for
from rubrics.models import Dimension
from screening.accounts.models import User


@dataclass(frozen=True)
class EngagementRow:
    engagement: Engagement
    name: str
    next_review: EngagementReview | None
    given: int
    planned: int
    today: date

    @property
    def is_due(self) -> bool:
        return self.next_review is not None and self.next_review.due_on <= self.today


def engagement_rows(engagements: Sequence[Engagement], user: User, *, today: date) -> list[EngagementRow]:
    """Rows of engagements loaded `with_context`."""
    return [_row(engagement, user, today) for engagement in engagements]


def _row(engagement: Engagement, user: User, today: date) -> EngagementRow:
    reviews = list(engagement.reviews.all())
    waiting = [review for review in reviews if review.submitted_at is None and not _is_after_end(engagement, review)]
    return EngagementRow(
        engagement=engagement,
        name=name_for(user, engagement.application),
        next_review=waiting[0] if waiting else None,
        given=sum(review.submitted_at is not None for review in reviews),
        planned=len(reviews),
        today=today,
    )


def _is_after_end(engagement: Engagement, review: EngagementReview) -> bool:
    return engagement.ended_on is not None and review.due_on > engagement.ended_on


def with_context(engagements: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """With role, client, person, the planned reviews, and the entries that decide how the client calls the person."""
    return engagements.select_related(
        "application__candidate", "application__role__client", "rubric_version"
    ).prefetch_related(
        Prefetch("reviews", EngagementReview.objects.order_by("day").select_related("reviewer")),
        listings("application"),
    )


@dataclass(frozen=True)
class OutcomeRow:
    """One dimension: what the panel expected, and what each review gave, in the order of the reviews."""

    dimension: Dimension
    panel: dict[str, Any] | None
    levels: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Outcomes:
    reviews: tuple[EngagementReview, ...]
    rows: tuple[OutcomeRow, ...]
    sees_panel: bool
    lowest: int
    highest: int


def outcomes(engagement: Engagement, user: User) -> Outcomes:
    """The reviews given so far beside the screening, where the reader may see its levels; four queries."""
    version = engagement.rubric_version
    reviews = list(
        EngagementReview.objects.visible_to(user)
        .filter(engagement=engagement, submitted_at__isnull=False)
        .order_by("day")
        .prefetch_related("ratings__dimension")
    )
    entries = ShortlistEntry.objects.panel_visible_to(user).filter(
        application=engagement.application_id, snapshot__isnull=False
    )
    entry = entries.select_related("snapshot").order_by("-pk").first()
    expected = {item["key"]: item for item in entry.snapshot.dimensions} if entry and entry.snapshot else {}
    return Outcomes(
        reviews=tuple(reviews),
        rows=tuple(_outcome(one, expected, reviews) for one in (version.dimensions.all() if version else ())),
        sees_panel=entry is not None,
        lowest=version.lowest if version else 0,
        highest=version.highest if version else 1,
    )


def _outcome(
    dimension: Dimension, expected: dict[str, dict[str, Any]], reviews: Sequence[EngagementReview]
) -> OutcomeRow:
    panel = expected.get(dimension.key)
    return OutcomeRow(
        dimension=dimension,
        panel=panel if panel and panel["score"] is not None else None,
        levels=tuple((review.get_day_display(), _level(review, dimension)) for review in reviews),
    )


def _level(review: EngagementReview, dimension: Dimension) -> int | None:
    return next((rating.level for rating in review.ratings.all() if rating.dimension.key == dimension.key), None)


def agreed_start(application: Application) -> date | None:
    """The first day that was offered with the decision that counts."""
    decision = Decision.objects.filter(entry__application=application).select_related("offer").first()
    offer = getattr(decision, "offer", None)
    return offer.starts_on if offer else None
