import dataclasses
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubrics.spec import (
    PROBLEM_LIMIT,
    SIZE_LIMIT,
    DimensionSpec,
    KitSpec,
    LevelSpec,
    Problem,
    QuestionSpec,
    ReferenceSpec,
    RubricError,
    RubricSpec,
    SampleSpec,
    SignalSpec,
    read,
    write,
)

SMALL = """\
slug: night-porter
title: Night porter
summary: Keeps a hotel calm from eleven to seven.
lowest: 1
highest: 3
evidence_from: 3
weights_reason: Courtesy can be taught.
dimensions:
  - key: calm
    name: Calm
    description: Stays calm.
    strong: Calms others.
    weak: Shouts.
    weight: 1
    floor: 2
    levels:
      - {value: 1, name: low, anchor: Shouted at a guest.}
      - {value: 2, name: middle, anchor: Kept quiet.}
      - {value: 3, name: high, anchor: Calmed a guest who shouted.}
  - key: courtesy
    name: Courtesy
    weight: 0.5
    levels:
      - {value: 1, name: low, anchor: Did not greet.}
questions:
  - key: worst-night
    prompt: Tell me about your worst night.
    minutes: 10
    dimensions: [calm]
    probes:
      - What did you do first?
    signals:
      - {dimension: calm, kind: strong, text: Says what they did first}
kits:
  - key: only
    name: Only interview
    questions: [worst-night]
samples:
  - key: loud
    question: worst-night
    title: A loud night
    answer: I shouted.
    reference: {calm: 1}
"""


