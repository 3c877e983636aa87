from collections.abc import Sequence
from typing import Any

from django import forms

from candidates.queries.validity import DAYS
from candidates.queries.validity_input import Scope
from rubrics.models import Role


class ValidityForm(forms.Form):
    """Whose engagements, and which review: kept in the address. An empty form is everybody, on day 90."""

    of = forms.ChoiceField(label="Engagements of", required=False)
    day = forms.TypedChoiceField(
        label="Review of",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(one.value, one.label) for one in DAYS],
    )

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pools = {one.rubric_version.pool_key: str(one.rubric_version) for one in roles if one.rubric_version}
        self.fields["of"].choices = [  # type: ignore[attr-defined]  # of a choice field
            ("", "All rubrics"),
            ("Rubrics", [(f"pool:{key}", name) for key, name in pools.items()]),
            ("Roles", [(f"role:{one.slug}", f"{one.title}, {one.client.name}") for one in roles]),
        ]


def scope_of(words: str) -> Scope:
    """What the address asks for; anything unknown is left to the form to refuse."""
    kind, _, name = words.partition(":")
    return Scope(pool_key=name if kind == "pool" else "", role=name if kind == "role" else "")
