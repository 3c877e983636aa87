"""The scorecard's page as a form, for scripts and without them: field by field, read and written back as it was typed.

A field is named after what it speaks of: `level-7`, `reason-7`, `signals-7` and `evidence-7-0-incident` of dimension 7,
`note-3` of question 3; `private_note`, `recommendation`, `comment`; and `revision`, the state that was loaded.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from candidates.enums import Recommendation
from candidates.queries.scorecards import AskedQuestion, AssessedDimension, Sheet
from candidates.services.drafts import EvidenceDraft, RatingDraft, ScorecardDraft

Values = Mapping[str, list[str]]
"""What stands in each field; what is empty may be absent."""

NOT_ASSESSED = "na"
PARTS = {"incident": "what happened", "happened": "when", "action": "what they did", "outcome": "what came of it"}
EVIDENCE = re.compile(r"evidence-(\d{1,18})-(\d{1,3})-(incident|happened|action|outcome)")
NAMED = re.compile(rf"(?:level|reason|signals|note)-\d{{1,18}}|{EVIDENCE.pattern}")
LONG_TEXTS = ("note-", "evidence-", "private_note", "comment")
MOST_FIELDS = 500


class Text(forms.CharField):
    """Written text of any length that is sane; line ends as people mean them."""

    def __init__(self, *, max_length: int = 50_000, label: str = "") -> None:
        super().__init__(required=False, max_length=max_length, label=label)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\r\n", "\n")))


class Ids(forms.Field):
    """Several ids; which exist is not asked here."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[int]:
        texts = [str(one) for one in value or []]
        if not all(re.fullmatch(r"\d{1,18}", text) for text in texts):
            raise forms.ValidationError("That is not a choice.")
        return [int(text) for text in texts]


class DraftForm(forms.Form):
    """Whatever a scorecard's page sends; whether its ids belong to the kit is for the service to say."""

    revision = forms.IntegerField(min_value=0, label="Saved state")
    recommendation = forms.ChoiceField(choices=Recommendation, required=False, label="Overall recommendation")
    comment = Text(label="Comment")
    private_note = Text(label="Private note")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        for name in [name for name in data if NAMED.fullmatch(name)][:MOST_FIELDS]:
            self.fields[name] = _field(name)

    @property
    def problem(self) -> str:
        """The first thing that is wrong, with its field's name."""
        for name, errors in self.errors.items():
            return f"{self.fields[name].label}: {' '.join(str(error) for error in errors)}"
        return ""

    @property
    def values(self) -> Values:
        """What was typed, valid or not."""
        data = self.data
        return {name: data.getlist(name) for name in data} if isinstance(data, QueryDict) else {}

    def draft(self) -> ScorecardDraft:
        given = self.cleaned_data
        return ScorecardDraft(
            ratings=tuple(_ratings(given)),
            evidence=tuple(_evidence(given)),
            signals=frozenset(int(pk) for name in given if name.startswith("signals-") for pk in given[name]),
            notes={int(name.removeprefix("note-")): given[name] for name in given if name.startswith("note-")},
            private_note=given["private_note"],
            recommendation=given["recommendation"],
            comment=given["comment"],
        )


def _field(name: str) -> forms.Field:
    kind = name.split("-", 1)[0]
    if kind == "level":
        return forms.RegexField(rf"^(?:-?\d{{1,3}}|{NOT_ASSESSED})$", required=False, label="Level")
    if kind == "signals":
        return Ids(required=False, label="Signals")
    if kind == "reason":
        return Text(max_length=500, label="Why not assessed")
    if kind == "note":
        return Text(label="Notes")
    part = name.rsplit("-", 1)[1]
    return Text(max_length=60 if part == "happened" else 20_000, label=f"Evidence, {PARTS[part]}")


