from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.permissions.scores import can_compare
from candidates.queries.paging import number_in
from candidates.queries.side_by_side import FEWEST, MOST, lay_side_by_side
from candidates.services.opinions import record_opinions_seen
from rubrics.models import Role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def side_by_side(request: AuthedRequest, slug: str) -> HttpResponse:
    """Two to four people whom the address names; it can be sent to a colleague, who reads what is open to them."""
    roles = Role.objects.visible_to(request.user).select_related("client", "rubric_version")
    role = get_object_or_404(roles, slug=slug)
    allow(can_compare(request.user, role))
    numbers = [number for text in request.GET.getlist("application") if (number := number_in(text)) is not None]
    wanted = list(dict.fromkeys(numbers))
    sides = lay_side_by_side(role=role, user=request.user, applications=wanted[:MOST])
    record_opinions_seen(user=request.user, applications=sides.applications, now=timezone.now())
    context = {
        "role": role,
        "version": role.rubric_version,
        "sides": sides,
        "enough": len(sides.people) >= FEWEST,
        "too_many": len(wanted) > MOST,
        "most": MOST,
    }
    return render(request, "candidates/side_by_side/side_by_side.html", context)
