from django import forms

from candidates.enums import OfferAnswer


class OfferForm(forms.Form):
    starts_on = forms.DateField(label="First day at work", widget=forms.DateInput(attrs={"type": "date"}))
    terms = forms.CharField(
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="What is offered",
        help_text="Read by your company and us only.",
    )


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=OfferAnswer.choices, widget=forms.RadioSelect, label="Their answer")
    reason = forms.CharField(
        required=False, max_length=500, label="Why", help_text="For a no, as far as they told you."
    )
