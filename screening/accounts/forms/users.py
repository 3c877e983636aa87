from typing import Any

from django import forms

from screening.accounts.enums import Part, notices_of
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


class NoticesForm(forms.Form):
    """Which mails one wants, in groups of what they are about."""

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        for number, (heading, notices) in enumerate(notices_of(user.part)):
            self.fields[f"notices_{number}"] = forms.MultipleChoiceField(
                label=heading,
                required=False,
                choices=[(notice.value, notice.label) for notice in notices],
                initial=[notice.value for notice in notices if notice not in user.muted],
                widget=forms.CheckboxSelectMultiple,
            )

    def wanted(self) -> set[str]:
        return {event for events in self.cleaned_data.values() for event in events}
