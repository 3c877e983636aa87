import rules

from candidates.models import Score
from candidates.permissions.seal import can_see_opinions, reaches_role
from rubrics.models import Role
from screening.accounts.models import User


@rules.predicate
def can_view_score(user: User, score: Score) -> bool:
    return not user.is_client_reviewer and bool(can_see_opinions(user, score.application))


@rules.predicate
def can_compare(user: User, role: Role) -> bool:
    """The comparison of a role is for inside people; a client sees scores on its shortlists."""
    return not user.is_client_reviewer and reaches_role(user, role)
