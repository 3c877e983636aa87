"""A gate is a function that returns what is missing, in words the user can act on; an empty list opens it."""

from collections.abc import Collection
from dataclasses import dataclass

from rubrics.enums import GateName
from rubrics.models import GateOverride
from screening.accounts.errors import Refused


@dataclass(frozen=True)
class Missing:
    """One thing that a gate asks for. `code` is stable and names what an override waives."""

    code: str
    text: str


class GateRefused(Refused):
    """A step was tried while its gate is closed."""

    def __init__(self, missing: Collection[Missing]) -> None:
        super().__init__(" ".join(item.text for item in missing))
        self.missing = list(missing)

    def as_json(self) -> dict[str, object]:
        return {**super().as_json(), "missing": [{"code": item.code, "text": item.text} for item in self.missing]}


def without_waived(missing: list[Missing], *, gate: GateName, subject: int) -> list[Missing]:
    """What is still missing after the overrides that a second person approved."""
    if not missing:
        return missing
    approved = GateOverride.objects.filter(gate=gate, subject=subject, approved_at__isnull=False)
    waived = {code for override in approved for code in override.waives}
    return [item for item in missing if item.code not in waived]


def pass_gate(missing: Collection[Missing]) -> None:
    """Raises GateRefused unless nothing is missing."""
    if missing:
        raise GateRefused(missing)
