import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rubrics.gates.rubrics import missing_to_publish, only_wording_differs
from rubrics.services.rubrics import load_rubric
from rubrics.spec import QuestionSpec, RubricSpec, read
from tests.factories.rubrics import draft_version, publish, published_version

AI = read((Path(__file__).resolve().parents[3] / "rubrics" / "shipped" / "senior-ai-engineer.yaml").read_bytes())
KEYS = [dimension.key for dimension in AI.dimensions]

pytestmark = pytest.mark.django_db


def without_anchors(spec: RubricSpec, gone: set[tuple[str, int]], *, blank: bool) -> RubricSpec:
    """Take anchors away: emptied, or with their whole level."""
    dimensions = []
    for dimension in spec.dimensions:
        kept = [
            dataclasses.replace(level, anchor=" ") if (dimension.key, level.value) in gone else level
            for level in dimension.levels
            if blank or (dimension.key, level.value) not in gone
        ]
        dimensions.append(dataclasses.replace(dimension, levels=tuple(kept)))
    return dataclasses.replace(spec, dimensions=tuple(dimensions))


def about(question: QuestionSpec, keep: set[str]) -> QuestionSpec:
    return dataclasses.replace(
        question,
        dimensions=tuple(key for key in question.dimensions if key in keep),
        signals=tuple(signal for signal in question.signals if signal.dimension in keep),
    )


def weighted(spec: RubricSpec, weights: dict[str, Decimal]) -> RubricSpec:
    return dataclasses.replace(
        spec, dimensions=tuple(dataclasses.replace(d, weight=weights[d.key]) for d in spec.dimensions)
    )


cells = st.tuples(st.sampled_from(KEYS), st.integers(AI.lowest, AI.highest))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gone=st.sets(cells, max_size=6),
    blank=st.booleans(),
    asked=st.sets(st.sampled_from(KEYS)),
    weights=st.lists(st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]), min_size=5, max_size=5),
    reason=st.sampled_from(["", "  ", "Because."]),
)
def test_the_gate_names_exactly_what_is_missing(
    gone: set[tuple[str, int]], blank: bool, asked: set[str], weights: list[Decimal], reason: str
) -> None:
    by_key = dict(zip(KEYS, weights, strict=True))
    spec = weighted(without_anchors(AI, gone, blank=blank), by_key)
    questions = tuple(about(question, asked) for question in AI.questions)
    spec = dataclasses.replace(spec, questions=questions, samples=(), weights_reason=reason)
    expected = {f"anchor:{key}:{value}" for key, value in gone}
    expected |= {f"question:{key}" for key in KEYS if key not in asked}
    expected |= {f"weight:{key}" for key, weight in by_key.items() if weight == 0}
    if len(set(weights)) > 1 and not reason.strip():
        expected.add("weights_reason")
    missing = missing_to_publish(load_rubric(spec=spec, by=None))
    assert {item.code for item in missing} == expected
    assert len(missing) == len(expected)


@pytest.mark.parametrize(("count", "expected"), [(0, ["dimensions"]), (1, ["dimensions"]), (2, [])])
def test_a_rubric_needs_two_dimensions(count: int, expected: list[str]) -> None:
    keep = set(KEYS[:count])
    spec = dataclasses.replace(
        AI,
        dimensions=AI.dimensions[:count],
        questions=tuple(about(question, keep) for question in AI.questions),
        samples=(),
    )
    assert [item.code for item in missing_to_publish(load_rubric(spec=spec, by=None))] == expected


def test_a_question_without_words_is_none() -> None:
    questions = tuple(dataclasses.replace(question, prompt=" ") for question in AI.questions)
    missing = missing_to_publish(load_rubric(spec=dataclasses.replace(AI, questions=questions), by=None))
    assert {item.code for item in missing} == {f"question:{key}" for key in KEYS}
    assert missing[0].text.startswith("Production ownership: add at least one question")


def test_only_versions_of_one_rubric_with_the_same_levels_and_dimensions_differ_in_wording_only() -> None:
    first = published_version(dimensions=3)
    others = [
        publish(draft_version(rubric=first.rubric, number=2, dimensions=3)),
        publish(draft_version(rubric=first.rubric, number=3, dimensions=2)),
        publish(draft_version(rubric=first.rubric, number=4, dimensions=3, highest=4)),
        published_version(dimensions=3),
    ]
    assert [only_wording_differs(other, first) for other in others] == [True, False, False, False]
