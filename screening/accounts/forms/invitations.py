from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from screening.accounts.enums import Part
from screening.accounts.forms.users import CLIENT_HELP
from screening.accounts.models import Client, Invitation, User
from screening.accounts.time_zones import time_zone_choices

WHAT_IS_GOOD_ENOUGH = "At least 12 characters; not only digits, not your name, not a password that many people use."


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    name = forms.CharField(label="Name", max_length=200)
    part = forms.ChoiceField(label="Part", choices=[("", "Choose a part"), *Part.choices])
    client = forms.ModelChoiceField(
        label="Client", queryset=Client.objects.all(), required=False, empty_label="No client", help_text=CLIENT_HELP
    )


class AcceptForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=200)
    password = forms.CharField(label="Password", strip=False, help_text=WHAT_IS_GOOD_ENOUGH, max_length=128)
    password_again = forms.CharField(label="Password again", strip=False, max_length=128)
    time_zone = forms.ChoiceField(label="Time zone", choices=time_zone_choices)

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"name": invitation.name, "time_zone": "UTC"})
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        for field in ("password", "password_again"):
            self.fields[field].widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        self.fields["time_zone"].widget.attrs["data-time-zone"] = ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "password" in data:
            try:
                validate_password(data["password"], User(email=self.invitation.email, name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        if data.get("password") != data.get("password_again"):
            self.add_error("password_again", "This is not the same password.")
        return data
