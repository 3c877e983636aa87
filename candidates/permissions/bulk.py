import rules

from candidates.models import BulkAction
from candidates.permissions.seal import owed_applications
from screening.accounts.models import User
from screening.accounts.permissions import is_administrator, is_staff_of_firm


@rules.predicate
def began(user: User, action: BulkAction) -> bool:
    return action.by_id == user.pk


@rules.predicate
def tells_of_nobody_closed(user: User, action: BulkAction) -> bool:
    """Its stage and its reason say what is thought of everybody in it: of nobody one owes a scorecard, nor of oneself."""
    people = action.items.select_related("application__candidate")
    owed = owed_applications(user)
    return not any(one.application_id in owed or one.application.candidate.user_id == user.pk for one in people)


can_view_bulk = (is_administrator & tells_of_nobody_closed) | (is_staff_of_firm & began)
can_run_bulk = is_staff_of_firm & began
"""Whoever planned it starts it and takes it back, for it is done in their name."""
