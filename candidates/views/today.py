"""Each user's day: what waits for them, most urgent first."""

from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.queries.client_home import searches
from candidates.queries.client_questions import client_threads_waiting
from candidates.queries.day import stuck
from candidates.queries.meetings import my_meetings
from candidates.queries.mentions import mentions_waiting
from candidates.queries.today import (
    debriefs_opened,
    my_panel,
    pipelines,
    questions_asked,
    threads_waiting,
)
from candidates.queries.waiting import (
    engagement_reviews_due,
    for_administrator,
    scopes_to_approve,
    shortlists_to_evaluate,
)
from candidates.querysets.seal import closed_once
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User


@require_safe
def today(request: AuthedRequest) -> HttpResponse:
    user = request.user
    # a statement more, which pays where most lists ask what is closed; the other two pages have all they may have
    once = closed_once(user) if user.is_recruiter or user.is_hiring_manager else nullcontext()
    with once:
        return _today(request, user, timezone.now())


def _today(request: AuthedRequest, user: User, now: datetime) -> HttpResponse:
    if user.is_client_reviewer:
        return render(request, "candidates/today/client.html", _client(user, now))
    panel = {
        "panel": my_panel(user, now),
        "threads": threads_waiting(user),
        "mentions": mentions_waiting(user),
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
        "meetings": my_meetings(user, now),
        "scopes": scopes_to_approve(user),
        "reviews": engagement_reviews_due(user, now.astimezone(user.zone).date()),
        "searches": searches(user),
    }


def _staff(user: User, now: datetime) -> dict[str, Any]:
    return {
        "stuck": stuck(user, now),
        "debriefs": debriefs_opened(user, now),
        "pipelines": pipelines(user),
        "administration": for_administrator() if user.is_administrator else None,
    }
