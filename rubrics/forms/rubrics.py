from decimal import Decimal
from typing import Any

from django import forms

from rubrics import spec
from rubrics.models import RubricVersion
from rubrics.queries.sheets import Sheet

WEIGHT = "weight-"


class RubricFileForm(forms.Form):
    """A rubric as a YAML file or pasted text; `problems` lists what is wrong with it, line by line."""

    file = forms.FileField(label="YAML file", required=False)
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: tuple[spec.Problem, ...] = ()
        self.spec: spec.RubricSpec | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file and file.size > spec.SIZE_LIMIT:
            raise forms.ValidationError(f"The file is larger than {spec.SIZE_LIMIT:,} characters; shorten it.")
        source = file.read() if file else cleaned.get("text", "")
        if not source:
            raise forms.ValidationError("Choose a file, or paste its text.")
        try:
            self.spec = spec.read(source)
        except spec.RubricError as error:
            self.problems = error.problems
            self._keep(source)
            raise forms.ValidationError("This is not a rubric yet; what is wrong is listed line by line.") from error
        return cleaned

    def _keep(self, source: str | bytes) -> None:
        """Put what was uploaded where it can be corrected."""
        text = source.decode("utf-8-sig", errors="replace") if isinstance(source, bytes) else source
        self.data = {**self.data, "text": text.replace("\0", "")}


class DescribeForm(forms.Form):
    title = forms.CharField(max_length=200)
    summary = forms.CharField(max_length=spec.TEXT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    @classmethod
    def of(cls, version: RubricVersion) -> "DescribeForm":
        return cls(initial={"title": version.rubric.title, "summary": version.summary})


class WeightsForm(forms.Form):
    """One weight a dimension, and why they differ."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [shown.dimension.key for shown in sheet.dimensions]
        for shown in sheet.dimensions:
            self.fields[WEIGHT + shown.dimension.key] = forms.DecimalField(
                label=shown.dimension.name,
                min_value=Decimal(0),
                max_digits=6,
                decimal_places=3,
                initial=f"{shown.dimension.weight.normalize():f}",
                help_text=f"{100 * shown.share:.0f}\N{NO-BREAK SPACE}% of the score" if shown.share is not None else "",
            )
        self.fields["reason"] = forms.CharField(
            label="Why they differ",
            required=False,
            max_length=spec.TEXT_LENGTH,
            initial=sheet.version.weights_reason,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def weights(self) -> dict[str, Decimal]:
        return {key: self.cleaned_data[WEIGHT + key] for key in self.keys}
