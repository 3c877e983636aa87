"""The next version of a presented shortlist as staff prepare it, and every version as whoever may read it does."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.enums import Opened, Rendering, ShowPanel
from candidates.forms.shortlists import OrderForm, SummaryForm, WhyForm
from candidates.gates.shortlists import missing_to_present_version, shortlist_choices
from candidates.models import Application, Report, Shortlist, ShortlistVersion, VersionPlace
from candidates.permissions.shortlists import can_view_whole_version
from candidates.queries.claims import citable_about
from candidates.queries.reports import built_of, present_fingerprints
from candidates.queries.shortlist_versions import (
    Prepared,
    difference_of,
    planned_rows,
    prepared_of,
    presented_rows,
    versions_of,
)
from candidates.queries.shortlists import is_ranking_open, latest_build, may_prepare, suggested
from candidates.services.openings import record_opening
from candidates.services.opinions import record_opinions_seen
from candidates.services.reports import request_report
from candidates.services.shortlist_versions import (
    add_place,
    begin_version,
    drop_version,
    order_places,
    present_version,
    remove_place,
    write_place,
)
from candidates.services.shortlists import OrderNeedsReason
from candidates.views.shortlists import editable, visible
from rubrics.enums import NameForm
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
def next_version(request: AuthedRequest, pk: int) -> HttpResponse:
    """What the next version will change; to post here begins it."""
    found = editable(request, pk)
    if request.method != "POST":
        return _show(request, _prepared(request, found))
    allow(may_prepare(found))
    try:
        begin_version(shortlist=found, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("candidates:shortlist", found.pk)
    return redirect("candidates:shortlist_next", found.pk)


def _prepared(request: AuthedRequest, found: Shortlist) -> Prepared:
    """The version in preparation, unless somebody on it is sealed from the reader."""
    prepared = prepared_of(found, ShortlistVersion.objects.visible_to(request.user))
    if prepared is None or not may_prepare(found):
        raise Http404
    return prepared


def _show(request: AuthedRequest, prepared: Prepared, *, status: int = 200, **extra: Any) -> HttpResponse:
    people = [place.application_id for place in (*prepared.places, *prepared.left)]
    record_opinions_seen(user=request.user, applications=people, now=timezone.now())
    context = _context(prepared) | {"rows": planned_rows(prepared), "left": prepared.left}
    return render(request, "candidates/shortlists/next.html", context | extra, status=status)


def _context(prepared: Prepared) -> dict[str, Any]:
    found = prepared.version.shortlist
    return {
        "shortlist": found,
        "role": found.role,
        "version": prepared.version,
        "changed": prepared.changed(NameForm.FULL),
        "told": prepared.changed(found.name_form),
    }


def _carry_out(request: AuthedRequest, prepared: Prepared, act: Callable[[], object], done: str = "") -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
        return _show(request, prepared, status=refused.status)
    if done:
        messages.success(request, done)
    return redirect("candidates:shortlist_next", prepared.version.shortlist_id)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: AuthedRequest, pk: int) -> HttpResponse:
    """The people of the role by score, each with what the gate says; or back on it who was taken out."""
    prepared = _prepared(request, editable(request, pk))
    version = prepared.version
    if request.method != "POST":
        return _show_choices(request, prepared)
    open_ones = Application.objects.opinions_visible_to(request.user).filter(role=version.shortlist.role_id)
    wanted = request.POST.get("application", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
    application = get_object_or_404(open_ones.select_related("candidate", "stage"), pk=number)
    try:
        add_place(version=version, application=application, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
        return _show_choices(request, prepared, status=refused.status)
    messages.success(request, f"{application.candidate.name} stands in {str(version).lower()}.")
    return redirect("candidates:shortlist_next", version.shortlist_id)


def _show_choices(request: AuthedRequest, prepared: Prepared, *, status: int = 200) -> HttpResponse:
    found = prepared.version.shortlist
    planned = [place.application_id for place in prepared.places]
    choices = shortlist_choices(suggested(found, request.user, planned=planned))
    people = [choice.application.pk for choice in choices]
    record_opinions_seen(user=request.user, applications=people, now=timezone.now())
    context = {
        "shortlist": found,
        "role": found.role,
        "version": prepared.version,
        "ranked": [choice for choice in choices if choice.score.rankable],
        "unranked": [choice for choice in choices if not choice.score.rankable],
        "shows_ties": is_ranking_open(found.role, request.user),
    }
    return render(request, "candidates/shortlists/next_add.html", context, status=status)


@require_POST
def order(request: AuthedRequest, pk: int) -> HttpResponse:
    prepared = _prepared(request, editable(request, pk))
    form = OrderForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That is no order of this list. Look at it again.")
        return _show(request, prepared, status=REFUSED)
    wanted = form.new_order([place.pk for place in prepared.places])
    try:
        order_places(version=prepared.version, order=wanted, why=form.cleaned_data["why"])
    except OrderNeedsReason as refused:
        context = {"asked_order": ",".join(map(str, wanted)), "asked_why": refused.message, "why_form": WhyForm()}
        return _show(request, prepared, status=refused.status, **context)
    except Refused as refused:
        messages.error(request, refused.message)
        return _show(request, prepared, status=refused.status)
    return redirect("candidates:shortlist_next", pk)


def _place(prepared: Prepared, pk: int) -> VersionPlace:
    found = next((place for place in prepared.places if place.pk == pk), None)
    if found is None:
        raise Http404
    found.version = prepared.version
    return found


@require_POST
def summary(request: AuthedRequest, pk: int, place: int) -> HttpResponse:
    prepared = _prepared(request, editable(request, pk))
    found = _place(prepared, place)
    form = SummaryForm(request.POST, evidence=citable_about(prepared.version.shortlist, found.application_id))
    if not form.is_valid():
        return _show(request, prepared, status=REFUSED, summary_form=form, summary_of=found.pk)
    chosen = [evidence.pk for evidence in form.cleaned_data["rests_on"]]
    return _carry_out(
        request, prepared, lambda: write_place(place=found, summary=form.cleaned_data["summary"], rests_on=chosen)
    )


@require_POST
def remove(request: AuthedRequest, pk: int, place: int) -> HttpResponse:
    prepared = _prepared(request, editable(request, pk))
    found = _place(prepared, place)
    return _carry_out(
        request,
        prepared,
        lambda: remove_place(place=found, by=request.user, now=timezone.now()),
        f"{found.application.candidate.name} will not stand in {str(prepared.version).lower()}.",
    )


@require_POST
def drop(request: AuthedRequest, pk: int) -> HttpResponse:
    prepared = _prepared(request, editable(request, pk))
    try:
        drop_version(version=prepared.version, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
        return _show(request, prepared, status=refused.status)
    messages.success(request, f"{prepared.version} is given up. The client’s version stays.")
    return redirect("candidates:shortlist", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def present(request: AuthedRequest, pk: int) -> HttpResponse:
    """What the client will be told, what is missing, the report, and the button."""
    prepared = _prepared(request, editable(request, pk))
    if request.method != "POST":
        return _show_gate(request, prepared)
    try:
        present_version(version=prepared.version, by=request.user, now=timezone.now())
    except Refused as refused:
        if not isinstance(refused, GateRefused):
            messages.error(request, refused.message)
        return _show_gate(request, prepared, status=refused.status)
    client = prepared.version.shortlist.role.client.name
    messages.success(request, f"{prepared.version} is with {client}. Its reviewers have mail.")
    return redirect("candidates:shortlist", pk)


def _show_gate(request: AuthedRequest, prepared: Prepared, *, status: int = 200) -> HttpResponse:
    found = prepared.version.shortlist
    fingerprints, built = present_fingerprints(found, prepared), built_of(found)
    missing = missing_to_present_version(prepared, fingerprints=fingerprints, built=built)
    is_current = bool(fingerprints) and set(fingerprints.items()) <= built
    context = _context(prepared) | {
        "missing": missing,
        "job": latest_build(found, request.user, prepared.version.number),
        "is_current": is_current,
        "renderings": Rendering.choices if is_current else [],
    }
    name = "_next_present" if request.htmx else "next_present"
    return render(request, f"candidates/shortlists/{name}.html", context, status=status)


@require_POST
def report(request: AuthedRequest, pk: int) -> HttpResponse:
    prepared = _prepared(request, editable(request, pk))
    request_report(shortlist=prepared.version.shortlist, version=prepared.version, by=request.user)
    return redirect("candidates:shortlist_next_present", pk)


@require_safe
def version(request: AuthedRequest, pk: int, number: int) -> HttpResponse:
    """One version as it was presented, with what it changed."""
    found = visible(request, pk)
    whole = versions_of(found, request.user).filter(presented_at__isnull=False)
    shown = get_object_or_404(whole, number=number)
    now = timezone.now()
    record_opening(user=request.user, shortlist=found.pk, version=number, what=Opened.SHORTLIST, now=now)
    sees_panel = _sees_panel(request, found, shown)
    rows = presented_rows(found, shown, request.user, sees_panel=sees_panel)
    record_opinions_seen(user=request.user, applications=[row.place.application_id for row in rows], now=now)
    form = NameForm.FULL if request.user.is_staff_of_firm else found.name_form
    context = {
        "shortlist": found,
        "role": found.role,
        "version": shown,
        "rows": rows,
        "sees_panel": sees_panel,
        "changed": difference_of(shown, form=form),
        "rendering": _newest_rendering(request, found, number),
    }
    return render(request, "candidates/shortlists/version.html", context)


def _sees_panel(request: AuthedRequest, found: Shortlist, shown: ShortlistVersion) -> bool:
    if not request.user.is_client_reviewer or found.show_panel == ShowPanel.BEFORE:
        return True
    shown.shortlist = found
    return can_view_whole_version(request.user, shown)


def _newest_rendering(request: AuthedRequest, found: Shortlist, number: int) -> str | None:
    reports = Report.objects.visible_to(request.user).filter(shortlist=found, version=number)
    return reports.order_by("rendering").values_list("rendering", flat=True).first()


@require_safe
def version_pdf(request: AuthedRequest, pk: int, number: int, rendering: str) -> FileResponse:
    """The newest report of a rendering of one version, which the reader may have."""
    found = visible(request, pk)
    reports = Report.objects.visible_to(request.user).filter(shortlist=found, version=number, rendering=rendering)
    newest = reports.first()
    if newest is None:
        raise Http404
    now = timezone.now()
    record_opening(user=request.user, shortlist=found.pk, version=number, what=Opened.REPORT, now=now)
    if rendering == Rendering.AFTER:
        people = found.entries.values_list("application", flat=True)
        record_opinions_seen(user=request.user, applications=people, now=now)
    suffix = "-panel" if rendering == Rendering.AFTER else ""
    name = f"{found.role.slug}-shortlist-{found.number}-version-{number}{suffix}.pdf"
    return FileResponse(newest.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
