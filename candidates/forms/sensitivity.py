"""Weights and a bar to try out, kept nowhere but in the address."""

from collections.abc import Sequence
from typing import Any

from django import forms

from rubrics.models import Dimension, Role

HEAVIEST, TWICE = 60, 120
"""Points of the heaviest dimension as declared, and the most there are: with 60, usual ratios are whole numbers."""


def field_of(dimension: Dimension) -> str:
    return f"w-{dimension.key}"


class SlidersForm(forms.Form):
    """A slider a dimension in points, and one for the bar; what is not given stays as the role has it."""

    def __init__(self, *args: Any, role: Role, dimensions: Sequence[Dimension], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dimensions = list(dimensions)
        most = max((float(dimension.weight) for dimension in self.dimensions), default=1.0)
        for dimension in self.dimensions:
            points = round(HEAVIEST * float(dimension.weight) / most)
            self.fields[field_of(dimension)] = forms.IntegerField(
                label=dimension.name, min_value=0, max_value=TWICE, initial=points, required=False, widget=_slider(1)
            )
        version = role.rubric_version
        if version is not None and role.bar is not None:
            self.fields["bar"] = forms.DecimalField(
                label="Bar",
                min_value=version.lowest,
                max_value=version.highest,
                initial=role.bar,
                required=False,
                widget=_slider("0.05"),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = {
            name: self.fields[name].initial if value is None else value for name, value in self.cleaned_data.items()
        }
        points = [cleaned.get(field_of(dimension), 1) for dimension in self.dimensions]
        if self.dimensions and not any(points):
            raise forms.ValidationError("Give at least one dimension some weight.")
        return cleaned

    @property
    def weights(self) -> dict[str, float]:
        """Dimension's key → points; of a form without data, the declared weights to the last digit."""
        if not self.is_bound:
            return {dimension.key: float(dimension.weight) for dimension in self.dimensions}
        return {dimension.key: float(self.cleaned_data[field_of(dimension)]) for dimension in self.dimensions}

    @property
    def bar_tried(self) -> float | None:
        if "bar" not in self.fields:
            return None
        return float(self.cleaned_data["bar"] if self.is_bound else self.fields["bar"].initial)


def _slider(step: float | str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"type": "range", "class": "form-range slider", "step": step})
