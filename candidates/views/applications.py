"""Every way a card moves: the menu, dragging, undoing; and into the pipeline of another role."""

from collections.abc import Collection, Iterable
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from candidates.enums import ENDED
from candidates.forms.applications import MoveForm
from candidates.forms.candidates import AddToRoleForm
from candidates.gates.applications import stages_by_hand
from candidates.models import Application, StageChange
from candidates.permissions.applications import can_change_pipeline
from candidates.permissions.candidates import can_edit_candidate
from candidates.queries.applications import (
    PipelineFilter,
    Viewer,
    card_of,
    counts_of,
    viewer_of,
)
from candidates.querysets.seal import closed_once
from candidates.services.applications import (
    MovedMeanwhile,
    add_application,
    move_application,
    undo_move,
)
from candidates.views.answers import UNPROCESSABLE, next_or, status_of
from candidates.views.candidate_page import candidate_or_404
from candidates.views.pipelines import movable
from rubrics.models import Stage
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: AuthedRequest, pk: int) -> HttpResponse:
    """Where to, and why: a page of its own, the same form in the board's dialog, and what dragging sends."""
    with closed_once(request.user):
        application = _application_or_404(request, pk)
        allow(can_change_pipeline(request.user, application.role))
        stages = list(Stage.objects.filter(role=application.role_id).order_by("position"))
        if request.method == "POST":
            return _move(request, application, stages)
        offered = stages_by_hand(application.stage, stages)
        initial = {"seen": application.stage_id, "to": request.GET.get("to") or _further(application.stage, offered)}
        return _ask_move(request, application, MoveForm(initial=initial, stages=offered))


def _move(request: AuthedRequest, application: Application, stages: list[Stage]) -> HttpResponse:
    form = MoveForm(request.POST, stages=stages)
    if not form.is_valid():
        return _ask_move(request, application, form, status=UNPROCESSABLE)
    asked = form.cleaned_data
    answer = partial(_answer_move, request, application, stages, columns={asked["seen"], asked["to"].pk})
    try:
        change = move_application(application=application, by=request.user, now=timezone.now(), **asked)
    except MovedMeanwhile as conflict:
        return answer(error=conflict)
    except Refused as refused:
        if "dragged" in request.POST:
            return answer(error=refused)
        form.add_error(None, refused.message)
        return _ask_move(request, application, form, status=status_of(refused))
    if change is not None:
        _offer_undo(request, application, change)
    return answer()


def _further(stage: Stage, offered: Iterable[Stage]) -> int | None:
    """Where a card goes next, mostly: one stage on."""
    on = (one.pk for one in offered if one.position > stage.position and one.kind not in ENDED)
    return next(on, None)


def _application_or_404(request: AuthedRequest, pk: int) -> Application:
    visible = Application.objects.visible_to(request.user).select_related("candidate", "role", "stage")
    return get_object_or_404(visible, pk=pk)


def _ask_move(request: AuthedRequest, application: Application, form: MoveForm, *, status: int = 200) -> HttpResponse:
    here = next_or(request, reverse("candidates:pipeline", args=[application.role.slug]))
    template = "candidates/applications/move_form.html" if request.htmx else "candidates/applications/move.html"
    context = {"application": application, "form": form, "here": here, "ended": ENDED}
    return render(request, template, context, status=status)


def _offer_undo(request: AuthedRequest, application: Application, change: StageChange) -> None:
    here = next_or(request, reverse("candidates:pipeline", args=[application.role.slug]))
    undo = f"{reverse('candidates:move_undo', args=[change.pk])}?{urlencode({'next': here})}"
    messages.success(
        request, f"{application.candidate.name} is in “{change.to_stage.name}” now.", extra_tags=f"undo {undo}"
    )


def _answer_move(
    request: AuthedRequest,
    application: Application,
    stages: Iterable[Stage],
    *,
    columns: Collection[int],
    error: Refused | None = None,
) -> HttpResponse:
    """The card where it stands now and the counts of its columns; without scripts, the page one came from."""
    if error is not None:
        told = isinstance(error, MovedMeanwhile)
        messages.error(request, error.message if told else f"{application.candidate.name}: {error.message}")
    if not request.htmx:
        return redirect(next_or(request, reverse("candidates:pipeline", args=[application.role.slug])))
    viewer = viewer_of(request.user, application.role, timezone.now())
    moved = error is None or isinstance(error, MovedMeanwhile)
    cards = [card_of(viewer, application, stages)] if moved else []
    context = {
        "cards": cards,
        "counts": _counts(request, viewer, {*columns, *(card.stage.pk for card in cards)}) if cards else {},
        "role": application.role,
        "movable": movable(request, application.role),
        "here": next_or(request, ""),
    }
    status = 200 if error is None else status_of(error)
    response = render(request, "candidates/applications/moved.html", context, status=status)
    response["HX-Trigger"] = "screening:moved" if error is None else "screening:refused"
    return response


def _counts(request: AuthedRequest, viewer: Viewer, stages: Collection[int]) -> dict[int, int]:
    """Of these stages, by the filter of the board one looks at."""
    found = counts_of(viewer, PipelineFilter.read(request.POST.dict()), stages)
    return {pk: found.get(pk, 0) for pk in stages}


@require_POST
def move_undo(request: AuthedRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(
        StageChange.objects.filter(application__in=Application.objects.visible_to(request.user)).select_related(
            "application__candidate", "application__role__client", "application__stage"
        ),
        pk=pk,
    )
    application, columns = change.application, [change.from_stage_id or 0, change.to_stage_id]
    allow(can_change_pipeline(request.user, application.role))
    stages = application.role.stages.order_by("position")
    try:
        moved = undo_move(change=change, by=request.user, now=timezone.now())
    except Refused as refused:
        return _answer_move(request, application, stages, columns=columns, error=refused)
    messages.success(request, f"{application.candidate.name} is back in “{moved.to_stage.name}”.")
    return _answer_move(request, application, stages, columns=columns)


@require_http_methods(["GET", "HEAD", "POST"])
def add_to_role(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    form = AddToRoleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            add_application(
                candidate=candidate,
                role=asked["role"],
                source=asked["source"],
                source_detail=asked["source_detail"],
                owner=form.looked_after_by,
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{candidate.name} is in the pipeline of “{asked['role'].title}” now.")
            return redirect("candidates:candidate", candidate.pk)
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"form": form, "candidate": candidate}
    return render(request, "candidates/applications/add.html", context, status=status)
