"""Which of what needs attention a list shows, and after how long a role asks for it."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from candidates.queries.attention import RULES, UNDER_WAY
from rubrics.models import Role, Stage
from rubrics.models.thresholds import Thresholds
from screening.accounts.models import User

MOST_ROLES = 300
WORDS = {
    "stage_days": ("Days in a stage", "0: as long as it takes. A stage may have days of its own."),
    "consent_days": ("Days without consent", "From screening on. 0: never asked for."),
    "panel_days": ("Days in interviews with too small a panel", "0: never asked for."),
    "scorecard_hours": (
        "Hours until a scorecard is overdue",
        "After the interview. What is owed already becomes due earlier or later too.",
    ),
    "marking_hours": ("Hours until an interview should be marked", "As held, cancelled or a no-show. 0: never."),
    "unopened_days": ("Days a shortlist may stay unopened", "By somebody who must evaluate it. 0: never asked for."),
    "unevaluated_days": (
        "Days an opened shortlist may stay without an evaluation",
        "Since it was presented. 0: never asked for.",
    ),
    "review_days": ("Days a review at work may be late", "After the day it is due. 0: never asked for."),
}


class AttentionFilterForm(forms.Form):
    rule = forms.ChoiceField(required=False, label="What", choices=[(what, rule.title) for what, rule in RULES.items()])
    role = forms.ChoiceField(required=False, label="Role")
    whose = forms.ChoiceField(
        required=False, label="Whose", choices=[("", "Mine and nobody’s"), ("all", "Everybody’s")]
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Role.objects.visible_to(user).order_by("title", "pk").values_list("slug", "title")[:MOST_ROLES]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All"), *roles]

    def value(self, name: str) -> str:
        """What makes no sense filters nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class ThresholdsForm(forms.Form):
    """A number for each rule, and for each stage that has days of its own."""

    def __init__(self, data: Any = None, *, role: Role, stages: list[Stage]) -> None:
        super().__init__(data)
        self.stages = [stage for stage in stages if stage.kind in UNDER_WAY]
        for name, (label, help_text) in WORDS.items():
            lowest = 1 if name == "scorecard_hours" else 0
            self.fields[name] = forms.IntegerField(
                label=label,
                help_text=help_text,
                min_value=lowest,
                max_value=Thresholds.MOST[name],
                initial=getattr(role, name),
            )
        for stage in self.stages:
            self.fields[f"stage_{stage.pk}"] = forms.IntegerField(
                label=stage.name,
                required=False,
                min_value=0,
                max_value=Thresholds.MOST["stage_days"],
                initial=stage.attention_days,
            )

    def rules(self) -> list[BoundField]:
        return [self[name] for name in WORDS]

    def of_stages(self) -> list[BoundField]:
        return [self[f"stage_{stage.pk}"] for stage in self.stages]

    def numbers(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in WORDS}

    def stage_days(self) -> dict[int, int | None]:
        return {stage.pk: self.cleaned_data[f"stage_{stage.pk}"] for stage in self.stages}
