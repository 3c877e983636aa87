from typing import Any

from django import forms

from rubrics.models import Role, RubricVersion
from rubrics.queries.roles import versions_to_pin


class MoveForm(forms.Form):
    """Which version a role is to be moved to; `leaving` is the one it had when the preview was read."""

    version = forms.ModelChoiceField(queryset=RubricVersion.objects.none())
    leaving = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = versions_to_pin().exclude(roles=role)
        self.fields["version"].queryset = others  # type: ignore[attr-defined]  # a model choice field
