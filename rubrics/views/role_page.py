"""The role's first page: its scope with what is missing to open it, kick-off, approvals, overrides, team."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from rubrics.enums import GateName
from rubrics.forms.roles import DutyForm, MemberForm
from rubrics.forms.scopes import (
    AnswersForm,
    OverrideForm,
    RecordApprovalForm,
    ReturnForm,
    ScopeForm,
    SeenForm,
    SendQuestionsForm,
)
from rubrics.gates.base import without_waived
from rubrics.gates.roles import missing_unless_waived, scope_of
from rubrics.models import Role, RoleMember, Scope
from rubrics.permissions.roles import (
    can_answer_override,
    can_approve_scope,
    can_edit_role,
    can_edit_scope,
)
from rubrics.queries.approvals import approvals_of, asked_to_approve
from rubrics.queries.kickoffs import Kickoff, kickoff_of
from rubrics.queries.plans import thinly_planned
from rubrics.queries.roles import team_of
from rubrics.services.roles import NEXT
from rubrics.services.scopes import fingerprint
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest

UNPROCESSABLE = 422


def role_or_404(request: AuthedRequest, slug: str) -> Role:
    roles = Role.objects.visible_to(request.user).select_related("client", "rubric_version__rubric")
    return get_object_or_404(roles, slug=slug)


def show_role(request: AuthedRequest, role: Role, *, status: int = 200, **bound: forms.BaseForm) -> HttpResponse:
    """The page; `bound` are forms that came back with errors, by their name in the template."""
    scope = scope_of(role)
    context = {
        "role": role,
        "scope": scope,
        "saved": fingerprint(scope.content),
        **_scope_part(request, role, scope, bound),
    }
    if not request.user.is_client_reviewer:
        context |= _inside_part(request, role, scope, bound)
    if can_edit_role(request.user, role):
        context |= _staff_part(request, role, scope, context, bound)
    return render(request, "rubrics/roles/role.html", context, status=status)


def carry_out(
    request: AuthedRequest, role: Role, act: Callable[[], object], *, done: str, **bound: forms.BaseForm
) -> HttpResponse:
    """One service call: then the page anew; or, refused, the same page with what was typed."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return show_role(request, role, status=refusal.status, **bound)
    messages.success(request, done)
    return redirect("rubrics:role", role.slug)


def gate_context(role: Role, scope: Scope) -> dict[str, Any]:
    everything = missing_unless_waived(role, scope)
    missing = without_waived(everything, gate=GateName.OPEN_ROLE, subject=role.pk)
    return {"missing": missing, "waived": [item.text for item in everything if item not in missing]}


def _scope_part(request: AuthedRequest, role: Role, scope: Scope, bound: dict[str, forms.BaseForm]) -> dict[str, Any]:
    approvals = approvals_of(role, scope)
    may_approve = can_approve_scope(request.user, role) and approvals.current is None
    return {
        "questions": [(Scope.wording(name), text) for name, text in scope.content.items()],
        "unanswered": [Scope.wording(name) for name, text in scope.content.items() if not text.strip()],
        "approvals": approvals,
        "scope_form": bound.get("scope_form", ScopeForm.of(scope)) if can_edit_scope(request.user, role) else None,
        "approve_form": SeenForm(initial={"seen": fingerprint(scope.content)}) if may_approve else None,
    }


def _inside_part(request: AuthedRequest, role: Role, scope: Scope, bound: dict[str, forms.BaseForm]) -> dict[str, Any]:
    kickoff = kickoff_of(role, request.user, scope)
    answers = bound.get("answers_form", AnswersForm(waiting=kickoff.mine)) if kickoff.mine else None
    return {
        "team": team_of(role),
        "kickoff": kickoff,
        "answers_form": answers,
        "thin": thinly_planned(role),
        **gate_context(role, scope),
    }


def _return_forms(kickoff: Kickoff, bound: dict[str, forms.BaseForm]) -> dict[int, forms.BaseForm]:
    """One for each answer that waits to be judged."""
    waiting = [item.kickoff.pk for item in kickoff.answered]
    return {pk: bound.get(f"return_{pk}", ReturnForm(auto_id=f"id_return_{pk}")) for pk in waiting}


def _staff_part(
    request: AuthedRequest, role: Role, scope: Scope, inside: dict[str, Any], bound: dict[str, forms.BaseForm]
) -> dict[str, Any]:
    team: list[RoleMember] = inside["team"]
    overrides = list(
        role.overrides.filter(gate=GateName.OPEN_ROLE).select_related("asked_by", "approved_by", "declined_by")
    )
    seen = {"seen": fingerprint(scope.content)}
    return {
        "next": NEXT[role.status],
        "overrides": [{"override": one, "may_answer": can_answer_override(request.user, one)} for one in overrides],
        "waiting": any(one.is_unanswered for one in overrides),
        "override_form": bound.get("override_form", OverrideForm()),
        "asked": [] if inside["approvals"].current or inside["unanswered"] else asked_to_approve(role, seen["seen"]),
        "return_forms": _return_forms(inside["kickoff"], bound),
        "record_form": bound.get("record_form", RecordApprovalForm(initial=seen)),
        "send_form": bound.get("send_form", SendQuestionsForm(team=team)),
        "member_form": bound.get("member_form", MemberForm(role=role)),
        "members": [{"member": one, "form": bound.get(f"duty_{one.pk}", DutyForm.of(one))} for one in team],
    }
