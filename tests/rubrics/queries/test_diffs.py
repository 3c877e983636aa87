import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from rubrics.queries.diffs import changes
from rubrics.queries.shipped import shipped_rubric
from rubrics.spec import KitSpec, LevelSpec, ReferenceSpec, RubricSpec

AI = shipped_rubric("senior-ai-engineer")


def alter(spec: RubricSpec, field: str, **changed: Any) -> RubricSpec:
    """The rubric with its first dimension, question, kit or sample changed."""
    first, *rest = getattr(spec, field)
    whole: dict[str, Any] = {field: (dataclasses.replace(first, **changed), *rest)}
    return dataclasses.replace(spec, **whole)


def told(new: RubricSpec, old: RubricSpec = AI) -> list[tuple[str, str, str]]:
    return [(change.what, change.before, change.after) for change in changes(old, new)]


OWNERSHIP, QUESTION, KIT, SAMPLE = AI.dimensions[0], AI.questions[0], AI.kits[0], AI.samples[0]


def judged(key: str) -> str:
    return f"{SAMPLE.reference[key].level} ({SAMPLE.reference[key].why})"


SOME = "Question “Tell me about a production AI system you owned, and what happened when it began to perform worse than expected.”"


def test_the_same_rubric_has_no_changes() -> None:
    assert told(AI) == []


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (dataclasses.replace(AI, title="Staff"), [("Title", "Senior AI Engineer", "Staff")]),
        (dataclasses.replace(AI, evidence_from=None), [("Evidence is needed from level", "4", "nothing")]),
        (alter(AI, "dimensions", floor=None), [("Production ownership: floor", "3", "nothing")]),
        (alter(AI, "dimensions", weight=Decimal(10)), [("Production ownership: weight", "1", "10")]),
        (
            alter(AI, "dimensions", levels=(LevelSpec(1, "no evidence", "Other."), *OWNERSHIP.levels[1:])),
            [("Production ownership, level 1: anchor", OWNERSHIP.levels[0].anchor, "Other.")],
        ),
        (
            alter(AI, "dimensions", levels=OWNERSHIP.levels[1:]),
            [("Production ownership, level 1: removed", OWNERSHIP.levels[0].anchor, "")],
        ),
        (
            dataclasses.replace(AI, dimensions=(AI.dimensions[1], AI.dimensions[0], *AI.dimensions[2:])),
            [("Dimensions: their order", "", "")],
        ),
        (dataclasses.replace(AI, dimensions=AI.dimensions[1:]), [("Dimension removed: Production ownership", "", "")]),
        (
            alter(AI, "questions", probes=(*QUESTION.probes[1:], "And then?")),
            [(f"{SOME}: probe removed", QUESTION.probes[0], ""), (f"{SOME}: probe added", "", "And then?")],
        ),
        (
            alter(AI, "questions", signals=QUESTION.signals[1:]),
            [(f"{SOME}: signal removed", f"{QUESTION.signals[0].text} (strong, production-ownership)", "")],
        ),
        (alter(AI, "questions", minutes=5), [(f"{SOME}: minutes", "25", "5")]),
        (
            dataclasses.replace(AI, kits=(*AI.kits, KitSpec("short", "Short", ("monitoring",)))),
            [("Kit added: Short", "", "")],
        ),
        (
            alter(AI, "kits", questions=("relied-on",)),
            [("Kit “Phone screen”: questions", "relied-on, explain-limits, raised-somebody", "relied-on")],
        ),
        (
            alter(AI, "samples", reference={"observability": ReferenceSpec(1, "Nothing is watched.")}),
            [
                (
                    f"Sample “{SAMPLE.title}”: reference on observability",
                    judged("observability"),
                    "1 (Nothing is watched.)",
                ),
                (
                    f"Sample “{SAMPLE.title}”: reference on production-ownership",
                    judged("production-ownership"),
                    "nothing",
                ),
            ],
        ),
    ],
    ids=lambda value: value[0][0][:40] if isinstance(value, list) else "",
)
def test_each_change_is_told_once_in_words(new: RubricSpec, expected: list[tuple[str, str, str]]) -> None:
    assert told(new) == expected


def test_a_level_that_was_missing_is_added() -> None:
    without = alter(AI, "dimensions", levels=OWNERSHIP.levels[1:])
    assert told(AI, without) == [("Production ownership, level 1: added", "", OWNERSHIP.levels[0].anchor)]
