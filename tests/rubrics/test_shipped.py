from collections import Counter
from pathlib import Path

import pytest

from rubrics.spec import KitSpec, QuestionSpec, RubricSpec, read, write

SHIPPED = Path(__file__).resolve().parents[2] / "rubrics" / "shipped"
RUBRICS = {path.stem: read(path.read_bytes()) for path in sorted(SHIPPED.glob("*.yaml"))}
CORE = {
    "senior-ai-engineer": ("degraded-system", "architecture-decision", "monitoring"),
    "senior-data-scientist": ("changed-question", "withdrawn-conclusion", "relied-on-number"),
}
AI = RUBRICS["senior-ai-engineer"]


def questions_of(spec: RubricSpec, kit: KitSpec) -> list[QuestionSpec]:
    return [question for question in spec.questions if question.key in kit.questions]


def covered_by(spec: RubricSpec, kit: KitSpec) -> set[str]:
    return {dimension for question in questions_of(spec, kit) for dimension in question.dimensions}


def kit_of(spec: RubricSpec, key: str) -> KitSpec:
    return next(kit for kit in spec.kits if kit.key == key)


def test_two_rubrics_ship_under_their_own_names() -> None:
    assert {name: spec.slug for name, spec in RUBRICS.items()} == {name: name for name in CORE}


every_rubric = pytest.mark.parametrize("spec", RUBRICS.values(), ids=RUBRICS)


@every_rubric
def test_five_dimensions_on_one_scale_with_evidence_from_four(spec: RubricSpec) -> None:
    assert (spec.lowest, spec.highest, spec.evidence_from) == (1, 5, 4)
    names = ["no evidence", "generic", "working", "senior", "raises others"]
    assert len(spec.dimensions) == 5
    for dimension in spec.dimensions:
        assert [(level.value, level.name) for level in dimension.levels] == list(enumerate(names, start=1))
        assert all((dimension.description, dimension.strong, dimension.weak))


@every_rubric
def test_weights_and_floor(spec: RubricSpec) -> None:
    assert [float(dimension.weight) for dimension in spec.dimensions] == [1, 1, 1, 1, 0.5]
    assert spec.dimensions[-1].key == "mentoring"
    assert len(spec.weights_reason.split()) > 30
    floors = {dimension.key: dimension.floor for dimension in spec.dimensions if dimension.floor is not None}
    assert floors == {{"senior-ai-engineer": "production-ownership"}.get(spec.slug, "statistical-judgment"): 3}


@every_rubric
def test_every_anchor_is_its_own_and_says_something(spec: RubricSpec) -> None:
    anchors = [level.anchor for dimension in spec.dimensions for level in dimension.levels]
    assert len(set(anchors)) == 25
    assert all(15 <= len(anchor.split()) <= 60 and anchor.endswith(".") for anchor in anchors)


@every_rubric
def test_every_question_can_be_asked_and_listened_to(spec: RubricSpec) -> None:
    assert set(CORE[spec.slug]) <= {question.key for question in spec.questions}
    for question in spec.questions:
        assert 4 <= len(question.probes) <= 6
        heard = {(signal.dimension, signal.kind) for signal in question.signals}
        assert heard == {(dimension, kind) for dimension in question.dimensions for kind in ("strong", "weak")}
        kinds = [signal.kind for signal in question.signals]
        assert kinds == sorted(kinds), "strong signals come first, as the scorecard shows them"


@every_rubric
def test_every_dimension_is_informed_by_two_questions(spec: RubricSpec) -> None:
    informed = Counter(dimension for question in spec.questions for dimension in question.dimensions)
    assert set(informed) == {dimension.key for dimension in spec.dimensions}
    assert min(informed.values()) >= 2


@every_rubric
def test_every_question_is_asked_in_some_interview(spec: RubricSpec) -> None:
    assert {key for kit in spec.kits for key in kit.questions} == {question.key for question in spec.questions}


@every_rubric
def test_a_panel_of_three_covers_every_dimension_twice_at_the_declared_weights(spec: RubricSpec) -> None:
    panel = [covered_by(spec, kit) for kit in spec.kits[:3]]
    weights = {dimension.key: float(dimension.weight) for dimension in spec.dimensions}
    for key, weight in weights.items():
        assert sum(key in covered for covered in panel) >= 2
        shares = [weight / sum(weights[other] for other in covered) if key in covered else 0 for covered in panel]
        assert sum(shares) / len(panel) == pytest.approx(weight / sum(weights.values()), abs=0.05)


@every_rubric
def test_kits_fit_their_time(spec: RubricSpec) -> None:
    minutes = [sum(question.minutes for question in questions_of(spec, kit)) for kit in spec.kits]
    assert minutes == [30, 60, 60, 90]


@every_rubric
def test_the_full_interview_asks_the_core_questions_and_covers_everything(spec: RubricSpec) -> None:
    full = kit_of(spec, "full")
    assert covered_by(spec, full) == {dimension.key for dimension in spec.dimensions}
    assert set(CORE[spec.slug]) <= set(full.questions)


@every_rubric
def test_written_and_read_again_it_is_the_same(spec: RubricSpec) -> None:
    assert read(write(spec)) == spec


def test_the_two_share_neither_questions_nor_most_dimensions() -> None:
    other = RUBRICS["senior-data-scientist"]
    shared = {dimension.key for dimension in AI.dimensions} & {dimension.key for dimension in other.dimensions}
    assert shared == {"communication", "mentoring"}
    assert not set(CORE[AI.slug]) & {question.key for question in other.questions}


def test_each_core_question_has_a_weak_a_working_and_a_senior_sample() -> None:
    for key in CORE[AI.slug]:
        question = next(question for question in AI.questions if question.key == key)
        samples = [sample for sample in AI.samples if sample.question == key]
        assert [sample.key.rsplit("-")[-1] for sample in samples] == ["weak", "working", "senior"]
        for sample, level in zip(samples, (2, 3, 4), strict=True):
            assert {key: one.level for key, one in sample.reference.items()} == dict.fromkeys(
                question.dimensions, level
            )
            assert all(one.why.endswith(".") for one in sample.reference.values())
            assert 150 <= len(sample.answer.split()) <= 300
