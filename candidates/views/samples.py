"""Calibration: the samples somebody may score, one of them, and what it shows afterwards."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from candidates.forms.levels import LevelsForm, field_of
from candidates.gates.samples import missing_to_rate
from candidates.permissions.samples import can_view_leans
from candidates.queries.samples import (
    dimensions_judged,
    lean_of_user,
    leans_of,
    load_sample,
    next_sample,
    people_calibrated,
    result_of,
    samples_for,
)
from candidates.services.samples import rate_sample
from rubrics.gates.base import GateRefused
from rubrics.models import CalibrationSample
from screening.accounts.errors import Conflict
from screening.accounts.http import AuthedRequest
from screening.accounts.paging import page_of
from screening.accounts.permissions import allow

REFUSED = 422
KEYS = [("1–9", "Level"), ("J / K", "Next or previous dimension")]


@require_safe
def samples(request: AuthedRequest) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    context = {
        "groups": samples_for(request.user),
        "mine": lean_of_user(request.user),
        "may_view_leans": can_view_leans(request.user),
    }
    return render(request, "candidates/samples/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: AuthedRequest, pk: int) -> HttpResponse:
    """Before: the answer and the levels to give it, nothing else. After: oneself, the reference and the others."""
    found = load_sample(request.user, pk)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _submit(request, found)
    result = result_of(found, request.user)
    if result is None:
        return _ask(request, found, LevelsForm(dimensions=dimensions_judged(found)))
    context = {
        "sample": found,
        "version": found.question.version,
        "result": result,
        "mine": lean_of_user(request.user),
        "next": next_sample(request.user, found),
    }
    return render(request, "candidates/samples/result.html", context)


def _submit(request: AuthedRequest, found: CalibrationSample) -> HttpResponse:
    form = LevelsForm(request.POST, dimensions=dimensions_judged(found))
    levels = form.levels if form.is_valid() else {}
    try:
        rate_sample(sample=found, levels=levels, by=request.user, now=timezone.now())
    except GateRefused:
        return _ask(request, found, form, status=REFUSED, missing=missing_to_rate(found, levels))
    except Conflict as refusal:
        messages.warning(request, refusal.message)
    return redirect("candidates:sample", found.pk)


def _ask(request: AuthedRequest, found: CalibrationSample, form: LevelsForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "sample": found,
        "version": found.question.version,
        "dimensions": [(one, field_of(one), form.chosen[one.pk]) for one in form.dimensions],
        "keys": KEYS,
        **more,
    }
    return render(request, "candidates/samples/score.html", context, status=status)


@require_safe
def leans(request: AuthedRequest) -> HttpResponse:
    """How every interviewer leans, as help for whoever plans panels."""
    allow(can_view_leans(request.user))
    page = page_of(people_calibrated(request.user), request)
    return render(request, "candidates/samples/leans.html", {"page": page, "rows": leans_of(page.rows)})
