"""Filters under a name of their own."""

from dataclasses import dataclass

from django.db import transaction

from candidates.models import SavedView
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.models import User

MOST_VIEWS = 50


@dataclass(frozen=True)
class ViewDetails:
    """`default`: opens by itself when its owner comes to the page without a filter."""

    name: str
    shared: bool = False
    default: bool = False


@transaction.atomic
def save_view(*, role: Role | None, query: str, details: ViewDetails, by: User) -> SavedView:
    """Keep a filter; under a name its owner uses here already it replaces that one. Raises Refused."""
    mine = _lock_all(by)
    here = [view for view in mine if view.role_id == (role.pk if role else None)]
    view = next((view for view in here if view.name == details.name), None)
    if view is None and len(mine) >= MOST_VIEWS:
        raise Refused(f"You have {MOST_VIEWS} views. Delete one first.")
    view = view or SavedView(owner=by, role=role)
    view.query = query
    return _write(view, details)


@transaction.atomic
def change_view(*, view: SavedView, details: ViewDetails) -> SavedView:
    """Rename it, share it or not, let it open by itself or not. Raises Refused."""
    here = [one for one in _lock_all(view.owner) if one.role_id == view.role_id and one.pk != view.pk]
    if any(one.name == details.name for one in here):
        raise Refused("You have a view of this name here already.")
    return _write(view, details)


@transaction.atomic
def delete_view(*, view: SavedView) -> None:
    view.delete()


def _lock_all(owner: User) -> list[SavedView]:
    """One person changes their views in one window after the other; the lock holds for new ones too."""
    User.objects.select_for_update().only("pk").get(pk=owner.pk)
    return list(SavedView.objects.filter(owner=owner))


def _write(view: SavedView, details: ViewDetails) -> SavedView:
    if details.default:
        others = SavedView.objects.filter(owner=view.owner, role=view.role, default=True).exclude(pk=view.pk)
        others.update(default=False)
    view.name, view.shared, view.default = details.name, details.shared, details.default
    view.save()
    return view
