from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from candidates.enums import Source
from candidates.forms.candidates import ANY, set_choices
from candidates.queries.considerations import Scope
from rubrics.models import Role

A_YEAR, ALL = 365, "all"
PERIODS = [("", "12 months"), ("180", "180 days"), ("90", "90 days"), ("30", "30 days"), (ALL, "All time")]
EARLIEST = date(2000, 1, 1)


class PipelineInsightsForm(forms.Form):
    """Which considerations: kept in the address."""

    role = forms.ChoiceField(label="Role", required=False)
    source = forms.ChoiceField(label="Source", required=False, choices=[ANY, *Source.choices])
    period = forms.ChoiceField(label="Finished within", required=False, choices=PERIODS)
    as_of = forms.DateField(label="As of")

    def __init__(self, *args: Any, roles: Sequence[Role], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {role.slug: role for role in roles}
        self.today = today
        set_choices(self, "role", [(role.slug, f"{role.title}, {role.client.name}") for role in roles])
        self.fields["as_of"].widget.attrs |= {"max": today.isoformat(), "min": EARLIEST.isoformat()}

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > self.today:
            raise ValidationError("That day has not come yet.")
        if day < EARLIEST:
            raise ValidationError("Choose a day since the year 2000.")
        return day

    @property
    def scope(self) -> Scope:
        asked = self.cleaned_data
        period = asked["period"]
        return Scope(
            as_of=asked["as_of"],
            role=self.roles.get(asked["role"]),
            source=asked["source"],
            days=0 if period == ALL else int(period or A_YEAR),
        )

    @property
    def address(self) -> dict[str, str]:
        """What an address says to mean the same on another day."""
        asked = self.cleaned_data | {"as_of": self.cleaned_data["as_of"].isoformat()}
        return {name: value for name, value in asked.items() if value}
