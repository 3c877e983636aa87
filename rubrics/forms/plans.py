from collections.abc import Sequence
from typing import Any

from django import forms

from rubrics.services.plans import MOST_INTERVIEWERS

PLANNED = "planned-"


class PlanForm(forms.Form):
    """How many interviewers for each kit, by its key."""

    def __init__(self, *args: Any, kits: Sequence[tuple[str, str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [key for key, _, _ in kits]
        for key, name, number in kits:
            self.fields[PLANNED + key] = forms.IntegerField(
                label=name, min_value=0, max_value=MOST_INTERVIEWERS, initial=number
            )

    def interviewers(self) -> dict[str, int]:
        return {key: self.cleaned_data[PLANNED + key] for key in self.keys}
