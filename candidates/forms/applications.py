from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from candidates.enums import Source
from candidates.forms.candidates import ANY, MOST_CHOICES, set_choices, staff
from candidates.gates.applications import needs_reason
from candidates.models import Application, Tag
from rubrics.models import Stage
from screening.accounts.models import User

MOST_AT_ONCE = 500


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

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.is_staff_of_firm:
            self.fields["q"].label = "Name or e-mail"
            set_choices(self, "owner", staff())
            set_choices(self, "tag", Tag.objects.values_list("pk", "name")[:MOST_CHOICES])
        else:
            for closed in ("owner", "source", "tag"):
                del self.fields[closed]


class MoveForm(forms.Form):
    """Where to, and why where that is asked for; `seen` is the stage the person looked at."""

    to = forms.TypedChoiceField(label="Move to")
    reason = forms.CharField(
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
        field.choices = [(stage.pk, stage.name) for stage in stages]
        field.coerce = lambda pk: by_pk[int(pk)]


class BulkMoveForm(forms.Form):
    applications = forms.ModelMultipleChoiceField(Application.objects.none(), label="People")
    to = forms.ModelChoiceField(Stage.objects.none(), label="Move to", empty_label=None)
    reason = forms.CharField(max_length=500, required=False, label="Why")

    def __init__(self, *args: Any, applications: Any, stages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("applications", applications), ("to", stages)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        self.fields["applications"].error_messages["required"] = "Tick the people to move first."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen, to = cleaned.get("applications"), cleaned.get("to")
        if chosen is not None and len(chosen) > MOST_AT_ONCE:
            raise ValidationError(f"At most {MOST_AT_ONCE} people at once.")
        if to is not None and needs_reason(to.kind) and not cleaned.get("reason", "").strip():
            self.add_error("reason", f"Say why; a move to “{to.name}” needs a reason.")
        return cleaned
