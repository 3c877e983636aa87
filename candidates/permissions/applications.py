import rules

from candidates.models import Application
from candidates.permissions.seal import can_view_application
from rubrics.models import Role
from screening.accounts.models import User

__all__ = ["can_change_pipeline", "can_move_application", "can_view_application", "can_view_pipeline"]


@rules.predicate
def is_staff(user: User, _application: Application) -> bool:
    return user.is_staff_of_firm


@rules.predicate
def can_view_pipeline(user: User, _role: Role) -> bool:
    """Of a role one may look at (`visible_to`): everybody inside; a client sees its shortlists instead."""
    return not user.is_client_reviewer


@rules.predicate
def can_change_pipeline(user: User, _role: Role) -> bool:
    return user.is_staff_of_firm


can_move_application = is_staff & can_view_application
