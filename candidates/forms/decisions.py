from typing import Any

from django import forms

from candidates.enums import Outcome


class DecisionForm(forms.Form):
    """The client's decision; staff who record one also say whose it is and where they heard it."""

    outcome = forms.ChoiceField(choices=Outcome.choices, widget=forms.RadioSelect, label="Decision")
    why = forms.CharField(
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why",
        help_text="It stands in the record and can’t be changed; a later decision may follow.",
    )
    decider_name = forms.CharField(max_length=200, label="Who at the client decided")
    where_given = forms.CharField(
        max_length=300, label="Where they told you", help_text="Such as: call on 20 November, mail of Tuesday."
    )

    def __init__(self, *args: Any, for_client: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_client:
            del self.fields["decider_name"], self.fields["where_given"]
