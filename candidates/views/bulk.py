"""One thing done to many: chosen in the table, looked at, started, watched, and taken back."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from candidates.enums import BulkKind
from candidates.forms.bulk import BulkPlanForm, BulkStartForm
from candidates.gates.bulk import preview_of
from candidates.models import BulkAction
from candidates.permissions.applications import can_change_pipeline
from candidates.permissions.bulk import can_run_bulk
from candidates.queries.applications import PipelineFilter, find_applications, viewer_of
from candidates.queries.bulk import result_of
from candidates.services.bulk import plan_bulk, start_bulk, undo_bulk
from candidates.views.answers import UNPROCESSABLE, next_or, status_of
from candidates.views.bulk_mails import keep, show_letter
from candidates.views.pipelines import role_or_404
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow
from screening.jobs.services.jobs import cancel_job


@require_POST
def bulk_plan(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_change_pipeline(request.user, role))
    form = BulkPlanForm(request.POST, role=role, user=request.user)
    back = next_or(request, f"{reverse('candidates:pipeline', args=[role.slug])}?view=table")
    if not form.is_valid():
        messages.error(request, "Choose what to do, and with whom.")
        return redirect(back)
    asked = form.cleaned_data
    chosen = _of_filter(request, role, asked["filter"]) if asked["everybody"] else asked["applications"]
    try:
        action = plan_bulk(
            role=role,
            kind=form.kind,
            to_stage=form.to_stage,
            applications=chosen,
            query=asked["filter"] if asked["everybody"] else "",
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(back)
    return _show(request, action.pk)


def _show(request: AuthedRequest, pk: int) -> HttpResponse:
    """Its page, which leads back to the table it began at."""
    url, back = reverse("candidates:bulk", args=[pk]), next_or(request, "")
    return redirect(f"{url}?{urlencode({'next': back})}" if back else url)


def _of_filter(request: AuthedRequest, role: Role, query: str) -> Any:
    """The very people the table showed, on all its pages."""
    wanted = PipelineFilter.read(QueryDict(query).dict())
    return find_applications(viewer_of(request.user, role, timezone.now()), wanted)


@never_cache
@require_safe
def bulk(request: AuthedRequest, pk: int) -> HttpResponse:
    """What will happen; then how far it is (which asks for itself again); then what became of it."""
    action = _action_or_404(request, pk)
    job = action.job
    if action.started_at is None and action.kind == BulkKind.MAIL:
        return show_letter(request, action, _context(request, action))
    if action.started_at is None:
        return _show_plan(request, action, BulkStartForm(action=action))
    if job is not None and not job.is_finished:
        template = "candidates/bulk/progress.html" if request.htmx else "candidates/bulk/working.html"
        return render(request, template, _context(request, action))
    response = render(
        request, "candidates/bulk/result.html", _context(request, action) | {"result": result_of(action, request.user)}
    )
    if request.htmx:
        response["HX-Refresh"] = "true"
    return response


def _action_or_404(request: AuthedRequest, pk: int) -> BulkAction:
    visible = BulkAction.objects.visible_to(request.user).select_related(
        "role__client", "role__rubric_version", "to_stage", "tag", "owner", "by", "job", "template"
    )
    return get_object_or_404(visible, pk=pk)


def _context(request: AuthedRequest, action: BulkAction) -> dict[str, Any]:
    """`back`: the table it began at; `leave`: the same, as it was ticked; `onward`: what keeps both in an address."""
    table = reverse("candidates:pipeline", args=[action.role.slug]) + f"?{action.query or 'view=table'}"
    back = next_or(request, table)
    onward = urlencode({"next": back})
    return {
        "action": action,
        "job": action.job,
        "url": f"{reverse('candidates:bulk', args=[action.pk])}?{onward}",
        "may_run": can_run_bulk(request.user, action),
        "back": back,
        "leave": _with(back, ticked=action.pk),
        "onward": onward,
    }


def _with(address: str, **more: int) -> str:
    """With these in its query, whatever stood there before."""
    parts = urlsplit(address)
    asked = QueryDict(parts.query, mutable=True)
    for name, value in more.items():
        asked[name] = str(value)
    return parts._replace(query=asked.urlencode()).geturl()


def _show_plan(request: AuthedRequest, action: BulkAction, form: BulkStartForm, *, status: int = 200) -> HttpResponse:
    if action.kind == BulkKind.MAIL:
        refused = " ".join(str(error) for error in form.non_field_errors())
        return show_letter(request, action, _context(request, action), refused=refused, status=status)
    context = _context(request, action) | {"form": form, "preview": preview_of(action, now=timezone.now())}
    return render(request, "candidates/bulk/plan.html", context, status=status)


@require_POST
def bulk_start(request: AuthedRequest, pk: int) -> HttpResponse:
    """Begin it; once begun, go on with those not reached."""
    action = _action_or_404(request, pk)
    allow(can_run_bulk(request.user, action))
    form = BulkStartForm(request.POST, action=action)
    begun = action.started_at is not None
    if not begun and not form.is_valid():
        return _show_plan(request, action, form, status=UNPROCESSABLE)
    try:
        start_bulk(action=action, by=request.user, now=timezone.now(), **({} if begun else form.cleaned_data))
    except Refused as refused:
        if begun:
            messages.error(request, refused.message)
            return _show(request, pk)
        form.add_error(None, refused.message)
        return _show_plan(request, action, form, status=status_of(refused))
    return _show(request, pk)


@require_POST
def bulk_words(request: AuthedRequest, pk: int) -> HttpResponse:
    """What a letter to many says; then it is looked at."""
    action = _action_or_404(request, pk)
    allow(can_run_bulk(request.user, action) and action.kind == BulkKind.MAIL)
    return keep(request, action, _context(request, action))


@require_POST
def bulk_undo(request: AuthedRequest, pk: int) -> HttpResponse:
    action = _action_or_404(request, pk)
    allow(can_run_bulk(request.user, action))
    try:
        undo_bulk(action=action, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    return _show(request, pk)


@require_POST
def bulk_cancel(request: AuthedRequest, pk: int) -> HttpResponse:
    """Stops between two chunks; what was done stays, and can be taken back."""
    action = _action_or_404(request, pk)
    allow(can_run_bulk(request.user, action))
    try:
        if action.job is not None:
            cancel_job(job=action.job, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    return _show(request, pk)
