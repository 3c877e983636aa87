"""What the validity page is computed from: scores as they stood at the decision, and what reviews at work found.

Levels are taken as positions on their own rubric's range, 0 the lowest level and 1 the highest, so that rubrics with
different ranges can stand together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, FloatField, OuterRef, Q, StdDev, Subquery, Sum
from django.db.models.functions import Cast

from candidates.models import EngagementRating, EngagementReview, Rating, Score, Scorecard, ScoreSnapshot
from candidates.queries.insights_input import load_questions
from rubrics.models import RubricVersion
from screening.accounts.models import User

APPLICATION = "scorecard__interview__application"


@dataclass(frozen=True)
class Scope:
    """Which engagements count: all, those of a rubric's pool, or of one role."""

    pool_key: str = ""
    role: str = ""

    def of(self, role: str) -> Q:
        """As a filter; `role` is the lookup path to the role."""
        if self.role:
            return Q(**{f"{role}__slug": self.role})
        return Q(**{f"{role}__rubric_version__pool_key": self.pool_key}) if self.pool_key else Q()


@dataclass(frozen=True)
class Hire:
    """Somebody at work: `screening` and `outcome` are positions; `panel` and `found` the same by dimension's key."""

    review: EngagementReview
    screening: float
    outcome: float
    panel: Mapping[str, float]
    found: Mapping[str, float]

    @property
    def application(self) -> int:
        return self.review.engagement.application_id


def position(level: float, version: RubricVersion) -> float:
    return (level - version.lowest) / (version.highest - version.lowest)


def hires(user: User, scope: Scope, day: int) -> list[Hire]:
    """Whose review of that day is given and whose score was worth one at the decision; three queries."""
    cited = ScoreSnapshot.objects.filter(decisions__entry__application=OuterRef("engagement__application"))
    newest = cited.order_by("-decisions__decided_at", "-decisions__pk").values("pk")[:1]
    reviews = list(
        EngagementReview.objects.visible_to(user)
        .filter(
            scope.of("engagement__application__role"),
            day=day,
            submitted_at__isnull=False,
            engagement__rubric_version__isnull=False,
        )
        .select_related(
            "engagement__application__candidate", "engagement__application__role", "engagement__rubric_version"
        )
        .annotate(snapshot=Subquery(newest))
        .order_by("engagement")
    )
    snapshots = ScoreSnapshot.objects.filter(rankable=True).in_bulk([one.snapshot for one in reviews if one.snapshot])  # type: ignore[attr-defined]  # annotated
    given = _given(reviews)
    found = (
        _hire(review, snapshots.get(review.snapshot), given[review.pk])  # type: ignore[attr-defined]  # annotated
        for review in reviews
    )
    return [one for one in found if one is not None]


def _given(reviews: Sequence[EngagementReview]) -> Mapping[int, list[tuple[str, float, int]]]:
    """By review: key, weight and level of what was assessed."""
    rows = EngagementRating.objects.filter(review__in=[one.pk for one in reviews], level__isnull=False)
    found: dict[int, list[tuple[str, float, int]]] = defaultdict(list)
    for review, key, weight, level in rows.values_list("review", "dimension__key", "dimension__weight", "level"):
        if level is not None:
            found[review].append((key, float(weight), level))
    return found


def _hire(
    review: EngagementReview, snapshot: ScoreSnapshot | None, given: Sequence[tuple[str, float, int]]
) -> Hire | None:
    version = review.engagement.rubric_version
    weights = sum(weight for _, weight, _ in given)
    if version is None or snapshot is None or not weights:
        return None
    mean = sum(weight * level for _, weight, level in given) / weights
    return Hire(
        review=review,
        screening=position(snapshot.score, version),
        outcome=position(mean, version),
        panel={
            item["key"]: position(item["score"], version) for item in snapshot.dimensions if item["score"] is not None
        },
        found={key: position(level, version) for key, _, level in given},
    )


def spread_of_applicants(user: User, scope: Scope) -> float | None:
    """The standard deviation of the screening score among everybody scored; None where there is none; one query."""
    version = "role__rubric_version"
    scores = Score.objects.visible_to(user).filter(scope.of("role"), rankable=True, role__rubric_version__isnull=False)
    place = Cast(F("score") - F(f"{version}__lowest"), FloatField()) / (
        F(f"{version}__highest") - F(f"{version}__lowest")
    )
    found: float | None = scores.aggregate(spread=StdDev(place, sample=True))["spread"]
    return found or None


def spreads_of_dimensions(user: User, scope: Scope, version: RubricVersion) -> dict[str, float | None]:
    """The same by dimension's key, for a scope with one range of levels; one query."""
    scores = Score.objects.visible_to(user).filter(scope.of("role"), rankable=True)
    found: dict[str, list[float]] = defaultdict(list)
    for dimensions in scores.values_list("dimensions", flat=True):
        for item in dimensions:
            if item["score"] is not None:
                found[item["key"]].append(position(item["score"], version))
    return {key: spread(values) for key, values in found.items()}


def spread(values: Iterable[float]) -> float | None:
    """The sample's standard deviation; None where there is none."""
    known = np.array([value for value in values if not np.isnan(value)], dtype=float)
    found = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return found or None


def interviewers_means(user: User, scope: Scope, of_hires: Sequence[Hire]) -> dict[tuple[int, str], dict[int, float]]:
    """By interviewer (id, name) of somebody hired: application → the weighted mean of their own levels; one query."""
    cards = Scorecard.objects.visible_to(user).counting()
    met = Scorecard.objects.filter(interview__application__in=[one.application for one in of_hires])
    rows = (
        Rating.objects.filter(
            scope.of(f"{APPLICATION}__role"),
            level__isnull=False,
            scorecard__in=cards,
            scorecard__interviewer__in=met.values("interviewer"),
        )
        .values(
            "scorecard__interviewer", "scorecard__interviewer__name", APPLICATION,
            "dimension__version__lowest", "dimension__version__highest",
        )
        .annotate(total=Sum(F("level") * F("dimension__weight")), weight=Sum("dimension__weight"))
        .order_by("scorecard__interviewer__name", "scorecard__interviewer", APPLICATION)
    )  # fmt: skip
    found: dict[tuple[int, str], dict[int, float]] = defaultdict(dict)
    for row in rows:
        if row["weight"]:
            who = row["scorecard__interviewer"], row["scorecard__interviewer__name"]
            found[who][row[APPLICATION]] = _mean_position(row)
    return found


def _mean_position(row: dict[str, Any]) -> float:
    lowest, highest = float(row["dimension__version__lowest"]), float(row["dimension__version__highest"])
    return (float(row["total"] / row["weight"]) - lowest) / (highest - lowest)


def questions_heard(user: User, scope: Scope) -> dict[str, dict[int, float]]:
    """By a question's prompt: application → strong less weak signals, of the interviewers who put it; five queries."""
    cards = Scorecard.objects.visible_to(user).counting().filter(scope.of("interview__application__role"))
    of_pool = cards.filter(interview__kit__version__pool_key=scope.pool_key)
    rows = list(of_pool.order_by("pk").values_list("pk", "interview__application"))
    questions = load_questions([card for card, _ in rows], scope.pool_key)
    found: dict[str, dict[int, float]] = {}
    for prompt, items in zip(questions.prompts, questions.items.T, strict=True):
        heard: dict[int, list[float]] = defaultdict(list)
        for (_, application), value in zip(rows, items, strict=True):
            if not np.isnan(value):
                heard[application].append(float(value))
        found[prompt] = {application: sum(values) / len(values) for application, values in heard.items()}
    return found
