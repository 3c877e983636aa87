from typing import Any

from django import forms

from screening.accounts.enums import Part
from screening.accounts.models import User
from screening.accounts.time_zones import time_zone_choices

CLIENT_HELP = "Needed for client reviewers; a hiring manager who has one sees only that client's roles."


class PeopleFilter(forms.Form):
    q = forms.CharField(label="Name or e-mail", required=False)
    part = forms.ChoiceField(label="Part", required=False, choices=[("", "Everybody"), *Part.choices])
    state = forms.ChoiceField(
        label="Account", required=False, choices=[("", "Active"), ("inactive", "Deactivated"), ("all", "All")]
    )

    def wanted(self) -> dict[str, str]:
        given = self.cleaned_data if self.is_valid() else {}
        return {"text": given.get("q", ""), "part": given.get("part", ""), "state": given.get("state", "")}


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = User
        fields = ("name", "part", "client")
        help_texts = {"client": CLIENT_HELP}


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    time_zone = forms.ChoiceField(
        label="Time zone", choices=time_zone_choices, help_text="Every time on every page is shown in this zone."
    )

    class Meta:
        model = User
        fields = ("name", "time_zone", "single_key_shortcuts")
        labels = {"single_key_shortcuts": "Single-key shortcuts"}
        help_texts = {"single_key_shortcuts": "Such as the number of a level while scoring. Press ? to see them all."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