def _ratings(given: Mapping[str, Any]) -> Iterable[RatingDraft]:
    named = {int(name.split("-")[1]) for name in given if name.startswith(("level-", "reason-"))}
    for pk in sorted(named):
        level = given.get(f"level-{pk}", "")
        not_assessed = level == NOT_ASSESSED
        yield RatingDraft(
            dimension=pk,
            level=None if not_assessed or not level else int(level),
            not_assessed=not_assessed,
            reason=given.get(f"reason-{pk}", ""),
        )


def _evidence(given: Mapping[str, Any]) -> Iterable[EvidenceDraft]:
    found = {(int(match[1]), int(match[2])) for name in given if (match := EVIDENCE.fullmatch(name))}
    for pk, number in sorted(found):
        texts = {part: given.get(f"evidence-{pk}-{number}-{part}", "") for part in PARTS}
        yield EvidenceDraft(dimension=pk, **texts)


def draft_of(sheet: Sheet) -> ScorecardDraft:
    """What is saved, in the same words as what is sent."""
    return ScorecardDraft(
        ratings=tuple(
            RatingDraft(one.pk, one.rating.level, one.rating.not_assessed, one.rating.not_assessed_reason)
            for one in sheet.dimensions
            if one.rating is not None
        ),
        evidence=tuple(
            EvidenceDraft(one.pk, item.incident, item.happened, item.action, item.outcome)
            for one in sheet.dimensions
            for item in one.evidence
        ),
        signals=frozenset(signal.pk for one in sheet.dimensions for signal in one.signals_heard),
        notes={asked.question.pk: asked.note for asked in sheet.questions},
        private_note=sheet.private_note,
        recommendation=sheet.scorecard.recommendation,
        comment=sheet.scorecard.comment,
    )


def values_of(draft: ScorecardDraft, sheet: Sheet) -> dict[str, list[str]]:
    """A draft as fields of the page, empty ones left out; evidence is numbered anew within its dimension."""
    values = {"private_note": draft.private_note, "recommendation": draft.recommendation, "comment": draft.comment}
    for rating in draft.ratings:
        level = "" if rating.level is None else str(rating.level)
        values[f"level-{rating.dimension}"] = NOT_ASSESSED if rating.not_assessed else level
        values[f"reason-{rating.dimension}"] = rating.reason
    values |= {f"note-{pk}": text for pk, text in draft.notes.items()}
    for one in sheet.dimensions:
        told = (item for item in draft.evidence if item.dimension == one.pk and not item.is_empty)
        for number, item in enumerate(told):
            values |= {f"evidence-{one.pk}-{number}-{part}": getattr(item, part) for part in PARTS}
    lists = {name: [value] for name, value in values.items() if value}
    for one in sheet.dimensions:
        if heard := [str(signal.pk) for signal in one.signals if signal.pk in draft.signals]:
            lists[f"signals-{one.pk}"] = heard
    return lists


@dataclass(frozen=True)
class EvidenceBlock:
    prefix: str
    number: int
    evidence: dict[str, str]


@dataclass(frozen=True)
class DimensionBlock:
    """A dimension as the page shows it: its levels to choose from and what is written so far."""

    assessed: AssessedDimension
    selected: int | str | None
    reason: str
    heard: frozenset[int]
    evidence: tuple[EvidenceBlock, ...]
    blank: EvidenceBlock
    evidence_from: float

    @property
    def pk(self) -> int:
        return self.assessed.pk

    @property
    def key(self) -> str:
        return str(self.pk)

    @property
    def asks_evidence(self) -> bool:
        """The level chosen needs evidence, and there is none yet."""
        return isinstance(self.selected, int) and self.selected >= self.evidence_from and not self.evidence

    @property
    def is_done(self) -> bool:
        return self.selected is not None


@dataclass(frozen=True)
class QuestionBlock:
    asked: AskedQuestion
    note: str


def dimension_blocks(sheet: Sheet, values: Values) -> list[DimensionBlock]:
    evidence_from = sheet.scorecard.interview.kit.version.evidence_from
    needed_from = float("inf") if evidence_from is None else evidence_from
    return [_dimension_block(one, values, needed_from) for one in sheet.dimensions]


