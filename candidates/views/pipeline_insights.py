"""How far people get in the pipeline, how long it takes, and who they are: as of any day."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.enums import Source
from candidates.forms.pipeline_insights import PipelineInsightsForm
from candidates.permissions.candidate_imports import can_import_and_export
from candidates.permissions.insights import can_view_pipeline_insights
from candidates.queries.considerations import (
    GROUPS,
    PAGE,
    Group,
    People,
    Way,
    end_of,
    figures_of,
    people_behind,
    way_of,
)
from candidates.queries.considered import listed, opinions_in
from candidates.queries.funnels import Funnel, funnel_of
from candidates.queries.paging import number_in
from candidates.services.exports import csv_lines
from candidates.services.opinions import record_opinions_seen
from candidates.views.answers import UNPROCESSABLE
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

WORDS: dict[Group, str] = {
    "finished": "Finished considerations",
    "reached": "Reached {step}",
    "passed": "Went on from {step}",
    "rejected": "Rejected in {step}",
    "withdrawn": "Withdrew in {step}",
    "stayed": "Were in {step}, longest first",
}
FURTHEST_PAGE = 100_000
ANY_SOURCE = "any"
"""Of the way back from the people of one source to figures of them all."""


@require_safe
def pipeline_insights(request: AuthedRequest) -> HttpResponse:
    allow(can_view_pipeline_insights(request.user))
    form = _form(request)
    if not form.is_valid():
        return render(request, "candidates/insights/pipeline.html", {"form": form}, status=UNPROCESSABLE)
    scope, address = form.scope, form.address
    way = way_of(request.user, scope.role)
    context = {
        "form": form,
        "scope": scope,
        "role": scope.role,
        "funnel": funnel_of(figures_of(request.user, scope, way), way),
        "people": _people(address),
        "people_of": _people(_of_any_source(address) | ({} if scope.source else {"back": ANY_SOURCE})),
        "query": urlencode(address),
        "may_export": can_import_and_export(request.user),
    }
    return render(request, "candidates/insights/pipeline.html", context)


@require_safe
def pipeline_people(request: AuthedRequest) -> HttpResponse:
    """Exactly those whom a number of the page counts."""
    allow(can_view_pipeline_insights(request.user))
    form = _form(request)
    if not form.is_valid():
        return render(request, "candidates/insights/pipeline_people.html", {"form": form}, status=UNPROCESSABLE)
    way = way_of(request.user, form.scope.role)
    people = _asked(request, way)
    page = min(max(number_in(request.GET.get("page", "")) or 1, 1), FURTHEST_PAGE)
    found, total = people_behind(request.user, form.scope, way, people, page=page)
    rows = listed(request.user, way, found, until=end_of(form.scope.as_of, request.user))
    record_opinions_seen(user=request.user, applications=opinions_in(request.user, rows), now=timezone.now())
    context = _context_of_list(request, form, way, people) | {
        "rows": rows,
        "total": total,
        "first": (page - 1) * PAGE + 1,
        "last": (page - 1) * PAGE + len(found),
        "next": page + 1 if page * PAGE < total else None,
        "previous": page - 1 if page > 1 else None,
    }
    return render(request, "candidates/insights/pipeline_people.html", context)


def _context_of_list(request: AuthedRequest, form: PipelineInsightsForm, way: Way, people: People) -> dict[str, object]:
    figures = _of_any_source(form.address) if request.GET.get("back") == ANY_SOURCE else form.address
    return {
        "form": form,
        "scope": form.scope,
        "role": form.scope.role,
        "title": WORDS[people.group].format(step=way.steps[people.step].name if way.steps else ""),
        "group": people.group,
        "back": f"{reverse('candidates:insights_pipeline')}?{urlencode(figures)}",
        "source": dict(Source.choices).get(form.scope.source),
    }


@require_safe
def pipeline_csv(request: AuthedRequest) -> HttpResponse:
    allow(can_view_pipeline_insights(request.user) and can_import_and_export(request.user))
    form, table = _form(request), request.GET.get("table", "funnel")
    if table not in TABLES or not form.is_valid():
        raise Http404
    way = way_of(request.user, form.scope.role)
    header, rows = TABLES[table]
    funnel = funnel_of(figures_of(request.user, form.scope, way), way)
    answer = HttpResponse("".join(csv_lines(header, rows(funnel))), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{table}-{form.scope.as_of.isoformat()}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _form(request: AuthedRequest) -> PipelineInsightsForm:
    today = timezone.localdate()
    filled = request.GET.dict() | {"as_of": request.GET.get("as_of") or today.isoformat()}
    return PipelineInsightsForm(filled, user=request.user, today=today)


def _people(address: dict[str, str]) -> str:
    return f"{reverse('candidates:insights_people')}?{urlencode(address)}"


def _of_any_source(address: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in address.items() if name != "source"}


def _asked(request: AuthedRequest, way: Way) -> People:
    """A group, and the step it is about by its key."""
    group = next((name for name in GROUPS if name == request.GET.get("group", "finished")), None)
    keys = [step.key for step in way.steps]
    of = request.GET.get("of", "")
    if group is None or (group != "finished" and of not in keys):
        raise Http404
    return People(group, keys.index(of) if of in keys else 0)


def _funnel_rows(funnel: Funnel) -> Iterable[list[str]]:
    for row in funnel.rows:
        yield [row.step.name, *(str(one) for one in (row.reached, row.passed, row.rejected, row.withdrawn))]


def _time_rows(funnel: Funnel) -> Iterable[list[str]]:
    for row in funnel.rows:
        if row.spent:
            yield [row.step.name, str(row.spent.number), f"{row.spent.median:.2f}", f"{row.spent.ninetieth:.2f}"]


def _source_rows(funnel: Funnel) -> Iterable[list[str]]:
    for source in funnel.sources:
        for step, share in source.shares:
            if share:
                figures = (share.passed / share.reached, *share.interval)
                counts = [str(share.reached), str(share.passed)]
                yield [source.label, step.name, *counts, *(f"{one:.4f}" for one in figures)]


TABLES = {
    "funnel": (["Stage", "Reached", "Went on", "Rejected", "Withdrew"], _funnel_rows),
    "time-in-stage": (["Stage", "People", "Median days", "90th percentile days"], _time_rows),
    "sources": (["Source", "Stage", "Reached", "Went on", "Share", "90 % from", "90 % to"], _source_rows),
}
