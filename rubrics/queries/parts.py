"""What is edited in place in a draft, part by part, as plain values: what an editor begins with and compares."""

from typing import Any

from rubrics import spec
from rubrics.enums import SignalKind
from rubrics.models import Dimension, Level, Question, RubricVersion
from rubrics.queries.rubrics import version_spec

Content = dict[str, Any]


def about_part(version: RubricVersion) -> Content:
    return {"title": version.rubric.title, "summary": version.summary}


def scale_part(version: RubricVersion) -> Content:
    """The range of levels, their names (empty where dimensions differ), and from where evidence is needed."""
    called: dict[int, set[str]] = {value: set() for value in version.level_values}
    for value, name in Level.objects.filter(dimension__version=version).values_list("value", "name"):
        called.get(value, set()).add(name)
    names = {str(value): found.pop() if len(found) == 1 else "" for value, found in called.items()}
    return {
        "lowest": version.lowest,
        "highest": version.highest,
        "evidence_from": version.evidence_from,
        "names": names,
    }


def dimension_part(dimension: Dimension) -> Content:
    return {name: getattr(dimension, name) for name in ("name", "description", "strong", "weak", "floor")}


def anchor_part(dimension: Dimension, value: int) -> Content:
    return {"anchor": dimension.levels.filter(value=value).values_list("anchor", flat=True).first() or ""}


def weights_part(version: RubricVersion) -> Content:
    weights = {key: f"{weight.normalize():f}" for key, weight in version.dimensions.values_list("key", "weight")}
    return {"weights": weights, "reason": version.weights_reason}


def question_part(question: Question) -> Content:
    return {
        "prompt": question.prompt,
        "minutes": question.minutes,
        "core": question.core,
        "probes": list(question.probes),
        "dimensions": sorted(question.dimensions.values_list("key", flat=True)),
    }


def signals_part(question: Question, dimension: Dimension) -> Content:
    signals = list(question.signals.filter(dimension=dimension).order_by("position", "pk"))
    return {str(kind): [signal.text for signal in signals if signal.kind == kind] for kind in SignalKind}


def whole_part(version: RubricVersion) -> Content:
    """All of a draft, for acts that need all of it read: publishing it, replacing it by a file."""
    return {"text": spec.write(version_spec(version)), "equivalent_to": version.equivalent_to_id}
