"""Moving a role to another version of its rubric: what it would change is read before it is done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from candidates.forms.version_moves import MoveForm
from candidates.queries.version_moves import preview_move
from candidates.services.opinions import record_opinions_seen
from candidates.services.scores import METHOD
from rubrics.models import Role, RubricVersion
from rubrics.permissions.roles import can_edit_role
from rubrics.services.roles import pin_version
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def version_move(request: AuthedRequest, slug: str) -> HttpResponse:
    roles = Role.objects.visible_to(request.user).select_related("client", "rubric_version__rubric")
    role = get_object_or_404(roles, slug=slug)
    allow(can_edit_role(request.user, role))
    form = MoveForm(request.POST or request.GET or None, role=role)
    if role.rubric_version is None or not form.is_valid():
        status = UNPROCESSABLE if request.method == "POST" else 200
        return render(request, "candidates/version_moves/choose.html", {"role": role, "form": form}, status=status)
    version = form.cleaned_data["version"]
    if request.method != "POST":
        return _show(request, role, version)
    try:
        pin_version(role=role, version=version, leaving=form.cleaned_data["leaving"])
    except Refused as refusal:
        messages.error(request, refusal.message)
        role.refresh_from_db()
        return _show(request, role, version, status=refusal.status)
    messages.success(request, f"Candidates are measured by {version} from now on. The scores are being computed.")
    return redirect("rubrics:role_rubric", role.slug)


def _show(request: AuthedRequest, role: Role, version: RubricVersion, *, status: int = 200) -> HttpResponse:
    move = preview_move(role=role, version=version, user=request.user, method=METHOD)
    shown = [person.application.pk for person in move.people or ()]
    record_opinions_seen(user=request.user, applications=shown, now=timezone.now())
    bar_fits = role.bar is None or version.lowest <= role.bar <= version.highest
    context = {"role": role, "version": version, "move": move, "bar_fits": bar_fits}
    return render(request, "candidates/version_moves/preview.html", context, status=status)
