from collections.abc import Iterable
from typing import Any

from django import forms

from candidates.queries.merges import Clash, Comparison, Field
from candidates.queries.paging import number_in

MINE, THEIRS = "mine", "theirs"
SIDES = ((MINE, "As it is in the file that stays"), (THEIRS, "As it is in the other file"))


class MergeForm(forms.Form):
    """Which of two facts the one file will have, and which of two applications to one role goes on."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, comparison: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.comparison = comparison
        self.fields["seen"].initial = comparison.seen
        for field in comparison.fields:
            if field.differs:
                initial = THEIRS if field.takes_theirs else MINE
                self.fields[f"take_{field.name}"] = forms.ChoiceField(
                    choices=SIDES, initial=initial, label=field.label, required=False
                )
        for clash in comparison.clashes:
            choices = [(str(one.pk), one.stage.name) for one in clash.applications]
            label = f"Application to “{clash.role.title}” that goes on"
            self.fields[f"live_{clash.role.pk}"] = forms.ChoiceField(
                choices=choices, initial=str(clash.proposed.pk), label=label, required=False
            )

    @property
    def theirs(self) -> list[str]:
        chosen = self.cleaned_data
        return [field.name for field in self.comparison.fields if chosen.get(f"take_{field.name}") == THEIRS]

    @property
    def live(self) -> dict[int, int]:
        """Role → application."""
        chosen = {
            clash.role.pk: self.cleaned_data.get(f"live_{clash.role.pk}", "") for clash in self.comparison.clashes
        }
        return {role: pk for role, text in chosen.items() if (pk := number_in(text)) is not None}

    def rows(self) -> Iterable[tuple[Field, str]]:
        """Each fact with the side that is ticked; none where both say the same."""
        for field in self.comparison.fields:
            name = f"take_{field.name}"
            yield field, str(self[name].value() or MINE) if name in self.fields else ""

    def roles(self) -> Iterable[tuple[Clash, str]]:
        for clash in self.comparison.clashes:
            yield clash, str(self[f"live_{clash.role.pk}"].value() or "")


class OtherForm(forms.Form):
    q = forms.CharField(max_length=100, label="Name or e-mail of the other one", strip=True)
