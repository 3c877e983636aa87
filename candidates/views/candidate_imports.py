"""Bringing a table of people in, one page a file: its columns, what was found, the run, the result."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from candidates.enums import ImportState
from candidates.forms.candidate_imports import ALIKE, SAME, ColumnsForm, DecisionsForm, UploadForm, WritingForm
from candidates.models import CandidateImport
from candidates.permissions.candidate_imports import can_import_and_export
from candidates.queries.candidate_imports import (
    PROBLEMS,
    counts_of,
    duplicates_of,
    left_out_rows,
    plan_of,
    problems_of,
    recent_imports,
)
from candidates.queries.paging import number_in
from candidates.services.candidate_imports import (
    decide,
    discard_import,
    first_rows,
    map_columns,
    read_again,
    reopen_mapping,
    request_run,
    start_import,
)
from candidates.services.exports import csv_lines
from candidates.views.answers import UNPROCESSABLE, status_of
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

AT_WORK = {ImportState.CHECKING, ImportState.IMPORTING}


def _import_or_404(request: AuthedRequest, pk: int) -> CandidateImport:
    visible = CandidateImport.objects.visible_to(request.user).select_related("role__client", "job", "created_by")
    return get_object_or_404(visible, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: AuthedRequest) -> HttpResponse:
    """A new file, and those brought lately."""
    allow(can_import_and_export(request.user))
    lately = {name: request.GET[name] for name in ("role", "source") if name in request.GET}
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, initial=lately)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            of = start_import(
                upload=asked["file"], role=asked["role"], source=asked["source"] or "import", by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            return redirect("candidates:import", of.pk)
    context = {"form": form, "recent": recent_imports(request.user)}
    return render(request, "candidates/imports/new.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_safe
@never_cache
def show_import(request: AuthedRequest, pk: int) -> HttpResponse:
    """Whoever comes back by the browser's button reads how it stands now, not a file that is imported already."""
    return _show(request, _import_or_404(request, pk))


def _show(request: AuthedRequest, of: CandidateImport, *, status: int = 200, **extra: Any) -> HttpResponse:
    """Its page at the step where it is."""
    if of.state == ImportState.MAPPING:
        return render(request, "candidates/imports/columns.html", _columns(of) | extra, status=status)
    context: dict[str, Any] = {"of": of, "counts": counts_of(of)}
    if of.state in AT_WORK:
        job = of.job
        context |= {"job": job, "job_url": reverse("jobs:job", args=[job.pk]) if job else "", "here": request.path}
        return render(request, "candidates/imports/work.html", context | extra, status=status)
    if of.state == ImportState.CHECKED:
        after = number_in(request.GET.get("after", "")) or 0
        form = DecisionsForm(initial={"if_same": of.if_same, "if_alike": of.if_alike})
        context |= {"form": form, "duplicates": duplicates_of(of, request.user, after=after)}
        context |= {"choices": {"same": SAME, "alike": ALIKE}, "after": after, "plan": plan_of(of, request.user)}
    context |= {"bad": problems_of(of), "most": PROBLEMS}
    name = "checked" if of.state == ImportState.CHECKED else "result"
    return render(request, f"candidates/imports/{name}.html", context | extra, status=status)


def _columns(of: CandidateImport) -> dict[str, Any]:
    """The columns beside what their first rows say."""
    error = of.error
    try:
        rows = [cells for _, cells in first_rows(of)]
    except Refused as refused:
        rows, error = [], refused.message
    form = ColumnsForm(of=of)
    samples = [[row[place] for row in rows if place < len(row) and row[place]] for place in range(len(of.header))]
    return {
        "of": of,
        "error": error,
        "columns": list(zip(form, samples, strict=True)),
        "writing_form": WritingForm(of=of),
    }


def _acted(request: AuthedRequest, pk: int, act: Callable[[CandidateImport], object]) -> HttpResponse:
    of = _import_or_404(request, pk)
    try:
        act(of)
    except Refused as refused:
        of.refresh_from_db()
        messages.error(request, refused.message)
        return _show(request, of, status=status_of(refused))
    return redirect("candidates:import", of.pk)


@require_POST
def reading(request: AuthedRequest, pk: int) -> HttpResponse:
    def act(of: CandidateImport) -> None:
        read_again(of=of, writing=WritingForm(request.POST, of=of).writing)

    return _acted(request, pk, act)


@require_POST
def columns(request: AuthedRequest, pk: int) -> HttpResponse:
    of = _import_or_404(request, pk)
    form = ColumnsForm(request.POST, of=of)
    try:
        map_columns(of=of, mapping=form.mapping, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        if of.state != ImportState.MAPPING:
            return _show(request, of, status=status_of(refused))
        asked = _columns(of)
        typed = [(field, samples) for field, (_, samples) in zip(form, asked["columns"], strict=True)]
        return _show(request, of, status=status_of(refused), columns=typed)
    return redirect("candidates:import", of.pk)


@require_POST
def decisions(request: AuthedRequest, pk: int) -> HttpResponse:
    """Keeps the rules and the rows decided by hand; imports when asked to, else leads on to the next rows.

    Whoever still chooses reads what importing would do now.
    """
    of = _import_or_404(request, pk)
    form = DecisionsForm(request.POST)
    try:
        of = decide(of=of, rows=form.rows, **form.rules)
        if "run" in request.POST:
            request_run(of=of, by=request.user)
    except Refused as refused:
        if request.htmx:
            return HttpResponseClientRefresh()
        messages.error(request, refused.message)
        return _show(request, of, status=status_of(refused))
    if request.htmx:
        context = {"plan": plan_of(of, request.user), "counts": counts_of(of), "after": request.POST.get("here", "")}
        return render(request, "candidates/imports/_plan.html", context)
    after = number_in(request.POST.get("after", ""))
    return redirect(f"{reverse('candidates:import', args=[of.pk])}{f'?after={after}' if after else ''}")


@require_POST
def go_on(request: AuthedRequest, pk: int) -> HttpResponse:
    """What was cancelled or gave up is taken up again where it was."""

    def act(of: CandidateImport) -> None:
        if of.state == ImportState.CHECKING:
            map_columns(of=of, mapping=of.mapping, by=request.user)
        else:
            request_run(of=of, by=request.user)

    return _acted(request, pk, act)


@require_POST
def map_again(request: AuthedRequest, pk: int) -> HttpResponse:
    """Back to the columns, while nothing has been imported."""
    return _acted(request, pk, lambda of: reopen_mapping(of=of))


@require_POST
def discard(request: AuthedRequest, pk: int) -> HttpResponse:
    of = _import_or_404(request, pk)
    try:
        discard_import(of=of)
    except Refused as refused:
        messages.error(request, refused.message)
        return _show(request, of, status=status_of(refused))
    messages.success(request, "The file and its rows are deleted. What was imported stays.")
    return redirect("candidates:imports")


@require_safe
def left_out(request: AuthedRequest, pk: int) -> HttpResponseBase:
    of = _import_or_404(request, pk)
    rows = left_out_rows(of)
    answer = StreamingHttpResponse(csv_lines(next(rows), rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{of.pk}-left-out.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer
