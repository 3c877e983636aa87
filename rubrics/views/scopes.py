from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from rubrics.forms.scopes import RecordApprovalForm, ScopeForm, SeenForm
from rubrics.models import Scope
from rubrics.permissions.roles import can_approve_scope, can_edit_role, can_edit_scope, can_record_approval
from rubrics.services.scopes import (
    ScopeChanged,
    approve_scope,
    ask_for_approval,
    fingerprint,
    record_scope_approval,
    save_scope,
)
from rubrics.views.role_page import UNPROCESSABLE, carry_out, gate_context, role_or_404, show_role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def scope(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_edit_scope(request.user, role))
    form = ScopeForm(request.POST)
    if not form.is_valid():
        return show_role(request, role, status=UNPROCESSABLE, scope_form=form)
    try:
        save_scope(role=role, content=form.content(), seen=form.cleaned_data["seen"])
    except ScopeChanged as conflict:
        messages.error(request, f"{conflict.message} Saving now replaces what is saved.")
        again = ScopeForm({**form.cleaned_data, "seen": fingerprint(conflict.scope.content)})
        return show_role(request, role, status=conflict.status, scope_form=again)
    messages.success(request, "The scope is saved.")
    return redirect("rubrics:role", role.slug)


@require_POST
def scope_gate(request: AuthedRequest, slug: str) -> HttpResponse:
    """What would be missing with the scope as it stands in the form, not saved."""
    role = role_or_404(request, slug)
    allow(can_edit_scope(request.user, role))
    written = {name: request.POST.get(name, "") for name in Scope.QUESTIONS}
    context = {"role": role, **gate_context(role, Scope(role=role, **written))}
    return render(request, "rubrics/roles/gate.html", context)


@require_POST
def approval(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_approve_scope(request.user, role))
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else ""
    return carry_out(
        request,
        role,
        lambda: approve_scope(role=role, seen=seen, by=request.user, now=timezone.now()),
        done="Thank you: the scope is approved.",
    )


@require_POST
def approval_request(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_edit_role(request.user, role))
    return carry_out(request, role, lambda: ask_for_approval(role=role), done="The client has been asked by e-mail.")


@require_POST
def approval_record(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_record_approval(request.user, role))
    form = RecordApprovalForm(request.POST)
    if not form.is_valid():
        return show_role(request, role, status=UNPROCESSABLE, record_form=form)
    return carry_out(
        request,
        role,
        lambda: record_scope_approval(role=role, by=request.user, now=timezone.now(), **form.cleaned_data),
        done="The approval is recorded.",
        record_form=form,
    )
