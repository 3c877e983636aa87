import rules

from candidates.permissions.seal import reaches_role
from rubrics.models import Role
from screening.accounts.models import User


@rules.predicate
def can_view_insights(user: User, role: Role) -> bool:
    """What the pool as a whole shows; of nobody's candidate in particular, so no seal closes it."""
    return not user.is_client_reviewer and reaches_role(user, role)


@rules.predicate
def can_view_habits_of_all(user: User) -> bool:
    """Whoever plans panels; everybody else sees their own."""
    return user.is_staff_of_firm


@rules.predicate
def can_view_pipeline_insights(user: User) -> bool:
    """Of the roles one may look at, and of nobody one still has to judge: the figures are counted so for each reader."""
    return not user.is_client_reviewer