def _dimension_block(one: AssessedDimension, values: Values, evidence_from: float) -> DimensionBlock:
    told = sorted({int(match[2]) for name in values if (match := EVIDENCE.fullmatch(name)) and int(match[1]) == one.pk})
    written = [_evidence_block(one.pk, number, index, values) for index, number in enumerate(told, start=1)]
    blocks = tuple(block for block in written if any(block.evidence.values()))
    free = max(told, default=-1) + 1
    return DimensionBlock(
        assessed=one,
        selected=_level(_first(values, f"level-{one.pk}")),
        reason=_first(values, f"reason-{one.pk}"),
        heard=frozenset(int(pk) for pk in values.get(f"signals-{one.pk}", ()) if pk.isdecimal()),
        evidence=blocks,
        blank=_evidence_block(one.pk, free, len(blocks) + 1, {}),
        evidence_from=evidence_from,
    )


def _evidence_block(pk: int, number: int, shown: int, values: Values) -> EvidenceBlock:
    prefix = f"evidence-{pk}-{number}"
    return EvidenceBlock(prefix, shown, {part: _first(values, f"{prefix}-{part}") for part in PARTS})


def _level(text: str) -> int | str | None:
    if text == NOT_ASSESSED:
        return text
    return int(text) if re.fullmatch(r"-?\d{1,3}", text) else None


def _first(values: Values, name: str) -> str:
    return next(iter(values.get(name, ())), "")


def question_blocks(sheet: Sheet, values: Values) -> list[QuestionBlock]:
    return [QuestionBlock(asked, _first(values, f"note-{asked.question.pk}")) for asked in sheet.questions]


@dataclass(frozen=True)
class Difference:
    """A field in which two windows disagree."""

    name: str
    label: str
    mine: str
    saved: str

    @property
    def is_text(self) -> bool:
        """Both may stay, one after the other."""
        return self.name.startswith(LONG_TEXTS) and not self.name.endswith("-happened")


def differences(sheet: Sheet, mine: ScorecardDraft) -> list[Difference]:
    """What somebody is about to save against what was saved meanwhile, field by field, in words."""
    ours, theirs = values_of(mine, sheet), values_of(draft_of(sheet), sheet)
    labels = _labels(sheet)
    return [
        Difference(
            name=name,
            label=_label(name, labels),
            mine=_in_words(name, ours.get(name, []), sheet),
            saved=_in_words(name, theirs.get(name, []), sheet),
        )
        for name in sorted(ours.keys() | theirs.keys(), key=list({**theirs, **ours}).index)
        if sorted(ours.get(name, [])) != sorted(theirs.get(name, []))
    ]


def _labels(sheet: Sheet) -> dict[str, str]:
    names = {str(one.pk): one.dimension.name for one in sheet.dimensions}
    return names | {f"note-{asked.question.pk}": f"Notes on question {asked.number}" for asked in sheet.questions}


def _label(name: str, labels: Mapping[str, str]) -> str:
    if name in {"comment", "recommendation", "private_note"}:
        return str(DraftForm.base_fields[name].label)
    if name.startswith("note-"):
        return labels.get(name, "Notes")
    kind, pk, *rest = name.split("-")
    what = f"evidence {int(rest[0]) + 1}, {PARTS[rest[1]]}" if rest else {"reason": "why not assessed"}.get(kind, kind)
    return f"{labels.get(pk, 'A dimension')}: {what}"


def _in_words(name: str, values: list[str], sheet: Sheet) -> str:
    if name == "recommendation":
        return ", ".join(str(Recommendation(value).label) for value in values)
    if name.startswith("level-"):
        return "not assessed" if values == [NOT_ASSESSED] else ", ".join(values)
    if name.startswith("signals-"):
        texts = {str(signal.pk): signal.text for one in sheet.dimensions for signal in one.signals}
        return "; ".join(texts[value] for value in values)
    return "\n".join(values)
