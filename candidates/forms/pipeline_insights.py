from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Concat

from candidates.enums import Source
from candidates.forms.candidates import ANY, MOST_CHOICES, set_choices
from candidates.queries.considerations import Scope
from rubrics.models import Role
from screening.accounts.models import User

A_YEAR, ALL = 365, "all"
PERIODS = [("", "12 months"), ("180", "180 days"), ("90", "90 days"), ("30", "30 days"), (ALL, "All time")]
EARLIEST = date(2000, 1, 1)


class PipelineInsightsForm(forms.Form):
    """Which considerations: kept in the address."""

    role = forms.ChoiceField(label="Role", required=False)
    source = forms.ChoiceField(label="Source", required=False, choices=[ANY, *Source.choices])
    period = forms.ChoiceField(label="Finished within", required=False, choices=PERIODS)
    as_of = forms.DateField(label="As of")

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        visible = Role.objects.visible_to(user).select_related("client").order_by("title", "pk")
        slug = self.data.get("role", "").replace("\0", "")  # PostgreSQL refuses NUL
        self.chosen = visible.filter(slug=slug).first() if slug else None
        choices = dict(visible.values_list("slug", Concat("title", Value(", "), "client__name"))[:MOST_CHOICES])
        if self.chosen is not None:
            choices |= {self.chosen.slug: f"{self.chosen.title}, {self.chosen.client.name}"}
        set_choices(self, "role", choices.items())
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
            role=self.chosen,
            source=asked["source"],
            days=0 if period == ALL else int(period or A_YEAR),
        )

    @property
    def address(self) -> dict[str, str]:
        """What an address says to mean the same on another day."""
        asked = self.cleaned_data | {"as_of": self.cleaned_data["as_of"].isoformat()}
        return {name: value for name, value in asked.items() if value}
