import rules

from candidates.models import Interview
from candidates.permissions.seal import is_about_themselves, reaches_role
from screening.accounts.models import User


@rules.predicate
def can_view_interview(user: User, interview: Interview) -> bool:
    if user.is_client_reviewer or is_about_themselves(user, interview.application):
        return False
    on_panel = interview.scorecards.filter(interviewer=user).exists()
    return on_panel or reaches_role(user, interview.application.role)


@rules.predicate
def can_plan_interviews(user: User) -> bool:
    """Scheduling, changing panels, holding and calling off is the recruiter's work."""
    return user.is_staff_of_firm
