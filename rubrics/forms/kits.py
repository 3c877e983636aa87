from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from rubrics.queries.kits import Content
from rubrics.services.scopes import fingerprint
from rubrics.spec import NAME_LENGTH

NAME, ASKED = "name-", "asked-"


class KitsForm(forms.Form):
    """Which kits ask which questions: one name and one set of questions a kit, and what the editor began with."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, content: Content, questions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = fingerprint(content)
        self.kits, self.order = content, list(questions)
        for key, kit in content.items():
            self.fields[NAME + key] = forms.CharField(label="Name", max_length=NAME_LENGTH, initial=kit["name"])
            self.fields[ASKED + key] = forms.MultipleChoiceField(
                required=False, choices=[(one, one) for one in self.order], initial=kit["questions"]
            )

    def chosen(self) -> dict[str, list[str]]:
        """Kit → questions as ticked: those it had in their order, then new ones in the rubric's."""
        return {key: self._ordered(key, kit) for key, kit in self.kits.items()}

    def _ordered(self, key: str, kit: Mapping[str, Any]) -> list[str]:
        ticked = set(self[ASKED + key].value() or [])
        kept = [one for one in kit["questions"] if one in ticked]
        return [*kept, *(one for one in self.order if one in ticked and one not in kept)]

    def content(self) -> Content:
        chosen = self.chosen()
        return {key: {"name": self.cleaned_data[NAME + key].strip(), "questions": chosen[key]} for key in self.kits}


class NewKitForm(forms.Form):
    name = forms.CharField(label="Name of a new kit", max_length=NAME_LENGTH)
