"""Judging by the rubric: one row of level buttons a dimension, as clients and managers fill it in."""

from collections.abc import Sequence
from typing import Any

from django import forms

from rubrics.models import Dimension

NOT_ASSESSED = "na"


def field_of(dimension: Dimension) -> str:
    return f"level-{dimension.pk}"


class LevelsForm(forms.Form):
    """A level, “not assessed” or nothing yet on every dimension (loaded with its levels)."""

    def __init__(self, *args: Any, dimensions: Sequence[Dimension], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dimensions = list(dimensions)
        for dimension in self.dimensions:
            levels = [(str(level.value), level.name) for level in dimension.levels.all()]
            self.fields[field_of(dimension)] = forms.ChoiceField(
                label=dimension.name, choices=[*levels, (NOT_ASSESSED, "Not assessed")], required=False
            )

    @property
    def levels(self) -> dict[int, int | None]:
        """Dimension's id → level, None for “not assessed”; left out where nothing was chosen."""
        chosen = {one.pk: self.cleaned_data.get(field_of(one), "") for one in self.dimensions}
        return {pk: None if value == NOT_ASSESSED else int(value) for pk, value in chosen.items() if value}

    @property
    def chosen(self) -> dict[int, int | str | None]:
        """Dimension's id → what the buttons show as chosen."""
        values = {one.pk: str(self[field_of(one)].value() or "") for one in self.dimensions}
        return {pk: int(value) if value.lstrip("-").isdigit() else value or None for pk, value in values.items()}
