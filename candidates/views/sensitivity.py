from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from candidates.forms.sensitivity import SlidersForm, field_of
from candidates.permissions.scores import can_compare
from candidates.queries.sensitivity import Sensitivity, try_weights, visible_scores
from candidates.services.opinions import record_opinions_seen
from candidates.views.answers import UNPROCESSABLE
from rubrics.models import Role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
@vary_on_headers("HX-Request")
def sensitivity(request: AuthedRequest, slug: str) -> HttpResponse:
    """The order of a role under weights and a bar to try, which stand in the address and nowhere else."""
    roles = Role.objects.visible_to(request.user).select_related("client", "rubric_version")
    role = get_object_or_404(roles, slug=slug)
    allow(can_compare(request.user, role))
    dimensions = list(role.rubric_version.dimensions.all()) if role.rubric_version else []
    form = SlidersForm(request.GET or None, role=role, dimensions=dimensions)
    tried = _try(request, role, form) if not form.is_bound or form.is_valid() else None
    shares = tried.shares if tried else {}
    context = {
        "role": role,
        "version": role.rubric_version,
        "form": form,
        "bar": None if form.errors else form.bar_tried,
        "tried": tried,
        "sliders": [(form[field_of(one)], one, shares.get(one.key)) for one in dimensions],
    }
    name = "_answer" if request.htmx else "page"
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, f"candidates/sensitivity/{name}.html", context, status=status)


def _try(request: AuthedRequest, role: Role, form: SlidersForm) -> Sensitivity | None:
    scores = visible_scores(role, request.user)
    record_opinions_seen(user=request.user, applications=[score.pk for score in scores], now=timezone.now())
    return try_weights(role=role, user=request.user, scores=scores, weights=form.weights, bar=form.bar_tried)
