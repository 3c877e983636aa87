import rules

from candidates.models import BulkAction
from screening.accounts.models import User
from screening.accounts.permissions import is_administrator, is_staff_of_firm


@rules.predicate
def began(user: User, action: BulkAction) -> bool:
    return action.by_id == user.pk


can_view_bulk = is_administrator | (is_staff_of_firm & began)
can_run_bulk = is_staff_of_firm & began
"""Whoever planned it starts it and takes it back, for it is done in their name."""
