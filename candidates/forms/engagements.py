from django import forms

from candidates.forms.levels import LevelsForm
from candidates.services.engagements import OutcomeDraft


class StartForm(forms.Form):
    started_on = forms.DateField(
        label="First day at work",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The reviews fall due 30, 90, 180 and 365 days later.",
    )


class EndForm(forms.Form):
    ended_on = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(max_length=500, label="Why it ended", widget=forms.Textarea(attrs={"rows": 2}))


class OutcomeForm(LevelsForm):
    comment = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Comment",
        help_text="What they have taken over, what surprised you, what is still open.",
    )

    @property
    def draft(self) -> OutcomeDraft:
        return OutcomeDraft(levels=self.levels, comment=self.cleaned_data.get("comment", ""))