def problems(text: str | bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(RubricError) as caught:
        read(text)
    return [(problem.line, problem.field, problem.text) for problem in caught.value.problems]


def only_problem(text: str | bytes) -> tuple[int, str, str]:
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_reads_every_field() -> None:
    spec = read(SMALL)
    assert (spec.slug, spec.title, spec.summary) == (
        "night-porter",
        "Night porter",
        "Keeps a hotel calm from eleven to seven.",
    )
    assert (spec.lowest, spec.highest, spec.evidence_from) == (1, 3, 3)
    assert spec.weights_reason == "Courtesy can be taught."
    assert spec.dimensions == (
        DimensionSpec(
            key="calm",
            name="Calm",
            description="Stays calm.",
            strong="Calms others.",
            weak="Shouts.",
            weight=Decimal(1),
            floor=2,
            levels=(
                LevelSpec(1, "low", "Shouted at a guest."),
                LevelSpec(2, "middle", "Kept quiet."),
                LevelSpec(3, "high", "Calmed a guest who shouted."),
            ),
        ),
        DimensionSpec(
            "courtesy", "Courtesy", "", "", "", Decimal("0.5"), None, (LevelSpec(1, "low", "Did not greet."),)
        ),
    )
    assert spec.questions == (
        QuestionSpec(
            key="worst-night",
            prompt="Tell me about your worst night.",
            minutes=10,
            dimensions=("calm",),
            probes=("What did you do first?",),
            signals=(SignalSpec("calm", "strong", "Says what they did first"),),
        ),
    )
    assert spec.kits == (KitSpec("only", "Only interview", ("worst-night",)),)
    assert spec.samples == (
        SampleSpec("loud", "worst-night", "A loud night", "I shouted.", {"calm": ReferenceSpec(1)}),
    )


def test_reads_a_bare_draft() -> None:
    spec = read("slug: a\ntitle: B\nlowest: 0\nhighest: 3\nsummary:\n")
    assert spec == RubricSpec("a", "B", "", 0, 3, None, "", (), (), (), ())


def test_a_draft_may_lack_what_publishing_needs() -> None:
    text = changed("weight: 1\n", "weight: 0\n").replace("anchor: Kept quiet.", "anchor: ''")
    spec = read(text.replace("prompt: Tell me about your worst night.", "prompt:"))
    assert spec.dimensions[0].weight == 0
    assert spec.dimensions[0].levels[1].anchor == ""
    assert spec.questions[0].prompt == ""


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("title: Night porter", "title:", "title", "is missing; write it"),
        ("title: Night porter", "title: '  '", "title", "is empty; write it"),
        ("title: Night porter", "title: [a, b]", "title", "must be text"),
        ("title: Night porter", "title: no", "title", "takes this for yes or no; put it in quotes"),
        ("title: Night porter", "title: 2026-01-02", "title", "takes this for a date; put it in quotes"),
        ("title: Night porter", "title: 7", "title", "takes this for a number; put it in quotes"),
        (
            "title: Night porter",
            "title: !!python/name:os.system x",
            "title",
            "takes this for something other than text",
        ),
        ("title: Night porter", "title: " + "x" * 201, "title", "is 201 characters long; shorten it to 200"),
        ("title: Night porter", 'title: "a\\0b"', "title", "cannot be stored"),
        ("slug: night-porter", "slug: Night Porter", "slug", "may hold only a–z"),
        ("lowest: 1", "lowest: one", "lowest", "must be a whole number from -100 to 100"),
        ("highest: 3\n", "highest: 1\n", "highest", "must be a whole number from 2 to 100"),
        ("evidence_from: 3", "evidence_from: 4", "evidence_from", "must be a whole number from 1 to 3"),
        ("title: Night porter", "titel: Night porter", "titel", "Did you mean “title”?"),
        ("    minutes: 10", "    minutes: 10\n    core: 3", "questions.worst-night.core", "must be yes or no"),
        ("    minutes: 10", "    minuts: 10", "questions.worst-night.minuts", "Did you mean “minutes”?"),
        ("    floor: 2", "    colour: red", "dimensions.calm.colour", "Known here: key, name, description"),
        ("    floor: 2", "    name: Again", "dimensions.calm.name", "appears twice"),
        ("    floor: 2", "    ? [a]\n    : b", "dimensions.calm", "without a simple name"),
        ("    floor: 2", "    floor: 9", "dimensions.calm.floor", "must be a whole number from 1 to 3"),
        ("weight: 0.5", "weight: -1", "dimensions.courtesy.weight", "must be a number from 0 to 999.999"),
        ("weight: 0.5", "weight: .nan", "dimensions.courtesy.weight", "must be a number from 0 to 999.999"),
        ("weight: 0.5", "weight: 0.1234", "dimensions.courtesy.weight", "at most three decimals"),
        ("    weight: 0.5", "    weight:", "dimensions.courtesy.weight", "is missing; write a number"),
        ("key: courtesy", "key: calm", "dimensions.calm", "this key is used twice"),
        ("{value: 2,", "{value: 3,", "dimensions.calm.levels.3", "this value is used twice"),
        ("{value: 2,", "{value: 4,", "dimensions.calm.levels.4.value", "must be a whole number from 1 to 3"),
        (
            "dimensions: [calm]",
            "dimensions: [calm, clam]",
            "questions.worst-night.dimensions.#2",
            "Did you mean “calm”?",
        ),
        ("dimensions: [calm]", "dimensions: [calm, calm]", "questions.worst-night.dimensions.#2", "a second time"),
        ("dimensions: [calm]", "dimensions: [calm, [a]]", "questions.worst-night.dimensions.#2", "must be text"),
        (
            "{dimension: calm, kind",
            "{dimension: courtesy, kind",
            "questions.worst-night.signals.#1.dimension",
            "“courtesy” is not a dimension this question informs",
        ),
        (
            "kind: strong",
            "kind: strange",
            "questions.worst-night.signals.#1.kind",
            "“strange” is not strong or weak. Did you mean “strong”?",
        ),
        ("questions: [worst-night]", "questions: [best-night]", "kits.only.questions.#1", "is not a question of this"),
        ("questions: [worst-night]", "questions: worst-night", "kits.only.questions", "must be a list, each item"),
        ("reference: {calm: 1}", "reference: {courtesy: 1}", "samples.loud.reference.courtesy", "not a dimension the"),
        ("reference: {calm: 1}", "reference: {calm: 5}", "samples.loud.reference.calm", "whole number from 1 to 3"),
        ("{calm: 1}", "{calm: {level: 1, because: x}}", "samples.loud.reference.calm.because", "is not a field that"),
        ("{calm: 1}", "{calm: {why: Loud.}}", "samples.loud.reference.calm.level", "is missing"),
        ("reference: {calm: 1}", "reference: [calm]", "samples.loud.reference", "must be a list of fields"),
        (
            "    probes:\n      - What did you do first?",
            "    probes: [1]",
            "questions.worst-night.probes.#1",
            "in quotes",
        ),
    ],
)
def test_names_line_field_and_remedy(old: str, new: str, field: str, says: str) -> None:
    text = changed(old, new)
    expected_line = next(
        number
        for number, (before, after) in enumerate(zip(SMALL.splitlines(), text.splitlines(), strict=False), start=1)
        if before != after
    )
    found = problems(text)
    matching = [problem for problem in found if problem[1] == field and says in problem[2]]
    assert matching, found
    if "probes" not in field and "used twice" not in says:
        assert matching[0][0] == expected_line


