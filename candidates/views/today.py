"""Each user's day: what waits for them, most urgent first."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.queries.client_home import searches
from candidates.queries.today import (
    debriefs_opened,
    interviews_unmarked,
    my_panel,
    panels_too_small,
    pipelines,
    questions_asked,
    scorecards_overdue,
    threads_waiting,
    without_consent,
)
from candidates.queries.waiting import (
    engagement_reviews_due,
    for_administrator,
    overrides_waiting,
    scopes_to_approve,
    shortlists_to_evaluate,
    shortlists_unread,
)
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User


@require_safe
def today(request: AuthedRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    if user.is_client_reviewer:
        return render(request, "candidates/today/client.html", _client(user, now))
    panel = {
        "panel": my_panel(user, now),
        "debriefs": debriefs_opened(user, now),
        "threads": threads_waiting(user),
        "now": now,
    }
    if user.is_staff_of_firm:
        return render(request, "candidates/today/staff.html", panel | _staff(user, now))
    return render(request, "candidates/today/manager.html", panel | {"questions": questions_asked(user)})


def _client(user: User, now: datetime) -> dict[str, Any]:
    return {
        "shortlists": shortlists_to_evaluate(user),
        "scopes": scopes_to_approve(user),
        "reviews": engagement_reviews_due(user, now.astimezone(user.zone).date()),
        "searches": searches(user),
    }


def _staff(user: User, now: datetime) -> dict[str, Any]:
    stuck = [
        ("Waiting for your approval", overrides_waiting(user)),
        ("Scorecards overdue", scorecards_overdue(user, now)),
        ("Interviews nobody has marked", interviews_unmarked(user, now)),
        ("No consent", without_consent(user, now)),
        ("Panel too small", panels_too_small(user, now)),
        ("Shortlist unread for 3 days", shortlists_unread(user, now)),
    ]
    return {
        "stuck": stuck,
        "nothing_stuck": not any(items.rows for _, items in stuck),
        "pipelines": pipelines(user),
        "administration": for_administrator() if user.is_administrator else None,
    }
