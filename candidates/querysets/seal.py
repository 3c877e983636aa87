"""Independence, as filters: what a user may not see while they owe a scorecard, and never about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from candidates.enums import BEFORE_SCORES, InterviewState, ScorecardState, ShortlistState

if TYPE_CHECKING:
    from screening.accounts.models import User

WITH_CLIENT = (ShortlistState.PRESENTED, ShortlistState.DECIDED)


def sealed_applications(user: User) -> QuerySet[Any]:
    """Ids of the applications on which this user owes a scorecard, and of those set aside for one of them."""
    owed = user.scorecards.filter(
        state=ScorecardState.DRAFT,
        amends__isnull=True,
        interview__state__in=[InterviewState.SCHEDULED, InterviewState.HELD],
    )
    aside = owed.filter(interview__application__set_aside__isnull=False)
    return owed.values("interview__application_id").union(aside.values("interview__application__set_aside"))


def in_reach(user: User, application: str) -> Q:
    """Applications of roles this inside user may look at, not their own; `application` is the lookup path to one."""
    reach = Q()
    if user.is_hiring_manager:
        reach = Q(**{_path(application, "role_id__in"): user.memberships.values("role_id")})
        if user.client_id:
            reach &= Q(**{_path(application, "role__client_id"): user.client_id})
    return reach & not_about_themselves(user, _path(application, "candidate"))


def not_about_themselves(user: User, candidate: str) -> Q:
    return ~Q(**{_path(candidate, "pk__in"): user.candidacies.values("pk")})


def unsealed(user: User, application: str) -> Q:
    return ~Q(**{_path(application, "pk__in"): sealed_applications(user)})


def opinions_open(user: User, application: str) -> Q:
    """Applications whose opinions this inside user may read."""
    return in_reach(user, application) & unsealed(user, application)


def says_no_opinion(user: User, application: str) -> Q:
    """Applications that may be listed: not sealed, or in a stage that tells nothing."""
    return unsealed(user, application) | Q(**{_path(application, "stage__kind__in"): BEFORE_SCORES})


def presented_to(user: User, shortlist: str) -> Q:
    """Shortlists put before this client reviewer's company, and not about themselves."""
    return Q(
        **{
            _path(shortlist, "state__in"): WITH_CLIENT,
            _path(shortlist, "role__client_id"): user.client_id,
        }
    )


def _path(prefix: str, lookup: str) -> str:
    return f"{prefix}__{lookup}" if prefix else lookup
