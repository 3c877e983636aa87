import rules

from candidates.models import SavedView
from candidates.permissions.seal import reaches_role
from screening.accounts.models import User


@rules.predicate
def is_owner(user: User, view: SavedView) -> bool:
    return view.owner_id == user.pk


@rules.predicate
def is_shared(_user: User, view: SavedView) -> bool:
    return view.shared


@rules.predicate
def is_of_a_pipeline_in_reach(user: User, view: SavedView) -> bool:
    return not user.is_client_reviewer and (view.role is None or reaches_role(user, view.role))


can_view_saved_view = is_of_a_pipeline_in_reach & (is_owner | is_shared)
can_change_saved_view = is_of_a_pipeline_in_reach & is_owner
