from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from candidates.models import SampleRating
    from rubrics.models import CalibrationSample
    from screening.accounts.models import User

TEXT = ("sample__key", "sample__answer", "sample__question__key", "sample__question__version__pool_key")
"""Versions carry copies of a sample: it is the same one where these agree."""


class SampleRatingQuerySet(models.QuerySet["SampleRating"]):
    def visible_to(self, user: User) -> SampleRatingQuerySet:
        """One's own; another's once one has scored the same sample oneself. Nothing for a client."""
        if user.is_client_reviewer:
            return self.none()
        mine = self.model.objects.filter(rater=user, **{name: OuterRef(name) for name in TEXT})
        return self.filter(Q(rater=user) | Exists(mine))

    def of_same_text(self, sample: CalibrationSample) -> SampleRatingQuerySet:
        """Ratings of a sample and of its copies in versions that mean the same."""
        return self.filter(
            sample__key=sample.key,
            sample__answer=sample.answer,
            sample__question__key=sample.question.key,
            sample__question__version__pool_key=sample.question.version.pool_key,
        )
