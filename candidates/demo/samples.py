"""What the interviewers of the demo gave the calibration samples: the reference, their own leniency, and error."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from candidates.demo.crowd import CHUNK
from candidates.demo.truth import Truth
from candidates.models import SampleRating
from rubrics.enums import VersionStatus
from rubrics.models import SampleReference
from screening.accounts.models import User

SCORED = (5, 9, 9, 7, 9, 2, 9, 0)
"""How many of the nine samples the first interviewers have scored, and so on round; some are left to try."""
ERROR_SD = 0.4


def write_sample_ratings(*, raters: Sequence[User], truth: Truth, seed: int, now: datetime) -> None:
    rng = np.random.default_rng([seed, 7])
    references: dict[int, list[SampleReference]] = {}
    scored = SampleReference.objects.filter(sample__question__version__status=VersionStatus.PUBLISHED)
    for reference in scored.select_related("sample__question__version").order_by("sample", "pk"):
        references.setdefault(reference.sample_id, []).append(reference)
    SampleRating.objects.bulk_create(
        [
            rating
            for place, rater in enumerate(raters)
            for sample in rng.permutation(list(references))[: SCORED[place % len(SCORED)]]
            for rating in _ratings(rater, references[int(sample)], float(truth.leniency[place]), rng, now)
        ],
        batch_size=CHUNK,
    )


def _ratings(
    rater: User, references: Sequence[SampleReference], leniency: float, rng: np.random.Generator, now: datetime
) -> Iterator[SampleRating]:
    at = now - timedelta(days=float(rng.integers(3, 40)), minutes=float(rng.integers(0, 600)))
    for reference in references:
        version = reference.sample.question.version
        given = reference.level + leniency + rng.normal(0, ERROR_SD)
        yield SampleRating(
            sample_id=reference.sample_id,
            dimension_id=reference.dimension_id,
            rater=rater,
            level=int(np.clip(np.rint(given), version.lowest, version.highest)),
            rated_at=at,
        )
