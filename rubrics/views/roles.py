from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rubrics.enums import RoleStatus
from rubrics.forms.roles import NewRoleForm, RoleFilterForm
from rubrics.models import Role
from rubrics.permissions.roles import can_create_role, can_edit_role
from rubrics.queries.roles import roles_listed
from rubrics.services.roles import close_role, create_role, fill_role, hold_role, open_role
from rubrics.views.role_page import UNPROCESSABLE, carry_out, role_or_404, show_role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

PAGE = 30
DONE = {
    RoleStatus.OPEN: "The role is open: candidates can be interviewed.",
    RoleStatus.ON_HOLD: "The role is on hold.",
    RoleStatus.FILLED: "The role is filled.",
    RoleStatus.CLOSED: "The role is closed.",
}


@require_safe
def roles(request: AuthedRequest) -> HttpResponse:
    form = RoleFilterForm(request.GET)
    rows = roles_listed(request.user, status=form.value("status"), text=form.value("q"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "filtered": any(form.value(name) for name in form.fields),
        "may_create": can_create_role(request.user),
    }
    return render(request, "rubrics/roles/roles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: AuthedRequest) -> HttpResponse:
    allow(can_create_role(request.user))
    form = NewRoleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        role = create_role(client=form.cleaned_data["client"], details=form.details(), by=request.user)
        messages.success(request, "The role is made. Write down what the new person will own.")
        return redirect("rubrics:role", role.slug)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "rubrics/roles/new.html", {"form": form}, status=status)


@require_safe
def role(request: AuthedRequest, slug: str) -> HttpResponse:
    return show_role(request, role_or_404(request, slug))


@require_POST
def role_status(request: AuthedRequest, slug: str, status: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_edit_role(request.user, role) and status in DONE)
    wanted = RoleStatus(status)
    return carry_out(request, role, lambda: _become(role, wanted), done=DONE[wanted])


def _become(role: Role, status: RoleStatus) -> None:
    if status == RoleStatus.OPEN:
        open_role(role=role, now=timezone.now())
    elif status == RoleStatus.ON_HOLD:
        hold_role(role=role)
    elif status == RoleStatus.FILLED:
        fill_role(role=role)
    else:
        close_role(role=role)
