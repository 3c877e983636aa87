from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rubrics import spec
from rubrics.forms.rubrics import RubricFileForm
from rubrics.models import Rubric
from rubrics.permissions.roles import can_edit_role, is_staff
from rubrics.permissions.rubrics import can_load_rubric
from rubrics.queries.rubrics import rubrics_listed
from rubrics.queries.sheets import sheet_of
from rubrics.queries.shipped import shipped_names, shipped_rubric, shipped_title
from rubrics.services.rubrics import load_rubric
from rubrics.views.role_page import UNPROCESSABLE, role_or_404
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def rubrics(request: AuthedRequest) -> HttpResponse:
    context = {"rubrics": rubrics_listed(request.user), "may_load": can_load_rubric(request.user)}
    return render(request, "rubrics/rubrics/rubrics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rubric_load(request: AuthedRequest) -> HttpResponse:
    allow(can_load_rubric(request.user))
    form = RubricFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and form.spec:
        return _loaded(request, form.spec)
    present = set(Rubric.objects.values_list("slug", flat=True))
    context = {
        "form": form,
        "shipped": [(name, shipped_title(name)) for name in shipped_names() if name not in present],
    }
    return render(request, "rubrics/rubrics/load.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
def rubric_load_shipped(request: AuthedRequest, name: str) -> HttpResponse:
    allow(can_load_rubric(request.user) and name in shipped_names())
    return _loaded(request, shipped_rubric(name))


def _loaded(request: AuthedRequest, rubric: spec.RubricSpec) -> HttpResponse:
    version = load_rubric(spec=rubric, by=request.user)
    messages.success(request, f"“{rubric.title}” is loaded as the draft of version {version.number}.")
    return redirect("rubrics:version", rubric.slug, version.number)


@require_safe
def role_rubric(request: AuthedRequest, slug: str) -> HttpResponse:
    """The version a role is measured by, and which kits cover which of its dimensions."""
    role = role_or_404(request, slug)
    context = {
        "role": role,
        "version": role.rubric_version,
        "sheet": sheet_of(role.rubric_version) if role.rubric_version else None,
        "may_edit": can_edit_role(request.user, role),
        "shows_reference": is_staff(request.user),
        "shows_samples": not request.user.is_client_reviewer,
    }
    return render(request, "rubrics/roles/rubric.html", context)