def test_a_key_used_twice_is_shown_where_it_comes_again() -> None:
    text = changed("key: courtesy", "key: calm")
    assert only_problem(text) == (20, "dimensions.calm", "this key is used twice; change one.")


def test_samples_of_different_questions_may_share_a_key() -> None:
    second = "  - {key: best-night, prompt: And the best, minutes: 5}\nkits:"
    text = changed("kits:", second) + "  - {key: loud, question: best-night, title: Silence}\n"
    assert [sample.question for sample in read(text).samples] == ["worst-night", "best-night"]


def test_all_problems_come_at_once_in_order() -> None:
    text = changed("title: Night porter", "titel: Night porter").replace("floor: 2", "floor: 7")
    text = text.replace("kind: strong", "kind: loud")
    lines = [line for line, _, _ in problems(text)]
    assert lines == [1, 2, line_of(text, "floor: 7"), line_of(text, "kind: loud")]
    with pytest.raises(RubricError) as caught:
        read(text)
    shown = str(caught.value).splitlines()
    assert shown[1] == "Line 2, titel: is not a field that belongs here. Did you mean “title”?"


def test_an_item_without_a_name_is_counted() -> None:
    found = problems(changed("  - key: courtesy\n    name: Courtesy", "  - name: Courtesy"))
    assert (20, "dimensions.#2.key", "is missing; write it.") in found


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("", 1, "The file is empty"),
        ("- a\n", 1, "must be a list of fields"),
        ("just words", 1, "must be a list of fields"),
        ("title: a\n b: c\n", 2, "not readable YAML"),
        ("title: 'a\n", 2, "not readable YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not readable YAML"),
        ("a: &x [1]\nb: *x\n", 2, "references (*name) are not accepted"),
        ("a: &x\n  b: *x\n", 2, "references (*name) are not accepted"),
        ("a: 1\nb: \x07\n", 2, "a character YAML does not allow"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("a: " + "[" * 5000, 1, "nested deeper"),
        ("a: " + "x" * SIZE_LIMIT, 1, "larger than 400,000 characters"),
    ],
)
def test_refuses_what_is_no_rubric_file(source: str | bytes, line: int, says: str) -> None:
    found_line, field, text = only_problem(source)
    assert field == ""
    assert says in text
    assert found_line == line


def test_a_file_that_would_unfold_without_end_is_refused_at_once() -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    rows += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    line, _, text = only_problem("\n".join(rows))
    assert line == 2
    assert "references (*name) are not accepted" in text


def test_a_flood_of_problems_is_cut_off() -> None:
    flood = "".join(f"field{number}: 1\n" for number in range(20_000))
    assert len(problems(flood)) == PROBLEM_LIMIT


def test_python_objects_are_never_built() -> None:
    found = problems("!!python/object/apply:os.system ['true']")
    assert found[0][0] == 1


def test_bytes_with_a_byte_order_mark_are_read() -> None:
    assert read(b"\xef\xbb\xbf" + SMALL.encode()) == read(SMALL)


def test_written_text_is_for_people() -> None:
    long = "A sentence of moderate length that nobody wants to scroll sideways for. " * 4
    spec = dataclasses.replace(read(SMALL), summary=long.strip(), weights_reason="First.\nSecond, in العربية.")
    text = write(spec)
    assert "summary: >-\n" in text
    assert "weights_reason: |-\n  First.\n  Second, in العربية.\n" in text
    assert "    weight: 0.5\n" in text
    assert max(map(len, text.splitlines())) <= 120
    assert read(text) == spec


# Everything that PostgreSQL can hold, with a bias to what trips writers of YAML: breaks, blanks, marks, directions.
tricky = st.sampled_from(
    [
        "\n",
        "\r\n",
        "\t",
        " ",
        "  ",
        "\u2028",
        "\x85",
        "\ufeff",
        "\u200f",
        "שלום",
        "مرحبا",
        "👩🏽‍🔬",
        "#",
        ": ",
        "- ",
        "|",
        ">",
        "'",
        '"',
        "%",
        "@",
    ]
)
texts = st.one_of(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40),
    st.lists(st.one_of(tricky, st.text("ab é", max_size=12)), max_size=12).map("".join),
    st.lists(st.sampled_from(["word", "another", "12", "no"]), min_size=30, max_size=50).map(" ".join),
)
names = texts.map(lambda text: text[:60]).filter(lambda text: bool(text.strip()))
keys = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6})?", fullmatch=True)
T = TypeVar("T")


