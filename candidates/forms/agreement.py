from collections.abc import Sequence
from typing import Any

from django import forms

from candidates.queries.agreement import Among, clients_of
from rubrics.models import Role


class AgreementForm(forms.Form):
    """Whose evaluations: kept in the address. An empty form is everybody."""

    of = forms.ChoiceField(label="Evaluations of", required=False)

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pools = {role.rubric_version.pool_key: str(role.rubric_version) for role in roles if role.rubric_version}
        self.fields["of"].choices = [  # type: ignore[attr-defined]  # of a choice field
            ("", "All clients"),
            ("Clients", [(f"client:{client.pk}", client.name) for client in clients_of(roles)]),
            ("Rubrics", [(f"pool:{key}", name) for key, name in pools.items()]),
            ("Roles", [(f"role:{role.slug}", f"{role.title}, {role.client.name}") for role in roles]),
        ]

    @property
    def among(self) -> Among:
        kind, _, name = self.cleaned_data["of"].partition(":")
        return Among(
            client=int(name) if kind == "client" else None,
            pool_key=name if kind == "pool" else "",
            role=name if kind == "role" else "",
        )
