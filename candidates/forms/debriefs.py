from typing import Any

from django import forms

from candidates.enums import DebriefResult
from candidates.models import Evidence, Scorecard
from rubrics.models import Dimension

LONGEST = 5_000


class AskForm(forms.Form):
    """A question about a scorecard: all of it, a dimension of it, or one of its incidents."""

    dimension = forms.ModelChoiceField(Dimension.objects.none(), required=False)
    evidence = forms.ModelChoiceField(Evidence.objects.none(), required=False)
    text = forms.CharField(max_length=LONGEST, label="Question", error_messages={"required": "Write the question."})

    def __init__(self, *args: Any, scorecard: Scorecard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rated = Dimension.objects.filter(pk__in=scorecard.ratings.values("dimension"))
        self.fields["dimension"].queryset = rated  # type: ignore[attr-defined]  # the field is a ModelChoiceField
        self.fields["evidence"].queryset = scorecard.evidence.select_related("dimension")  # type: ignore[attr-defined]  # the same


class AnswerForm(forms.Form):
    text = forms.CharField(max_length=LONGEST, label="Answer", error_messages={"required": "Write the answer."})


class OutcomeForm(forms.Form):
    """What the debrief came to; `seen` is the outcome that stood there when the form was opened."""

    result = forms.ChoiceField(choices=DebriefResult.choices, widget=forms.RadioSelect, label="Outcome")
    note = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        label="What it rests on",
        help_text="It stays in the record; a later outcome may follow. No level, score or stage changes by it.",
    )
    next_steps = forms.CharField(
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        label="Next steps",
        help_text="Who does what, by when.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
