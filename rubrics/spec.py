"""A rubric as plain frozen values, and the YAML file it is written to and read from.

Reading refuses what cannot be a rubric at all: unknown fields, references to nothing, levels out of range. A draft
may be incomplete (no anchor yet, a weight of zero, a missing level): what a version needs before it may be published
is the publish gate's to say.
"""

import dataclasses
import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import yaml

SIZE_LIMIT = 400_000
DEPTH_LIMIT = 8
PROBLEM_LIMIT = 200  # a list that long is of no use to its author, and comparing names costs time
KEY_LENGTH, SLUG_LENGTH, LEVEL_NAME_LENGTH, NAME_LENGTH, TITLE_LENGTH, SIGNAL_LENGTH = 60, 80, 60, 120, 200, 200
TEXT_LENGTH = 20_000
MINUTES_LIMIT = 480
LEVEL_LIMIT = 100

KEY_PATTERN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
WHOLE_PATTERN = re.compile(r"-?[0-9]{1,4}")
WEIGHT_PATTERN = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
TAG = "tag:yaml.org,2002:"
READ_AS = {"bool": "yes or no", "int": "a number", "float": "a number", "timestamp": "a date"}


@dataclass(frozen=True)
class LevelSpec:
    value: int
    name: str
    anchor: str


@dataclass(frozen=True)
class DimensionSpec:
    key: str
    name: str
    description: str
    strong: str
    weak: str
    weight: Decimal
    floor: int | None
    levels: tuple[LevelSpec, ...]


@dataclass(frozen=True)
class SignalSpec:
    dimension: str
    kind: Literal["strong", "weak"]
    text: str


@dataclass(frozen=True)
class QuestionSpec:
    key: str
    prompt: str
    minutes: int
    dimensions: tuple[str, ...]
    probes: tuple[str, ...]
    signals: tuple[SignalSpec, ...]
    core: bool = False


@dataclass(frozen=True)
class KitSpec:
    key: str
    name: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class ReferenceSpec:
    level: int
    why: str = ""


@dataclass(frozen=True)
class SampleSpec:
    key: str
    question: str
    title: str
    answer: str
    reference: Mapping[str, ReferenceSpec]


@dataclass(frozen=True)
class RubricSpec:
    slug: str
    title: str
    summary: str
    lowest: int
    highest: int
    evidence_from: int | None
    weights_reason: str
    dimensions: tuple[DimensionSpec, ...]
    questions: tuple[QuestionSpec, ...]
    kits: tuple[KitSpec, ...]
    samples: tuple[SampleSpec, ...]


@dataclass(frozen=True, order=True)
class Problem:
    line: int
    field: str
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.field}: {self.text}" if self.field else f"Line {self.line}: {self.text}"


