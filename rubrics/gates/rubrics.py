from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from rubrics.gates.base import Missing
from rubrics.models import Dimension, RubricVersion

FEWEST_DIMENSIONS = 2


def missing_to_publish(version: RubricVersion) -> list[Missing]:
    """What keeps a draft from being published; nobody may override this."""
    worded = version.questions.filter(prompt__regex=r"\S", dimensions=OuterRef("pk"))
    dimensions = version.dimensions.annotate(is_asked_about=Exists(worded)).prefetch_related("levels")
    missing = []
    if len(dimensions) < FEWEST_DIMENSIONS:
        missing.append(Missing("dimensions", "A rubric needs at least two dimensions. Add what is missing."))
    for dimension in dimensions:
        missing += _missing_on(dimension, version.level_values)
        if not dimension.is_asked_about:
            text = f"{dimension.name}: add at least one question that informs it."
            missing.append(Missing(f"question:{dimension.key}", text))
    if not version.weights_reason.strip() and not _weights_are_equal(dimensions):
        missing.append(Missing("weights_reason", "The weights differ. Write down why."))
    return missing + _missing_for_equality(version)


def _missing_for_equality(version: RubricVersion) -> list[Missing]:
    other = version.equivalent_to
    if other is None or only_wording_differs(version, other):
        return []
    text = (
        f"This draft is declared equal in all but wording to version {other.number}, but its dimensions or its "
        "levels are others. Take that back, or restore them."
    )
    return [Missing("equivalent", text)]


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
    return missing


def _weights_are_equal(dimensions: Iterable[Dimension]) -> bool:
    return len({dimension.weight for dimension in dimensions}) <= 1


def only_wording_differs(version: RubricVersion, other: RubricVersion) -> bool:
    """The same range of levels and the same dimensions by key: their ratings may be computed together."""
    if version.rubric_id != other.rubric_id or version.level_values != other.level_values:
        return False
    keys: dict[int, set[str]] = {version.pk: set(), other.pk: set()}
    for of_version, key in Dimension.objects.filter(version__in=keys).values_list("version_id", "key"):
        keys[of_version].add(key)
    return keys[version.pk] == keys[other.pk]
