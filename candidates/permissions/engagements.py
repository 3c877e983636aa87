import rules

from candidates.models import Application, Engagement, EngagementReview
from candidates.permissions.seal import can_see_opinions, is_about_themselves, is_presented
from screening.accounts.models import User


@rules.predicate
def can_view_engagement(user: User, engagement: Engagement) -> bool:
    """The client's own; inside people within the seal: that somebody was hired is an opinion too."""
    application = engagement.application
    if user.is_client_reviewer:
        return application.role.client_id == user.client_id and not is_about_themselves(user, application)
    return bool(can_see_opinions(user, application))


@rules.predicate
def can_view_engagement_review(user: User, review: EngagementReview) -> bool:
    """What is not given yet is its client's alone."""
    is_theirs = user.is_client_reviewer or review.submitted_at is not None
    return is_theirs and bool(can_view_engagement(user, review.engagement))


@rules.predicate
def can_write_engagement_review(user: User, review: EngagementReview) -> bool:
    is_open = review.submitted_at is None
    return is_open and user.is_client_reviewer and bool(can_view_engagement(user, review.engagement))


@rules.predicate
def can_start_engagement(user: User, application: Application) -> bool:
    """Staff, or the client whose hire it is."""
    if user.is_client_reviewer:
        return bool(is_presented(user, application)) and not is_about_themselves(user, application)
    return user.is_staff_of_firm and bool(can_see_opinions(user, application))


@rules.predicate
def can_end_engagement(user: User, engagement: Engagement) -> bool:
    is_theirs = user.is_client_reviewer or user.is_staff_of_firm
    return is_theirs and engagement.ended_on is None and bool(can_view_engagement(user, engagement))
