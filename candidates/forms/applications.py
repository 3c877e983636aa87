from typing import Any

from django import forms
from django.http import QueryDict

from candidates.enums import Source, Warned
from candidates.forms.candidates import ANY, MOST_CHOICES, set_choices, staff
from candidates.gates.applications import needs_reason
from candidates.models import Tag
from candidates.queries.applications import NO_SCORE
from candidates.queries.paging import number_in
from rubrics.models import RubricVersion, Stage
from screening.accounts.models import User

COLUMNS = {
    "stage": "Stage",
    "source": "Source",
    "owner": "Looked after by",
    "scorecards": "Scorecards",
    "warnings": "Warnings",
    "score": "Score",
    "tags": "Tags",
    "added": "Added",
}
USUAL = ("stage", "source", "owner", "scorecards", "warnings")
OF_STAFF = ("tags",)


class PipelineFilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=100, label="Name")
    owner = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Looked after by")
    source = forms.ChoiceField(required=False, choices=[ANY, *Source.choices], label="Source")
    tag = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Tag")
    waiting = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        label="Waiting",
        choices=[ANY, (3, "3 days or more"), (5, "5 days or more"), (10, "10 days or more"), (30, "30 days or more")],
    )

    warned = forms.ChoiceField(required=False, choices=[ANY, *Warned.choices], label="Warning")
    score = forms.ChoiceField(required=False, label="Score")

    def __init__(self, *args: Any, user: User, version: RubricVersion | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "score", _bands(version))
        if user.is_staff_of_firm:
            self.fields["q"].label = "Name or e-mail"
            set_choices(self, "owner", staff())
            set_choices(self, "tag", Tag.objects.values_list("pk", "name")[:MOST_CHOICES])
        else:
            for closed in ("owner", "source", "tag"):
                del self.fields[closed]


def _bands(version: RubricVersion | None) -> list[tuple[Any, str]]:
    """Scores between two levels of the role's rubric; each begins with the level it is named by."""
    levels = list(version.level_values) if version else []
    bands = [(level, f"{level} to {level + 1}") for level in levels[:-1]]
    return [*bands, *((level, f"{level}") for level in levels[-1:]), (NO_SCORE, "None yet")]


class ColumnsForm(forms.Form):
    """What the table shows beside the name; nothing chosen means the usual ones. An address may join them by commas."""

    columns = forms.MultipleChoiceField(
        required=False, choices=list(COLUMNS.items()), widget=forms.CheckboxSelectMultiple, label="Columns"
    )

    def __init__(self, query: QueryDict, *, user: User) -> None:
        self.query = query
        super().__init__()
        field = self.fields["columns"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [one for one in COLUMNS.items() if user.is_staff_of_firm or one[0] not in OF_STAFF]
        self.initial["columns"] = self.chosen

    @property
    def chosen(self) -> list[str]:
        """In the order of the table, whatever an address says."""
        may: Any = self.fields["columns"]
        asked = {name for names in self.query.getlist("columns") for name in names.split(",")} & set(COLUMNS)
        return [name for name, _ in may.choices if name in (asked or USUAL)]


class ReasonField(forms.CharField):
    is_needed_later = False
    """Whether its label leaves out that it is optional."""


class MoveForm(forms.Form):
    """Where to, and why where that is asked for; `seen` is the stage the person looked at."""

    to = forms.TypedChoiceField(label="Move to")
    reason = ReasonField(
        max_length=500,
        required=False,
        label="Why",
        help_text="Needed for a rejection or a withdrawal. The program tells the candidate nothing.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, stages: list[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_pk = {stage.pk: stage for stage in stages}
        field = self.fields["to"]
        assert isinstance(field, forms.TypedChoiceField)
        none = [] if self["to"].value() or not stages else [("", "Choose a stage")]
        field.choices = [*none, *((stage.pk, stage.name) for stage in stages)]
        field.coerce = lambda pk: by_pk[int(pk)]
        chosen = by_pk.get(number_in(str(self["to"].value())) or 0)
        reason = self.fields["reason"]
        assert isinstance(reason, ReasonField)
        reason.is_needed_later = chosen is not None and needs_reason(chosen.kind)
