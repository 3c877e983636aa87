from collections.abc import Sequence

from rubrics.gates.base import Missing
from rubrics.models import Dimension, RubricVersion

FEWEST_DIMENSIONS = 2


def missing_to_publish(version: RubricVersion) -> list[Missing]:
    """What keeps a draft from being published; nobody may override this."""
    dimensions = list(version.dimensions.prefetch_related("levels", "questions"))
    missing = []
    if len(dimensions) < FEWEST_DIMENSIONS:
        missing.append(Missing("dimensions", "A rubric needs at least two dimensions. Add what is missing."))
    for dimension in dimensions:
        missing += _missing_on(dimension, version.level_values)
    if not version.weights_reason.strip() and not _weights_are_equal(dimensions):
        missing.append(Missing("weights_reason", "The weights differ. Write down why."))
    if version.equivalent_to and not only_wording_differs(version, version.equivalent_to):
        missing.append(
            Missing(
                "equivalent",
                f"This draft is declared equal in all but wording to version {version.equivalent_to.number}, but its "
                "dimensions or its levels are others. Take that back, or restore them.",
            )
        )
    return missing


def _missing_on(dimension: Dimension, level_values: range) -> list[Missing]:
    key, name = dimension.key, dimension.name
    missing = []
    if dimension.weight <= 0:
        missing.append(Missing(f"weight:{key}", f"{name}: give it a weight above zero."))
    anchored = {level.value for level in dimension.levels.all() if level.anchor.strip()}
    missing += [
        Missing(f"anchor:{key}:{value}", f"{name}, level {value}: describe what one would have to see.")
        for value in level_values
        if value not in anchored
    ]
    if not any(question.prompt.strip() for question in dimension.questions.all()):
        missing.append(Missing(f"question:{key}", f"{name}: add at least one question that informs it."))
    return missing


def _weights_are_equal(dimensions: Sequence[Dimension]) -> bool:
    return len({dimension.weight for dimension in dimensions}) <= 1


def only_wording_differs(version: RubricVersion, other: RubricVersion) -> bool:
    """The same range of levels and the same dimensions by key: their ratings may be computed together."""
    return (
        version.rubric_id == other.rubric_id
        and version.level_values == other.level_values
        and set(version.dimensions.values_list("key", flat=True)) == set(other.dimensions.values_list("key", flat=True))
    )
