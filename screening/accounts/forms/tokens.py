from datetime import timedelta
from typing import Any

from django import forms

DAYS = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year")]


class TokenForm(forms.Form):
    name = forms.CharField(label="What it is for", max_length=100)
    days = forms.TypedChoiceField(label="Valid for", choices=DAYS, coerce=int, initial=90)
    writes = forms.BooleanField(
        label="May also change things", required=False, help_text="Without this the token only reads."
    )

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"name": given["name"], "valid_for": timedelta(days=given["days"]), "read_only": not given["writes"]}
