from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from rubrics.enums import GateName
from rubrics.forms.scopes import OverrideForm
from rubrics.gates.roles import missing_to_open
from rubrics.models import GateOverride
from rubrics.permissions.roles import can_ask_override, is_staff
from rubrics.services.overrides import approve_override, ask_override, decline_override
from rubrics.views.role_page import UNPROCESSABLE, carry_out, role_or_404, show_role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def override_ask(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_ask_override(request.user))
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return show_role(request, role, status=UNPROCESSABLE, override_form=form)
    reason = form.cleaned_data["reason"]
    return carry_out(
        request,
        role,
        lambda: ask_override(
            gate=GateName.OPEN_ROLE,
            role=role,
            subject=role.pk,
            missing=missing_to_open(role),
            reason=reason,
            by=request.user,
            now=timezone.now(),
        ),
        done="Your colleagues have been asked to approve it.",
        override_form=form,
    )


@require_POST
def override_approve(request: AuthedRequest, pk: int) -> HttpResponse:
    override = _override_or_404(request, pk)
    return carry_out(
        request,
        override.role,
        lambda: approve_override(override=override, by=request.user, now=timezone.now()),
        done="The override is approved.",
    )


@require_POST
def override_decline(request: AuthedRequest, pk: int) -> HttpResponse:
    override = _override_or_404(request, pk)
    return carry_out(
        request,
        override.role,
        lambda: decline_override(override=override, by=request.user, now=timezone.now()),
        done="The override is declined.",
    )


def _override_or_404(request: AuthedRequest, pk: int) -> GateOverride:
    """Only those of opening a role: what concerns a candidate is answered where the seal is kept."""
    allow(is_staff(request.user))
    overrides = GateOverride.objects.visible_to(request.user).filter(gate=GateName.OPEN_ROLE)
    return get_object_or_404(overrides.select_related("role__client", "role__rubric_version__rubric"), pk=pk)
