"""A shortlist's report and its presentation: build it, look at it, put it before the client."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.enums import Opened, Rendering
from candidates.forms.shortlists import ReasonForm
from candidates.gates.shortlists import missing_to_present, with_client_already
from candidates.models import Report, Shortlist
from candidates.queries.reports import built_of, present_fingerprints
from candidates.queries.shortlists import latest_build
from candidates.services.openings import record_opening
from candidates.services.opinions import record_opinions_seen
from candidates.services.reports import request_report
from candidates.services.shortlists import present_shortlist
from candidates.views.shortlists import editable, visible
from rubrics.enums import GateName
from rubrics.gates.base import GateRefused
from rubrics.services.overrides import ask_override
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest


@require_http_methods(["GET", "HEAD", "POST"])
def present(request: AuthedRequest, pk: int) -> HttpResponse:
    """What is missing, the report, and the button. Asked by htmx while a report is built, only the part that changes."""
    found = editable(request, pk)
    if request.method != "POST":
        return _show(request, found)
    try:
        present_shortlist(shortlist=found, by=request.user, now=timezone.now())
    except Refused as refused:
        if not isinstance(refused, GateRefused):
            messages.error(request, refused.message)
        return _show(request, found, status=refused.status)
    messages.success(request, f"Shortlist {found.number} is with {found.role.client.name}. Its reviewers have mail.")
    return redirect("candidates:shortlist", found.pk)


def _show(request: AuthedRequest, found: Shortlist, *, status: int = 200, **extra: Any) -> HttpResponse:
    fingerprints = present_fingerprints(found) if found.measured_by else {}
    built = built_of(found)
    missing = missing_to_present(found, fingerprints=fingerprints, built=built)
    context = {
        "shortlist": found,
        "role": found.role,
        "missing": missing + with_client_already(found) if found.is_draft else [],
        "job": latest_build(found, request.user),
        "is_built": bool(built),
        "is_current": bool(fingerprints) and set(fingerprints.items()) <= built,
        "renderings": Rendering.choices if built else [],
        "override_form": ReasonForm(auto_id="override_%s"),
        "can_be_waived": found.is_draft and any(item.code != "entries" for item in missing),
        **extra,
    }
    name = "_present" if request.htmx else "present"
    return render(request, f"candidates/shortlists/{name}.html", context, status=status)


@require_POST
def report_build(request: AuthedRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    request_report(shortlist=found, by=request.user)
    return redirect("candidates:shortlist_present", found.pk)


@require_POST
def present_override(request: AuthedRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    missing = missing_to_present(found, fingerprints=present_fingerprints(found), built=built_of(found))
    try:
        ask_override(
            gate=GateName.PRESENT,
            role=found.role,
            subject=found.pk,
            missing=[item for item in missing if item.code != "entries"],
            reason=request.POST.get("reason", ""),
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, refused.message)
        return _show(request, found, status=refused.status)
    messages.success(request, "Your colleagues are asked. As soon as one approves, it can be presented.")
    return redirect("candidates:shortlist_present", found.pk)


@require_safe
def report_pdf(request: AuthedRequest, pk: int, rendering: str) -> FileResponse:
    """The newest report of a rendering that the reader may have."""
    found = visible(request, pk)
    reports = Report.objects.visible_to(request.user).filter(shortlist=found, version=found.version)
    report = reports.filter(rendering=rendering).first()
    if report is None:
        raise Http404
    now = timezone.now()
    record_opening(user=request.user, shortlist=found.pk, version=found.version, what=Opened.REPORT, now=now)
    if report.rendering == Rendering.AFTER:
        people = found.entries.values_list("application", flat=True)
        record_opinions_seen(user=request.user, applications=people, now=now)
    name = f"{found.role.slug}-shortlist-{found.number}{'-panel' if rendering == Rendering.AFTER else ''}.pdf"
    return FileResponse(report.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