def few(items: st.SearchStrategy[T], most: int = 3) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(items, max_size=most).map(tuple)


def some_of(choices: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(choices), unique=True).map(tuple) if choices else st.just(())


@st.composite
def dimension_specs(draw: st.DrawFn, key: str, low: int, high: int) -> DimensionSpec:
    values = draw(st.lists(st.integers(low, high), unique=True, max_size=3))
    return DimensionSpec(
        key=key,
        name=draw(names),
        description=draw(texts),
        strong=draw(texts),
        weak=draw(texts),
        weight=draw(st.decimals(0, 999, places=3)),
        floor=draw(st.none() | st.integers(low, high)),
        levels=tuple(LevelSpec(value, draw(texts)[:60], draw(texts)) for value in values),
    )


@st.composite
def question_specs(draw: st.DrawFn, key: str, dimensions: tuple[str, ...]) -> QuestionSpec:
    informs = draw(some_of(dimensions))
    signal = st.builds(
        SignalSpec,
        dimension=st.sampled_from(informs or ("none",)),
        kind=st.sampled_from(("strong", "weak")),
        text=names,
    )
    return QuestionSpec(
        key=key,
        prompt=draw(texts),
        minutes=draw(st.integers(1, 90)),
        core=draw(st.booleans()),
        dimensions=informs,
        probes=draw(few(texts)),
        signals=draw(few(signal)) if informs else (),
    )


@st.composite
def sample_specs(draw: st.DrawFn, key: str, question: QuestionSpec, low: int, high: int) -> SampleSpec:
    rated = draw(some_of(question.dimensions))
    reference = {dimension: ReferenceSpec(draw(st.integers(low, high)), draw(texts)) for dimension in rated}
    return SampleSpec(key, question.key, draw(names), draw(texts), reference)


@st.composite
def rubric_specs(draw: st.DrawFn) -> RubricSpec:
    low = draw(st.integers(-3, 3))
    high = low + draw(st.integers(1, 5))
    unique_keys = st.lists(keys, unique=True, max_size=3).map(tuple)
    dimension_keys, question_keys, kit_keys = draw(unique_keys), draw(unique_keys), draw(unique_keys)
    questions = tuple(draw(question_specs(key, dimension_keys)) for key in question_keys)
    return RubricSpec(
        slug=draw(keys),
        title=draw(names),
        summary=draw(texts),
        lowest=low,
        highest=high,
        evidence_from=draw(st.none() | st.integers(low, high)),
        weights_reason=draw(texts),
        dimensions=tuple(draw(dimension_specs(key, low, high)) for key in dimension_keys),
        questions=questions,
        kits=tuple(KitSpec(key, draw(names), draw(some_of(question_keys))) for key in kit_keys),
        samples=tuple(draw(sample_specs(draw(keys), question, low, high)) for question in questions),
    )


@settings(deadline=None)
@given(rubric_specs())
def test_round_trip_loses_nothing(spec: RubricSpec) -> None:
    assert read(write(spec)) == spec


@settings(deadline=None)
@given(texts)
def test_any_text_comes_back_letter_for_letter(text: str) -> None:
    spec = dataclasses.replace(read(SMALL), summary=text)
    assert read(write(spec)).summary == text


@settings(deadline=None)
@given(
    st.integers(0, len(SMALL)), st.sampled_from(["", "\n", "  ", "- ", ": ", "[", "{", "*a", "'", "!!x ", "\t", "0"])
)
def test_a_damaged_file_is_read_or_refused_with_lines(position: int, insertion: str) -> None:
    text = SMALL[:position] + insertion + SMALL[position + 1 :]
    spec: RubricSpec | None = None
    found: tuple[Problem, ...] = ()
    try:
        spec = read(text)
    except RubricError as error:
        found = error.problems
    last = text.count("\n") + 1
    assert all(1 <= problem.line <= last and problem.text for problem in found)
    assert bool(found) == (spec is None)
    assert spec is None or read(write(spec)) == spec
