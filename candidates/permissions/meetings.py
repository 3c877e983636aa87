import rules

from candidates.models import Meeting
from candidates.permissions.asked import is_open_to
from screening.accounts.models import User


@rules.predicate
def can_view_meeting(user: User, meeting: Meeting) -> bool:
    return is_open_to(user, meeting)


@rules.predicate
def can_arrange_meetings(user: User) -> bool:
    """When and where, and what the candidate is sent, is the recruiter's work."""
    return user.is_staff_of_firm


@rules.predicate
def takes_part(user: User, meeting: Meeting) -> bool:
    return meeting.asked_by_id == user.pk or user.is_staff_of_firm


can_end_meeting = can_view_meeting & takes_part
"""Calling it off, and saying that it was held."""
