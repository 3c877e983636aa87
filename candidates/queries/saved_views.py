"""The views somebody may choose from on a page, and what of an address belongs to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from candidates.models import SavedView
from rubrics.models import Role
from screening.accounts.models import User

NOT_SAVED = ("page", "q", "since")
"""Where one is on a page is no filter; words one searched for may be somebody's name."""


BOARD = ("view", "board")
"""What a pipeline shows anyway."""


@dataclass(frozen=True)
class Choice:
    pk: int
    name: str
    query: str
    shared_by: str
    default: bool
    current: bool


def query_to_save(query: str) -> str:
    """An address' filter in one order, so that two that say the same are the same."""
    said = [(name, value) for name, value in parse_qsl(query) if name not in NOT_SAVED and (name, value) != BOARD]
    return urlencode(sorted(said))


def choices_of(user: User, role: Role | None, *, query: str) -> list[Choice]:
    """One's own first, then those of colleagues; one statement."""
    now = query_to_save(query)
    views = SavedView.objects.visible_to(user).of(role).select_related("owner")
    mine_first = sorted(views, key=lambda view: (view.owner_id != user.pk, view.name.casefold(), view.pk))
    return [
        Choice(
            pk=view.pk,
            name=view.name,
            query=view.query,
            shared_by="" if view.owner_id == user.pk else view.owner.name,
            default=view.default and view.owner_id == user.pk,
            current=view.query == now,
        )
        for view in mine_first
    ]


def opens_by_itself(choices: Sequence[Choice], *, query: str) -> str:
    """The filter to go to from an address without one; empty when there is none to go to."""
    return "" if query else next((choice.query for choice in choices if choice.default), "")
