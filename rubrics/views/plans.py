"""What a role measures by and which of its interviews cover what, and planning with how many interviewers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from rubrics.forms.plans import PlanForm
from rubrics.models import Role
from rubrics.permissions.roles import can_edit_role
from rubrics.queries.plans import Plan, plan_of
from rubrics.queries.rubrics import draft_for
from rubrics.queries.sheets import sheet_of
from rubrics.services.plans import plan_interviews
from rubrics.views.role_page import UNPROCESSABLE, role_or_404
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def role_rubric(request: AuthedRequest, slug: str) -> HttpResponse:
    return _show(request, role_or_404(request, slug))


@require_POST
def role_plan(request: AuthedRequest, slug: str) -> HttpResponse:
    """How many interviewers each candidate of the role meets with each kit."""
    role = role_or_404(request, slug)
    allow(can_edit_role(request.user, role))
    version = role.rubric_version
    form = _form(plan_of(role, sheet_of(version)), request.POST) if version else None
    if form is None or not form.is_valid():
        return _show(request, role, form=form, status=UNPROCESSABLE)
    plan_interviews(role=role, interviewers=form.interviewers())
    messages.success(request, "The plan is saved.")
    return redirect("rubrics:role_rubric", slug)


def _form(plan: Plan, *data: object) -> PlanForm:
    return PlanForm(*data, kits=[(shown.kit.key, shown.kit.name, number) for shown, number in plan.kits])


def _show(request: AuthedRequest, role: Role, *, form: PlanForm | None = None, status: int = 200) -> HttpResponse:
    sheet = sheet_of(role.rubric_version) if role.rubric_version else None
    plan = plan_of(role, sheet) if sheet else None
    may_edit = can_edit_role(request.user, role)
    context = {
        "role": role,
        "version": role.rubric_version,
        "draft": draft_for(role, request.user),
        "sheet": sheet,
        "plan": plan,
        "plan_form": form or (_form(plan) if plan and plan.kits and may_edit else None),
        "may_edit": may_edit,
        "shows_samples": not request.user.is_client_reviewer,
    }
    return render(request, "rubrics/roles/rubric.html", context, status=status)
