from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.models import Score
from candidates.permissions.scores import can_compare
from candidates.queries.explanations import HOW_DIMENSIONS, explain_score, weighed_dimensions
from candidates.queries.names import name_for
from candidates.queries.scores import compare_role, ranks_are_open, tells_of_sealed
from candidates.services.opinions import record_opinions_seen
from rubrics.models import Role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def comparison(request: AuthedRequest, slug: str) -> HttpResponse:
    """Everybody scored in a role, with ranges, ties, and who cannot be ranked yet."""
    roles = Role.objects.visible_to(request.user).select_related("client", "rubric_version")
    role = get_object_or_404(roles, slug=slug)
    allow(can_compare(request.user, role))
    ended = "ended" in request.GET
    compared = compare_role(role=role, user=request.user, ended=ended)
    record_opinions_seen(user=request.user, applications=compared.applications, now=timezone.now())
    context = {"role": role, "comparison": compared, "ended": ended}
    return render(request, "candidates/scores/comparison.html", context)


@require_safe
def score(request: AuthedRequest, pk: int) -> HttpResponse:
    """How one number was computed, in words and figures."""
    scores = Score.objects.visible_to(request.user).select_related(
        "run", "application__candidate", "application__role__rubric_version"
    )
    found = get_object_or_404(scores.defer("run__input", "run__statistics"), pk=pk)  # which are large
    record_opinions_seen(user=request.user, applications=[found.pk], now=timezone.now())
    role, sealed = found.application.role, tells_of_sealed(request.user, found.run)
    context = {
        "score": found,
        "role": role,
        "version": role.rubric_version,
        "name": name_for(request.user, found.application),
        "ranks_open": not sealed and ranks_are_open(request.user, role),
        "explained": None if sealed else explain_score(found),
        "sealed": sealed,
        "dimensions": weighed_dimensions(found),
        "how_dimensions": HOW_DIMENSIONS[found.run.method],
    }
    return render(request, "candidates/scores/score.html", context)
