"""The second person's answer to an override of a shortlist's gate; opening a role is answered on the role's page."""

from datetime import datetime
from typing import Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from candidates.queries.shortlists import waiting_overrides
from rubrics.models import GateOverride
from rubrics.services.overrides import approve_override, decline_override
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User


class Answer(Protocol):
    def __call__(self, *, override: GateOverride, by: User, now: datetime) -> GateOverride: ...


@require_POST
def override_approve(request: AuthedRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, approve_override, "The override is approved.")


@require_POST
def override_decline(request: AuthedRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, decline_override, "The override is declined.")


def _answer(request: AuthedRequest, pk: int, answer: Answer, done: str) -> HttpResponse:
    asked = get_object_or_404(GateOverride.objects.visible_to(request.user).select_related("role"), pk=pk)
    override = get_object_or_404(waiting_overrides(asked.role, request.user), pk=pk)
    try:
        answer(override=override, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("candidates:role_shortlists", asked.role.slug)
