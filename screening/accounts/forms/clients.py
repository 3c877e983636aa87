from django import forms

from screening.accounts.models import Client


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = Client
        fields = ("name",)
