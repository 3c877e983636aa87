import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rubrics.queries.diffs import changes, compare_words
from rubrics.queries.shipped import shipped_rubric
from rubrics.spec import KitSpec, LevelSpec, ReferenceSpec, RubricSpec
from tests.rubrics.test_spec import rubric_specs

AI = shipped_rubric("senior-ai-engineer")


def alter(spec: RubricSpec, field: str, **changed: Any) -> RubricSpec:
    """The rubric with its first dimension, question, kit or sample changed."""
    first, *rest = getattr(spec, field)
    whole: dict[str, Any] = {field: (dataclasses.replace(first, **changed), *rest)}
    return dataclasses.replace(spec, **whole)


def told(new: RubricSpec, old: RubricSpec = AI) -> list[tuple[str, str, str]]:
    return [(change.what, change.before, change.after) for change in changes(old, new)]


NAMES = [dimension.name for dimension in AI.dimensions]
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
            [("Dimensions: their order", "\n".join(NAMES), "\n".join((NAMES[1], NAMES[0], *NAMES[2:])))],
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


words = st.lists(st.sampled_from(["alert", "limit", " ", "\n", ".", "0.5", "17", "مرحبا", "—"]), max_size=30).map(
    "".join
)


@given(before=words, after=words)
def test_both_sides_put_together_give_the_texts_back(before: str, after: str) -> None:
    left, right = compare_words(before, after)
    assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (before, after)
    same = [[piece.text for piece in side if not piece.changed] for side in (left, right)]
    assert "".join(same[0]) == "".join(same[1])
    assert (before == after) == (not any(piece.changed for piece in [*left, *right]))


def test_numbers_and_words_are_marked_whole_and_very_long_texts_altogether() -> None:
    left, right = compare_words("weighs 0.5 now", "weighs 0.75 now")
    assert ([p.text for p in left if p.changed], [p.text for p in right if p.changed]) == (["0.5"], ["0.75"])
    long = "word " * 2000
    left, right = compare_words(long, long + "more")
    assert (len(left), len(right)) == (1, 1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(spec=rubric_specs(), data=st.data())
def test_one_anchor_changed_in_any_rubric_is_one_change(spec: RubricSpec, data: st.DataObject) -> None:
    assert changes(spec, spec) == []
    places = [(i, j) for i, one in enumerate(spec.dimensions) for j in range(len(one.levels))]
    assume(places)
    i, j = data.draw(st.sampled_from(places))
    level = spec.dimensions[i].levels[j]
    levels = list(spec.dimensions[i].levels)
    levels[j] = dataclasses.replace(level, anchor=level.anchor + "!")
    dimensions = list(spec.dimensions)
    dimensions[i] = dataclasses.replace(dimensions[i], levels=tuple(levels))
    [change] = changes(spec, dataclasses.replace(spec, dimensions=tuple(dimensions)))
    assert change.what == f"{dimensions[i].name}, level {level.value}: anchor"
    assert (change.before, change.after) == (level.anchor or "nothing", level.anchor + "!")
