"""What many scorecards teach: how far scores can be relied on, how interviewers rate, which questions tell people apart."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from candidates.permissions.insights import can_view_habits_of_all, can_view_insights
from candidates.queries.insights import (
    assignment_is_related,
    habits_of,
    pools,
    questions_of,
    reliability_of,
    run_of_role,
)
from candidates.queries.scores import tells_of_sealed
from rubrics.models import Role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def reliability(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _role_or_404(request, slug)
    run = run_of_role(role)
    names = [one.name for one in role.rubric_version.dimensions.all()] if role.rubric_version else []
    context = {
        "role": role,
        "run": run,
        "found": reliability_of(run, role, names) if run else None,
        "related": run is not None and assignment_is_related(run),
    }
    return render(request, "candidates/insights/reliability.html", context | {"part": "reliability"})


@require_safe
def interviewers(request: AuthedRequest, slug: str) -> HttpResponse:
    """Everybody's habits for whoever plans panels, one's own for everybody else."""
    role = _role_or_404(request, slug)
    run = run_of_role(role)
    sealed = run is not None and tells_of_sealed(request.user, run)
    everybody = can_view_habits_of_all(request.user) and not sealed
    only = None if everybody else request.user
    context = {
        "role": role,
        "run": run,
        "people": habits_of(run, only=only) if run else [],
        "everybody": everybody,
        "sealed": sealed and can_view_habits_of_all(request.user),
        "related": run is not None and assignment_is_related(run),
    }
    return render(request, "candidates/insights/interviewers.html", context | {"part": "interviewers"})


@require_safe
def questions(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _role_or_404(request, slug)
    run = run_of_role(role)
    context = {"role": role, "run": run, "questions": questions_of(run) if run else []}
    return render(request, "candidates/insights/questions.html", context | {"part": "questions"})


@require_safe
def all_pools(request: AuthedRequest) -> HttpResponse:
    """Every rubric that open roles are scored by, side by side."""
    allow(can_view_habits_of_all(request.user))
    rows = [
        {"run": run, "roles": roles, "found": reliability_of(run, roles[0], []), "related": assignment_is_related(run)}
        for run, roles in pools()
    ]
    return render(request, "candidates/insights/pools.html", {"rows": rows})


def _role_or_404(request: AuthedRequest, slug: str) -> Role:
    visible = Role.objects.visible_to(request.user).select_related("client", "rubric_version")
    role = get_object_or_404(visible, slug=slug)
    allow(can_view_insights(request.user, role))
    return role
