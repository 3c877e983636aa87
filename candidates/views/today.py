"""Each user's day: what waits for them, most urgent first."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.queries.client_home import searches
from candidates.queries.client_questions import client_threads_waiting
from candidates.queries.today import (
    answers_to_judge,
    debriefs_opened,
    interviews_unmarked,
    my_panel,
    people_today,
    pipelines,
    questions_asked,
    scorecards_overdue,
    threads_waiting,
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
        "threads": threads_waiting(user),
        "now": now,
    }
    if user.is_staff_of_firm:
        return render(request, "candidates/today/staff.html", panel | _staff(user, now))
    more = {"debriefs": debriefs_opened(user, now), "questions": questions_asked(user)}
    return render(request, "candidates/today/manager.html", panel | more)


def _client(user: User, now: datetime) -> dict[str, Any]:
    return {
        "shortlists": shortlists_to_evaluate(user),
        "threads": client_threads_waiting(user),
        "scopes": scopes_to_approve(user),
        "reviews": engagement_reviews_due(user, now.astimezone(user.zone).date()),
        "searches": searches(user),
    }


def _staff(user: User, now: datetime) -> dict[str, Any]:
    people = people_today(user, now)
    stuck = [
        ("Waiting for your approval", overrides_waiting(user)),
        ("Asked by clients", client_threads_waiting(user)),
        ("Scorecards overdue", scorecards_overdue(user, now)),
        ("Answers to judge", answers_to_judge(user)),
        ("Interviews nobody has marked", interviews_unmarked(user, now)),
        ("No consent", people.without_consent),
        ("Panel too small", people.panels_too_small),
        ("Shortlist unread for 3 days", shortlists_unread(user, now)),
    ]
    return {
        "stuck": stuck,
        "debriefs": people.debriefs,
        "nothing_stuck": not any(items.rows for _, items in stuck),
        "pipelines": pipelines(user),
        "administration": for_administrator() if user.is_administrator else None,
    }