class RubricError(ValueError):
    """Everything that keeps a text from being a rubric, in the order of its lines."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def read(source: str | bytes) -> RubricSpec:
    """The rubric in a YAML text, or `RubricError` with every problem found."""
    problems: list[Problem] = []
    spec = _rubric(_Fields(_compose(source), "", RubricSpec, problems))
    if problems:
        raise RubricError(problems)
    return spec


def write(spec: RubricSpec) -> str:
    """YAML from which `read` makes an equal rubric."""
    return yaml.dump(dataclasses.asdict(spec), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def _rubric(top: "_Fields") -> RubricSpec:
    lowest = top.whole("lowest", -LEVEL_LIMIT, LEVEL_LIMIT)
    highest = top.whole("highest", lowest + 1, LEVEL_LIMIT)
    span = (lowest, max(highest, lowest))
    dimensions = top.items("dimensions", DimensionSpec, unique=("key",))
    questions = top.items("questions", QuestionSpec, unique=("key",))
    kits = top.items("kits", KitSpec, unique=("key",))
    samples = top.items("samples", SampleSpec, unique=("question", "key"))
    dimension_keys = [dimension.raw("key") for dimension in dimensions]
    informs = {question.raw("key"): question.raw_list("dimensions") for question in questions}
    return RubricSpec(
        slug=top.key("slug", SLUG_LENGTH),
        title=top.text("title", TITLE_LENGTH, required=True),
        summary=top.text("summary"),
        lowest=lowest,
        highest=highest,
        evidence_from=top.whole_or_none("evidence_from", *span),
        weights_reason=top.text("weights_reason"),
        dimensions=tuple(_dimension(fields, span) for fields in dimensions),
        questions=tuple(_question(fields, dimension_keys) for fields in questions),
        kits=tuple(_kit(fields, informs) for fields in kits),
        samples=tuple(_sample(fields, informs, span) for fields in samples),
    )


def _dimension(fields: "_Fields", span: tuple[int, int]) -> DimensionSpec:
    return DimensionSpec(
        key=fields.key("key"),
        name=fields.text("name", NAME_LENGTH, required=True),
        description=fields.text("description"),
        strong=fields.text("strong"),
        weak=fields.text("weak"),
        weight=fields.weight("weight"),
        floor=fields.whole_or_none("floor", *span),
        levels=tuple(
            LevelSpec(
                value=level.whole("value", *span),
                name=level.text("name", LEVEL_NAME_LENGTH),
                anchor=level.text("anchor"),
            )
            for level in fields.items("levels", LevelSpec, unique=("value",))
        ),
    )


def _question(fields: "_Fields", dimension_keys: Collection[str]) -> QuestionSpec:
    informs = fields.raw_list("dimensions")
    return QuestionSpec(
        key=fields.key("key"),
        prompt=fields.text("prompt"),
        minutes=fields.whole("minutes", 1, MINUTES_LIMIT),
        dimensions=fields.references("dimensions", dimension_keys, "a dimension of this rubric"),
        probes=fields.texts("probes"),
        signals=tuple(
            SignalSpec(
                dimension=signal.reference("dimension", informs, "a dimension this question informs"),
                kind="strong" if signal.reference("kind", ("strong", "weak"), "strong or weak") == "strong" else "weak",
                text=signal.text("text", SIGNAL_LENGTH, required=True),
            )
            for signal in fields.items("signals", SignalSpec)
        ),
        core=fields.flag("core"),
    )


def _kit(fields: "_Fields", questions: Collection[str]) -> KitSpec:
    return KitSpec(
        key=fields.key("key"),
        name=fields.text("name", NAME_LENGTH, required=True),
        questions=fields.references("questions", questions, "a question of this rubric"),
    )


def _sample(fields: "_Fields", informs: Mapping[str, Collection[str]], span: tuple[int, int]) -> SampleSpec:
    question = fields.reference("question", informs, "a question of this rubric")
    return SampleSpec(
        key=fields.key("key"),
        question=question,
        title=fields.text("title", NAME_LENGTH, required=True),
        answer=fields.text("answer"),
        reference=fields.judgements("reference", informs.get(question, ()), span),
    )


class _Fields:
    """One mapping of the file: reads its fields by name and notes what is wrong with them in a shared list."""

    def __init__(
        self, node: yaml.Node, path: str, spec: type[Any] | None, problems: list[Problem], number: int = 0
    ) -> None:
        self.node, self.path, self.problems = node, path, problems
        self.nodes: dict[str, yaml.Node] = {}
        if number:
            self.path = f"{path}.{_own_name(node) or f'#{number}'}"
        if not isinstance(node, yaml.MappingNode) or node.tag != f"{TAG}map":
            self.note(None, "", "must be a list of fields, each written as “name: value” on its own line.")
            self.problems = []  # that every field is missing too need not be said
            return
        known = [field.name for field in dataclasses.fields(spec)] if spec else None
        for key, value in node.value:
            self._take(key, value, known)

    def _take(self, key: yaml.Node, value: yaml.Node, known: list[str] | None) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if not name:
            self.note(key, "", "has a field without a simple name; write “name: value”.")
        elif name in self.nodes:
            self.note(key, name, "appears twice; keep one of them.")
        elif known is not None and name not in known:
            self.note(key, name, f"is not a field that belongs here. {_nearest(name, known)}")
        else:
            self.nodes[name] = value

    def note(self, node: yaml.Node | None, name: str, text: str) -> None:
        at = node or self.node
        field = ".".join(part for part in (self.path, name[:KEY_LENGTH]) if part)
        self.problems.append(Problem(at.start_mark.line + 1, field, text))
        if len(self.problems) >= PROBLEM_LIMIT:
            raise RubricError(self.problems)

    def get(self, name: str) -> yaml.Node | None:
        """The field's node; a field left empty counts as absent."""
        node = self.nodes.get(name)
        empty = isinstance(node, yaml.ScalarNode) and node.tag == f"{TAG}null"
        return None if empty else node

    def raw(self, name: str) -> str:
        """What the file says, right or wrong: enough to name a thing and to recognise what points at it."""
        return _raw(self.get(name))

    def raw_list(self, name: str) -> list[str]:
        node = self.get(name)
        return [_raw(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else []

    def text(self, name: str, longest: int = TEXT_LENGTH, *, required: bool = False) -> str:
        node = self.get(name)
        if node is None:
            if required:
                self.note(self.nodes.get(name), name, "is missing; write it.")
            return ""
        text = self._checked_text(node, name, longest)
        if required and not text.strip():
            self.note(node, name, "is empty; write it.")
        return text

    def _checked_text(self, node: yaml.Node, name: str, longest: int) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.note(node, name, "must be text, not a list or a group of fields.")
        elif node.tag != f"{TAG}str":
            kind = READ_AS.get(node.tag.removeprefix(TAG), "something other than text")
            self.note(node, name, f"must be text, but YAML takes this for {kind}; put it in quotes.")
        elif len(node.value) > longest:
            self.note(node, name, f"is {len(node.value)} characters long; shorten it to {longest}.")
        elif UNSTORABLE.search(node.value):
            self.note(node, name, "contains a character that cannot be stored; remove it.")
        else:
            return str(node.value)
        return ""

    def key(self, name: str, longest: int = KEY_LENGTH) -> str:
        text = self.text(name, longest, required=True)
        if text.strip() and not KEY_PATTERN.fullmatch(text):
            self.note(self.nodes[name], name, "may hold only a–z, 0–9 and hyphens, as in “production-ownership”.")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(
            self._checked_text(item, f"{name}.#{number}", TEXT_LENGTH)
            for number, item in enumerate(self._sequence(name), start=1)
        )

    def whole(self, name: str, low: int, high: int) -> int:
        if self.get(name) is None:
            self.note(self.nodes.get(name), name, f"is missing; write a whole number from {low} to {high}.")
        value = self.whole_or_none(name, low, high)
        return low if value is None else value

    def flag(self, name: str) -> bool:
        node = self.get(name)
        if node is not None and (node.tag != f"{TAG}bool" or _raw(node).lower() not in {"true", "false", "yes", "no"}):
            self.note(node, name, "must be yes or no.")
        return node is not None and _raw(node).lower() in {"true", "yes"}

    def whole_or_none(self, name: str, low: int, high: int) -> int | None:
        node = self.get(name)
        if node is None:
            return None
        raw = _raw(node)
        if node.tag == f"{TAG}int" and WHOLE_PATTERN.fullmatch(raw) and low <= int(raw) <= high:
            return int(raw)
        self.note(node, name, f"must be a whole number from {low} to {high}.")
        return None

    def weight(self, name: str) -> Decimal:
        node = self.get(name)
        if node is None:
            self.note(self.nodes.get(name), name, "is missing; write a number, as in 1 or 0.5.")
        elif node.tag in {f"{TAG}int", f"{TAG}float"} and WEIGHT_PATTERN.fullmatch(_raw(node)):
            return Decimal(_raw(node))
        else:
            self.note(node, name, "must be a number from 0 to 999.999 with at most three decimals, as in 1 or 0.5.")
        return Decimal(0)

    def reference(self, name: str, among: Collection[str], what: str) -> str:
        if self.get(name) is None:
            self.note(self.nodes.get(name), name, f"is missing; name {what}.")
            return ""
        return self._refer(self.nodes[name], name, among, what)

    def references(self, name: str, among: Collection[str], what: str) -> tuple[str, ...]:
        found: list[str] = []
        for number, item in enumerate(self._sequence(name), start=1):
            key = self._refer(item, f"{name}.#{number}", among, what)
            if key in found:
                self.note(item, f"{name}.#{number}", f"names “{key}” a second time; keep one.")
            found.append(key)
        return tuple(found)

    def _refer(self, node: yaml.Node, name: str, among: Collection[str], what: str) -> str:
        key = self._checked_text(node, name, TEXT_LENGTH)
        if key not in among and _raw(node):
            self.note(node, name, f"“{_raw(node)[:KEY_LENGTH]}” is not {what}. {_nearest(key, among)}")
        return key

    def judgements(self, name: str, among: Collection[str], span: tuple[int, int]) -> dict[str, ReferenceSpec]:
        """A mapping from dimension to a level, or to a level and why it is that one."""
        node = self.get(name)
        if node is None:
            return {}
        inner = _Fields(node, f"{self.path}.{name}", None, self.problems)
        for key in [key for key in inner.nodes if key not in among]:
            inner.note(inner.nodes.pop(key), key, f"is not a dimension the question informs. {_nearest(key, among)}")
        return {key: inner._judgement(key, span) for key in inner.nodes}

    def _judgement(self, key: str, span: tuple[int, int]) -> ReferenceSpec:
        node = self.nodes[key]
        if not isinstance(node, yaml.MappingNode):
            return ReferenceSpec(self.whole(key, *span))
        inner = _Fields(node, f"{self.path}.{key}", ReferenceSpec, self.problems)
        return ReferenceSpec(inner.whole("level", *span), inner.text("why"))

    def items(self, name: str, spec: type[Any], unique: tuple[str, ...] = ()) -> list["_Fields"]:
        path = f"{self.path}.{name}" if self.path else name
        found = [
            _Fields(item, path, spec, self.problems, number)
            for number, item in enumerate(self._sequence(name), start=1)
        ]
        seen: set[tuple[str, ...]] = set()
        for fields in found:
            identity = tuple(fields.raw(field) for field in unique)
            if any(identity) and identity in seen:
                fields.note(None, "", f"this {unique[-1]} is used twice; change one.")
            seen.add(identity)
        return found

    def _sequence(self, name: str) -> list[yaml.Node]:
        node = self.get(name)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{TAG}seq":
            return list(node.value)
        if node is not None:
            self.note(node, name, "must be a list, each item on its own line after “- ”.")
        return []


def _own_name(node: yaml.Node) -> str:
    """What an item of a list calls itself, for the path that errors show."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if _raw(key) in {"key", "value"}:
                return _raw(value)[:KEY_LENGTH]
    return ""


def _raw(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _nearest(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name[:KEY_LENGTH], known, n=1)
    if close:
        return f"Did you mean “{close[0]}”?"
    return f"Known here: {', '.join(known)}." if known else "There is none here yet."


class _Loader(yaml.SafeLoader):
    """Composes nodes only; refuses aliases, which can make a small file unfold without end, and deep nesting."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        refusal = ""
        if self.check_event(yaml.AliasEvent):
            refusal = "references (*name) are not accepted, write the text out"
        elif self.depth >= DEPTH_LIMIT:
            refusal = "this is nested deeper than a rubric ever is"
        if refusal:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.composer.ComposerError(None, None, refusal, mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(source: str | bytes) -> yaml.Node:
    if len(source) > SIZE_LIMIT:
        raise RubricError([Problem(1, "", f"The file is larger than {SIZE_LIMIT:,} characters; shorten it.")])
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        node = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise RubricError([Problem(line, "", "The file is not UTF-8 text; save it as UTF-8.")]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RubricError([Problem(line, "", "There is a character YAML does not allow; remove it.")]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        advice = f"This is not readable YAML: {error.problem}. Check indentation, colons and quotes here."
        raise RubricError([Problem(line, "", advice)]) from error
    if node is None:
        raise RubricError([Problem(1, "", "The file is empty; start with “title: …”.")])
    return node


class _Dumper(yaml.SafeDumper):
    """Lists indented, long text in blocks, everything readable by people."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 (signature of the base class)
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (signature of the base class)
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Blocks where PyYAML keeps them exactly; escapes in quotes for invisible and foreign line-breaking characters."""
    lines = text.split("\n")
    style = None
    if not all(line.isprintable() for line in lines):
        style = '"'
    elif len(lines) > 1:
        style = "|" if all(line == line.strip() for line in lines) and lines[0] else '"'
    elif len(text) > NAME_LENGTH and text == " ".join(text.split()):
        style = ">"
    return dumper.represent_scalar(f"{TAG}str", text, style=style)


def _represent_weight(dumper: yaml.SafeDumper, weight: Decimal) -> yaml.ScalarNode:
    text = format(weight.normalize(), "f")
    return dumper.represent_scalar(f"{TAG}{'float' if '.' in text else 'int'}", text)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Decimal, _represent_weight)
