"""Calibration samples and what people gave them."""

from collections.abc import Sequence

from candidates.models import SampleRating
from rubrics.models import CalibrationSample, RubricVersion, SampleReference
from screening.accounts.models import User
from tests.factories.candidates import NOW
from tests.factories.rubrics import draft_version, publish


def sampled_version(references: Sequence[int] = (2, 4), **fields: object) -> RubricVersion:
    """A published version with samples of its first question, one for each reference level."""
    version = draft_version(**fields)  # type: ignore[arg-type]  # passed through
    add_samples(version, references)
    return publish(version)


def add_samples(version: RubricVersion, references: Sequence[int]) -> list[CalibrationSample]:
    question = version.questions.get(key="q0")
    made = []
    for number, level in enumerate(references):
        sample = CalibrationSample.objects.create(
            question=question, key=f"sample-{number}", title=f"Sample {number}", answer=f"We watched it, {number}."
        )
        for dimension in question.dimensions.all():
            SampleReference.objects.create(sample=sample, dimension=dimension, level=level, why=f"It shows {level}.")
        made.append(sample)
    return made


def samples_of(version: RubricVersion) -> list[CalibrationSample]:
    return list(CalibrationSample.objects.filter(question__version=version).order_by("pk"))


def rated(sample: CalibrationSample, by: User, level: int) -> None:
    """The same level on every dimension the question informs."""
    SampleRating.objects.bulk_create(
        SampleRating(sample=sample, dimension=dimension, rater=by, level=level, rated_at=NOW)
        for dimension in sample.question.dimensions.all()
    )
