"""Calibration samples scored like a real answer: once, without knowing what anybody else gave them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from candidates.gates.samples import missing_to_rate
from candidates.models import SampleRating
from rubrics.gates.base import pass_gate
from rubrics.models import CalibrationSample
from rubrics.permissions.samples import can_score_sample
from rubrics.services.pools import request_scoring
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User


@transaction.atomic
def rate_sample(
    *, sample: CalibrationSample, levels: Mapping[int, int | None], by: User, now: datetime
) -> list[SampleRating]:
    """Submit the levels by dimension; they never change, and the pool is scored again with them.

    Raises GateRefused with the dimensions still open, Conflict when this person has scored the sample before.
    """
    if not can_score_sample(by, sample):
        raise Refused("Only people inside score samples, and only those of a published version.")
    User.objects.select_for_update().get(pk=by.pk)
    if SampleRating.objects.of_same_text(sample).filter(rater=by).exists():
        raise Conflict("You have scored this sample already; what you gave stands.")
    pass_gate(missing_to_rate(sample, levels))
    informed = set(sample.question.dimensions.values_list("pk", flat=True))
    given = SampleRating.objects.bulk_create(
        SampleRating(sample=sample, dimension_id=pk, rater=by, level=level, rated_at=now)
        for pk, level in levels.items()
        if pk in informed and level is not None
    )
    request_scoring(pool_key=sample.question.version.pool_key)
    return given
