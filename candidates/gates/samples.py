from collections.abc import Mapping

from rubrics.gates.base import Missing
from rubrics.models import CalibrationSample


def missing_to_rate(sample: CalibrationSample, levels: Mapping[int, int | None]) -> list[Missing]:
    """A level on every dimension that the question informs; a sample is written, so none is “not assessed”."""
    version = sample.question.version
    return [
        Missing(f"level:{dimension.key}", f"{dimension.name}: choose a level.")
        for dimension in sample.question.dimensions.order_by("position")
        if levels.get(dimension.pk) not in version.level_values
    ]
