"""What is edited in place in a draft: one small form a part, with a fingerprint of what its editor began with."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from rubrics import spec
from rubrics.enums import SignalKind
from rubrics.models import Dimension, RubricVersion
from rubrics.queries.parts import Content
from rubrics.queries.sheets import Sheet
from rubrics.services.scopes import fingerprint

WEIGHT, NAME = "weight-", "name-"
MOST_LEVELS = 11


class Prose(forms.CharField):
    """Text of several lines, with the line ends that files have."""

    def __init__(self, label: str, *, rows: int, longest: int = spec.TEXT_LENGTH, **more: Any) -> None:
        area = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(label=label, max_length=longest, required=False, widget=area, **more)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class Lines(Prose):
    """One text a line; each no longer than `each`."""

    def __init__(self, label: str, *, rows: int, each: int = spec.TEXT_LENGTH, **more: Any) -> None:
        self.each = each
        super().__init__(label, rows=rows, longest=50 * spec.TEXT_LENGTH, **more)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(" ".join(text.split("\n")) for text in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).split("\n") if line.strip()]
        for number, line in enumerate(lines, start=1):
            if len(line) > self.each:
                raise forms.ValidationError(f"Line {number} is {len(line)} characters long; shorten it to {self.each}.")
        return lines


class PartForm(forms.Form):
    """`saved` is set after a conflict: what is stored now, by label, where it differs from what was typed."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, content: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if content is not None:
            kwargs["initial"] = {**self.values_of(content), "seen": fingerprint(content)}
        super().__init__(*args, **kwargs)
        self.saved: list[tuple[str, str]] = []

    def values_of(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return dict(content)

    def content(self) -> Content:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def show_conflict(self, saved: Mapping[str, Any]) -> None:
        """Keep what was typed, show what is stored, and let the next save replace exactly that."""
        stored = self.values_of(saved)
        self.saved = [
            (str(self[name].label), self._as_text(name, stored.get(name)))
            for name in self.fields
            if name in stored and self._as_text(name, stored[name]) != self._as_text(name, self.cleaned_data.get(name))
        ]
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed["seen"] = fingerprint(saved)
        self.data = typed

    def _as_text(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", []))
        if isinstance(value, list):
            return "\n".join(str(choices.get(one, one)) for one in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return str(choices.get(value, value)) if value is not None else ""


class AboutForm(PartForm):
    title = forms.CharField(max_length=spec.TITLE_LENGTH)
    summary = Prose("Summary", rows=3)


class ScaleForm(PartForm):
    lowest = forms.IntegerField(label="Lowest level", min_value=-spec.LEVEL_LIMIT, max_value=spec.LEVEL_LIMIT)
    highest = forms.IntegerField(label="Highest level", min_value=-spec.LEVEL_LIMIT, max_value=spec.LEVEL_LIMIT)
    evidence_from = forms.IntegerField(
        label="Evidence is needed from level",
        required=False,
        help_text="From this level up a rating needs an incident with a date. Empty: never.",
    )
    drop = forms.BooleanField(label="Anchors of levels that go may be lost", required=False)

    def __init__(self, *args: Any, version: RubricVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values = list(version.level_values)
        for value in self.values:
            self.fields[f"{NAME}{value}"] = forms.CharField(
                label=f"Level {value} is called", max_length=spec.LEVEL_NAME_LENGTH, required=False
            )

    def values_of(self, content: Mapping[str, Any]) -> dict[str, Any]:
        names = {f"{NAME}{value}": name for value, name in content["names"].items()}
        return {name: value for name, value in content.items() if name != "names"} | names

    def content(self) -> Content:
        cleaned = self.cleaned_data
        names = {str(value): cleaned[f"{NAME}{value}"] for value in self.values}
        return {name: cleaned[name] for name in ("lowest", "highest", "evidence_from")} | {"names": names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lowest, highest = cleaned.get("lowest"), cleaned.get("highest")
        if lowest is not None and highest is not None and highest - lowest >= MOST_LEVELS:
            raise forms.ValidationError(f"A rubric has at most {MOST_LEVELS} levels.")
        return cleaned


class AnchorForm(PartForm):
    anchor = Prose("What one would have to see", rows=4)


class DimensionForm(PartForm):
    name = forms.CharField(max_length=spec.NAME_LENGTH)
    floor = forms.TypedChoiceField(
        label="Must reach",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Below this level nobody is shortlisted, whatever their total.",
    )
    description = Prose("What it is about", rows=2)
    strong = Prose("What a strong answer shows", rows=3)
    weak = Prose("What a weak one shows", rows=3)

    def __init__(self, *args: Any, version: RubricVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [(value, f"Level {value}") for value in version.level_values]
        self.fields["floor"].choices = [("", "No floor"), *levels]  # type: ignore[attr-defined]  # a choice field


class NewDimensionForm(PartForm):
    name = forms.CharField(label="Name of a new dimension", max_length=spec.NAME_LENGTH)


class QuestionForm(PartForm):
    prompt = Prose("Question", rows=2)
    minutes = forms.IntegerField(min_value=1, max_value=spec.MINUTES_LIMIT)
    core = forms.BooleanField(
        label="Core question", required=False, help_text="Asked whatever else there is no time for."
    )
    dimensions = forms.MultipleChoiceField(label="Informs", required=False, widget=forms.CheckboxSelectMultiple)
    probes = Lines("Probes", rows=4, help_text="What to ask when the answer stays on the surface. One a line.")

    def __init__(self, *args: Any, dimensions: Iterable[Dimension], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dimensions"].choices = [(one.key, one.name) for one in dimensions]  # type: ignore[attr-defined]  # a choice field

    def content(self) -> Content:
        return {**super().content(), "dimensions": sorted(self.cleaned_data["dimensions"])}


class NewQuestionForm(PartForm):
    prompt = Prose("A new question", rows=2)

    def clean_prompt(self) -> str:
        prompt = str(self.cleaned_data["prompt"])
        if not prompt:
            raise forms.ValidationError("Write the question.")
        return prompt


class SignalsForm(PartForm):
    strong = Lines("Strong signals", rows=4, each=spec.SIGNAL_LENGTH, help_text="What speaks for them. One a line.")
    weak = Lines("Weak signals", rows=4, each=spec.SIGNAL_LENGTH, help_text="What speaks against. One a line.")

    def content(self) -> Content:
        return {str(kind): self.cleaned_data[kind] for kind in SignalKind}


class WeightsForm(PartForm):
    """One weight a dimension, and why they differ."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        weights = {shown.dimension.key: f"{shown.dimension.weight.normalize():f}" for shown in sheet.dimensions}
        kwargs["content"] = {"weights": weights, "reason": sheet.version.weights_reason}
        super().__init__(*args, **kwargs)
        self.keys = [shown.dimension.key for shown in sheet.dimensions]
        self.shares = {WEIGHT + shown.dimension.key: shown.share for shown in sheet.dimensions}
        for shown in sheet.dimensions:
            self.fields[WEIGHT + shown.dimension.key] = forms.DecimalField(
                label=shown.dimension.name,
                min_value=Decimal(0),
                max_digits=6,
                decimal_places=3,
                widget=forms.NumberInput(attrs={"data-weight": ""}),
            )
        self.fields["reason"] = Prose("Why they differ", rows=2)

    def values_of(self, content: Mapping[str, Any]) -> dict[str, Any]:
        weights = {WEIGHT + key: weight for key, weight in content["weights"].items()}
        return {**weights, "reason": content["reason"]}

    def weights(self) -> dict[str, Decimal]:
        return {key: self.cleaned_data[WEIGHT + key] for key in self.keys}

    def rows(self) -> list[tuple[forms.BoundField, Decimal | None]]:
        """The field of each dimension with the share it has now."""
        return [(self[name], share) for name, share in self.shares.items()]


class CommentForm(PartForm):
    text = Prose("Comment", rows=2, longest=5000)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError("Write what you want to say.")
        return text
