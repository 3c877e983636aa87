"""The pipeline of a role: board and table of one filter, and what keeps an open board up to date."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.forms.applications import COLUMNS, ColumnsForm, PipelineFilterForm
from candidates.forms.bulk import things_to_do
from candidates.gates.applications import MOVES_BY_HAND
from candidates.permissions.applications import can_change_pipeline, can_view_pipeline
from candidates.queries.applications import (
    EVERYBODY,
    SORTS,
    PipelineFilter,
    Viewer,
    board,
    column_after,
    table,
    viewer_of,
)
from candidates.queries.bulk import ticked_in
from candidates.queries.live import Known, changes_since
from candidates.queries.paging import number_in
from candidates.queries.saved_views import choices_of, opens_by_itself
from candidates.querysets.seal import closed_once
from rubrics.models import Role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

KEPT = ("view", "stage", "sort", "columns")
"""What of an address stays when one filters anew."""

KEYS = (
    ("J K ↓ ↑", "The next card and the one before; J begins at the first"),
    ("← →", "The column beside"),
    ("Home End", "The first and the last card of the column"),
    ("Enter O", "Open the person"),
    ("M", "Move the card to…: type the stage’s name, then Enter; from the reason, Ctrl Enter"),
    ("Shift ← →", "Move the card to the column beside"),
    ("U", "Undo the last move, while it is offered"),
)
NOTHING_NEW = 204


@require_safe
def pipeline(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    choices = choices_of(request.user, role, query=request.GET.urlencode())
    elsewhere = opens_by_itself(choices, query=request.GET.urlencode())
    if elsewhere:
        return redirect(f"{request.path}?{elsewhere}")
    view = "table" if request.GET.get("view") == "table" else "board"
    wanted = PipelineFilter.read(request.GET.dict())
    with closed_once(request.user):
        viewer = viewer_of(request.user, role, timezone.now())
        shown = _board_context(viewer, wanted) if view == "board" else _table_context(request, viewer, wanted)
    context = {
        "form": PipelineFilterForm(request.GET, user=request.user, version=role.rubric_version),
        "view": view,
        "role": role,
        "choices": choices,
        "may_move": can_change_pipeline(request.user, role),
        "movable": movable(request, role),
        "here": request.get_full_path(),
        "keep": {name: request.GET[name] for name in KEPT if request.GET.get(name)},
        "keys": KEYS,
        "filtered": wanted != EVERYBODY,
    }
    return render(request, f"candidates/applications/{view}.html", context | shown)


def _board_context(viewer: Viewer, wanted: PipelineFilter) -> dict[str, Any]:
    """`only`: the stage whose cards alone are shown."""
    columns = board(viewer, wanted)
    total = f"{sum(column.count for column in columns if column.shown):,}"
    only = next((column.stage for column in columns if column.shown), None) if wanted.stage else None
    return {"columns": columns, "since": Known(viewer.now), "total": total, "only": only}


def _table_context(request: AuthedRequest, viewer: Viewer, wanted: PipelineFilter) -> dict[str, Any]:
    stages = list(viewer.role.stages.order_by("position"))
    columns = ColumnsForm(request.GET, user=request.user)
    sort, ticked = request.GET.get("sort", ""), number_in(request.GET.get("ticked", ""))
    page = table(
        viewer,
        wanted,
        stages=stages,
        cursor=request.GET.get("page", ""),
        sort=sort,
        columns=columns.chosen,
    )
    return {
        "page": page,
        "ticked": ticked_in(request.user, ticked, shown=[row.card.pk for row in page.rows]),
        "total": page.total,
        "stages": stages,
        "things": things_to_do(stages),
        "columns": columns,
        "shown": {name: COLUMNS[name] for name in columns.chosen},
        "sort": sort if sort in SORTS else "newest",
        "others": {name: value for name, value in request.GET.items() if name not in {"columns", "page"}},
    }


def role_or_404(request: AuthedRequest, slug: str) -> Role:
    visible = Role.objects.visible_to(request.user).select_related("client", "rubric_version")
    role = get_object_or_404(visible, slug=slug)
    allow(can_view_pipeline(request.user, role))
    return role


def movable(request: AuthedRequest, role: Role) -> tuple[str, ...]:
    """The kinds of stage from which this reader may move a card by hand."""
    return tuple(MOVES_BY_HAND) if can_change_pipeline(request.user, role) else ()


@require_safe
def column(request: AuthedRequest, slug: str, pk: int) -> HttpResponse:
    """The next cards of one column, for scrolling on."""
    role = role_or_404(request, slug)
    stage = get_object_or_404(role.stages, pk=pk)
    wanted = PipelineFilter.read(request.GET.dict())
    with closed_once(request.user):
        viewer = viewer_of(request.user, role, timezone.now())
        found = column_after(viewer, wanted, stage=stage, cursor=request.GET.get("page", ""))
    context = {"column": found, "role": role, "movable": movable(request, role)}
    return render(request, "candidates/applications/column.html", context)


@require_safe
def changes(request: AuthedRequest, slug: str) -> HttpResponse:
    """The cards that moved since the board was last up to date; without a body when none did."""
    role = role_or_404(request, slug)
    now = timezone.now()
    viewer = viewer_of(request.user, role, now)
    known = Known.read(request.GET.get("since", ""), now=now)
    found = changes_since(viewer, PipelineFilter.read(request.GET.dict()), known)
    if found is None:
        return HttpResponse(status=NOTHING_NEW)
    context = {"changes": found, "movable": movable(request, role)}
    return render(request, "candidates/applications/changes.html", context)
