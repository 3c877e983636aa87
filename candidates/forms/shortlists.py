from typing import Any

from django import forms
from django.db.models import QuerySet

from candidates.enums import ShowPanel
from candidates.models import Evidence, Shortlist
from candidates.services.shortlists import ShownToClient
from rubrics.enums import NameForm
from screening.accounts.models import User


class ShownForm(forms.Form):
    """What the client sees of the people on a shortlist."""

    name_form = forms.ChoiceField(choices=NameForm.choices, label="People are called by", widget=forms.RadioSelect)
    show_panel = forms.ChoiceField(
        choices=ShowPanel.choices,
        label="The panel’s levels and scores appear",
        widget=forms.RadioSelect,
        help_text="An evaluation given first is worth more: it can disagree.",
    )
    show_cv = forms.BooleanField(
        required=False,
        label="They may read the CV",
        help_text="The file itself, as the candidate sent it: it names the person, also where people are called by initials.",
    )

    @classmethod
    def of(cls, shortlist: Shortlist) -> "ShownForm":
        return cls(
            initial={
                "name_form": shortlist.name_form,
                "show_panel": shortlist.show_panel,
                "show_cv": shortlist.show_cv,
            }
        )

    @property
    def shown(self) -> ShownToClient:
        given = self.cleaned_data
        return ShownToClient(
            name_form=NameForm(given["name_form"]),
            show_cv=given["show_cv"],
            show_panel=ShowPanel(given["show_panel"]),
        )


class SummaryForm(forms.Form):
    summary = forms.CharField(
        required=False,
        max_length=2_000,
        label="Summary for the client",
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "What they did that this role needs, in two sentences."}
        ),
    )

    rests_on = forms.ModelMultipleChoiceField(
        Evidence.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="This rests on"
    )

    def __init__(self, *args: Any, evidence: QuerySet[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rests_on"].queryset = evidence  # type: ignore[attr-defined]  # the field is a ModelMultipleChoiceField


class OrderForm(forms.Form):
    """Either one step (`move`: “12:up”) from the order as it is, or a whole order (`order`: “12,9,31”) with why."""

    move = forms.RegexField(r"^\d+:(up|down)$", required=False)
    order = forms.RegexField(r"^\d+(,\d+)*$", required=False)
    why = forms.CharField(required=False, max_length=2_000)

    def new_order(self, present: list[int]) -> list[int]:
        given = self.cleaned_data
        if given.get("order"):
            return [int(pk) for pk in given["order"].split(",")]
        entry, _, direction = given.get("move", "").partition(":")
        ordered = list(present)
        if not entry or int(entry) not in ordered:
            return ordered
        place = ordered.index(int(entry))
        other = min(max(place + (-1 if direction == "up" else 1), 0), len(ordered) - 1)
        ordered[place], ordered[other] = ordered[other], ordered[place]
        return ordered


class WhyForm(forms.Form):
    """Asked when an order departs from the scores."""

    why = forms.CharField(
        max_length=2_000,
        label="Why this order",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The client reads it beside the person, once they have given their own evaluation.",
    )


class ReviewerForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label="Person at the client", empty_label="Choose somebody")
    must = forms.BooleanField(
        required=False, initial=True, label="Must evaluate", help_text="Nobody decides before they have."
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = people


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, label="Why", widget=forms.Textarea(attrs={"rows": 2}))
