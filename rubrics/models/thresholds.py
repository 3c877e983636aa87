"""After how long something of a role needs somebody's attention."""

from functools import reduce
from operator import and_
from typing import ClassVar

from django.db import models
from django.db.models import Q


class Thresholds(models.Model):
    """What a role allows, in days or hours; 0 is as long as it takes. A stage may have days of its own.

    `scorecard_hours` is also what a scorecard's `due_at` comes from, so it is never 0.
    """

    MOST: ClassVar[dict[str, int]] = {
        "stage_days": 365,
        "consent_days": 365,
        "panel_days": 365,
        "scorecard_hours": 336,
        "marking_hours": 336,
        "unopened_days": 90,
        "unevaluated_days": 90,
        "review_days": 90,
    }

    stage_days = models.PositiveSmallIntegerField(default=14)
    consent_days = models.PositiveSmallIntegerField(default=1)
    panel_days = models.PositiveSmallIntegerField(default=3)
    scorecard_hours = models.PositiveSmallIntegerField(default=24)
    marking_hours = models.PositiveSmallIntegerField(default=24)
    unopened_days = models.PositiveSmallIntegerField(default=3)
    unevaluated_days = models.PositiveSmallIntegerField(default=5)
    review_days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        abstract = True


def within_reason() -> models.CheckConstraint:
    limits = [Q(**{f"{name}__lte": most}) for name, most in Thresholds.MOST.items()]
    return models.CheckConstraint(
        condition=reduce(and_, limits) & Q(scorecard_hours__gte=1),
        name="role_thresholds_within_reason",
        violation_error_message="A threshold is out of range.",
    )
