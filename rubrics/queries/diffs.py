"""What changed from one version of a rubric to the next, in words."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, TypeVar

from rubrics.spec import DimensionSpec, KitSpec, LevelSpec, QuestionSpec, ReferenceSpec, RubricSpec, SampleSpec

T = TypeVar("T")
WORDS = re.compile(r"\s+|\d+(?:\.\d+)?|\w+|[^\w\s]")
MOST_WORDS = 3000
"""Comparing takes the square of it."""


@dataclass(frozen=True)
class Piece:
    text: str
    changed: bool


def compare_words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Each text in pieces that put together give it back; very long ones are not taken apart."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return _whole(before), _whole(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i < j:
            left.append(Piece("".join(old[i:j]), what != "equal"))
        if k < m:
            right.append(Piece("".join(new[k:m]), what != "equal"))
    return left, right


def _whole(text: str) -> list[Piece]:
    return [Piece(text, changed=True)] if text else []


@dataclass(frozen=True)
class Change:
    """`before` and `after` are empty when what happened needs no texts, as when something was added."""

    what: str
    before: str = ""
    after: str = ""

    @property
    def is_bare(self) -> bool:
        return not self.before and not self.after

    @property
    def sides(self) -> tuple[list[Piece], list[Piece]]:
        """Both texts in pieces, the words that differ marked."""
        return compare_words(self.before, self.after)


def changes(old: RubricSpec, new: RubricSpec) -> list[Change]:
    return [
        *_fields(
            "",
            old,
            new,
            {
                "title": "Title",
                "summary": "Summary",
                "lowest": "Lowest level",
                "highest": "Highest level",
                "evidence_from": "Evidence is needed from level",
                "weights_reason": "Why the weights differ",
            },
        ),
        *_items("Dimension", old.dimensions, new.dimensions, _dimension, lambda item: item.name),
        *_items("Question", old.questions, new.questions, _question, lambda item: item.prompt),
        *_items("Kit", old.kits, new.kits, _kit, lambda item: item.name),
        *_items("Sample", old.samples, new.samples, _sample, lambda item: item.title),
    ]


def _dimension(old: DimensionSpec, new: DimensionSpec) -> Iterator[Change]:
    words = {
        "name": "name",
        "description": "description",
        "strong": "what a strong answer shows",
        "weak": "what a weak one shows",
        "weight": "weight",
        "floor": "floor",
    }
    yield from _fields(new.name, old, new, words)
    before, after = _by_value(old.levels), _by_value(new.levels)
    for value in sorted({*before, *after}):
        yield from _level(f"{new.name}, level {value}", before.get(value), after.get(value))


def _by_value(levels: Iterable[LevelSpec]) -> dict[int, LevelSpec]:
    return {level.value: level for level in levels}


def _level(where: str, old: LevelSpec | None, new: LevelSpec | None) -> Iterator[Change]:
    if old and new:
        yield from _fields(where, old, new, {"name": "name", "anchor": "anchor"})
    elif new:
        yield Change(f"{where}: added", after=new.anchor)
    elif old:
        yield Change(f"{where}: removed", before=old.anchor)


def _question(old: QuestionSpec, new: QuestionSpec) -> Iterator[Change]:
    where = f"Question “{new.prompt}”"
    words = {"prompt": "wording", "minutes": "minutes", "dimensions": "dimensions", "core": "is a core question"}
    yield from _fields(where, old, new, words)
    yield from _lists(f"{where}: probe", old.probes, new.probes)
    yield from _lists(
        f"{where}: signal",
        [f"{signal.text} ({signal.kind}, {signal.dimension})" for signal in old.signals],
        [f"{signal.text} ({signal.kind}, {signal.dimension})" for signal in new.signals],
    )


def _kit(old: KitSpec, new: KitSpec) -> Iterator[Change]:
    yield from _fields(f"Kit “{new.name}”", old, new, {"name": "name", "questions": "questions"})


def _sample(old: SampleSpec, new: SampleSpec) -> Iterator[Change]:
    where = f"Sample “{new.title}”"
    yield from _fields(where, old, new, {"title": "title", "question": "question", "answer": "answer"})
    for key in sorted({*old.reference, *new.reference}):
        before, after = old.reference.get(key), new.reference.get(key)
        if before != after:
            yield Change(f"{where}: reference on {key}", _text(before), _text(after))


def _fields(where: str, old: object, new: object, words: dict[str, str]) -> Iterator[Change]:
    for name in [field.name for field in fields(old) if field.name in words]:  # type: ignore[arg-type]  # specs only
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            what = f"{where}: {words[name]}" if where else words[name]
            yield Change(what, _text(before), _text(after))


def _lists(where: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    yield from (Change(f"{where} removed", before=text) for text in old if text not in new)
    yield from (Change(f"{where} added", after=text) for text in new if text not in old)


def _items(
    noun: str, old: Sequence[T], new: Sequence[T], compare: Callable[[T, T], Iterable[Change]], name: Callable[[T], str]
) -> Iterator[Change]:
    """Items are the same when their keys are; samples belong to a question besides."""
    before = {_identity(item): item for item in old}
    after = {_identity(item): item for item in new}
    yield from (Change(f"{noun} removed: {name(item)}") for key, item in before.items() if key not in after)
    for key, item in after.items():
        if key not in before:
            yield Change(f"{noun} added: {name(item)}")
        else:
            yield from compare(before[key], item)
    stayed = [key for key in before if key in after], [key for key in after if key in before]
    if stayed[0] != stayed[1]:
        orders = ["\n".join(name(after[key]) for key in keys) for keys in stayed]
        yield Change(f"{noun}s: their order", *orders)


def _identity(item: Any) -> tuple[str, str]:
    return (item.question if isinstance(item, SampleSpec) else "", item.key)


def _text(value: object) -> str:
    """Nothing, a text, a number, a list of keys, or a reference level with why, as people write them."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return ", ".join(value) or "nothing"
    if isinstance(value, ReferenceSpec):
        return f"{value.level} ({value.why})" if value.why else str(value.level)
    return str(value)
