"""When an interview is: planning a new one, moving one that is planned."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from candidates.forms.schedules import ScheduleForm, WhenForm, moving
from candidates.gates.interviews import missing_for_kit, missing_for_panel, missing_to_interview, panel_choices
from candidates.models import Application, Interview
from candidates.permissions.interviews import can_plan_interviews
from candidates.queries.calendars import panel_of
from candidates.queries.schedules import busy, clashes, clocks, fingerprint
from candidates.services.interviews import move_interview, schedule_interview
from candidates.views.interviews import to_plan
from rubrics.gates.base import Missing
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User
from screening.accounts.permissions import allow

REFUSED = 422


def typed_so_far(request: AuthedRequest) -> QueryDict | None:
    """What was typed so far: sent to be carried out, or in the address to ask what it would mean."""
    return request.POST if request.method == "POST" else (request.GET or None)


def is_meant(request: AuthedRequest) -> bool:
    return request.method == "POST" and "check" not in request.POST


@require_http_methods(["GET", "POST"])
def schedule(request: AuthedRequest, pk: int) -> HttpResponse:
    """A GET with values, or the button “Check first”, shows what they mean: everybody's clock, what is missing, who is busy."""
    allow(can_plan_interviews(request.user))
    found = Application.objects.visible_to(request.user).select_related("candidate", "role__client", "stage")
    application = get_object_or_404(found, pk=pk)
    choices, typed = panel_choices(application), typed_so_far(request)
    given: Any = {"application": application, "planner": request.user, "people": [one.person for one in choices]}
    form = ScheduleForm(typed, **given)
    status = _planned(request, application, form) if is_meant(request) else 200
    if isinstance(status, HttpResponse):
        return status
    panel = form.chosen_panel()
    missing = missing_to_interview(application, now=timezone.now()) + missing_for_panel(application, panel)
    if kit := form.chosen_kit():
        missing += missing_for_kit(application, kit)
    context = {
        "application": application,
        "form": form if is_meant(request) else ScheduleForm(initial=_initial(typed), **given),
        "choices": choices,
        "chosen": {person.pk for person in panel},
        **_outlook(request.user, application, form, panel, missing),
    }
    return render(request, "candidates/interviews/new.html", context, status=status)


def _initial(typed: QueryDict | None) -> dict[str, Any]:
    return typed.dict() if typed else {}


def _planned(request: AuthedRequest, application: Application, form: ScheduleForm) -> HttpResponse | int:
    """Where it leads, or the status of why not."""
    if not form.is_valid() or (arrangement := form.arrangement()) is None:
        return REFUSED
    try:
        interview = schedule_interview(
            application=application,
            kit=form.cleaned_data["kit"],
            arrangement=arrangement,
            panel=list(form.cleaned_data["panel"]),
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return refused.status
    messages.success(request, "The interview is planned; everybody on its panel gets a scorecard and an invitation.")
    return redirect("candidates:interview", pk=interview.pk)


@require_http_methods(["GET", "POST"])
def move(request: AuthedRequest, pk: int) -> HttpResponse:
    """The same page for an interview that stays the same, at another time or place."""
    interview = to_plan(request, pk)
    application, typed = interview.application, typed_so_far(request)
    initial = moving(interview)
    given: Any = {"application": application, "planner": request.user}
    form = WhenForm(typed, initial=initial, **given)
    status = _moved(request, interview, form) if is_meant(request) else 200
    if isinstance(status, HttpResponse):
        return status
    panel = panel_of(interview)
    missing = missing_to_interview(application, now=timezone.now())
    if typed is None:
        form = WhenForm(initial, initial=initial, **given)  # what its present time means
    context = {
        "interview": interview,
        "application": application,
        "form": form if is_meant(request) else WhenForm(initial=initial | _initial(typed), **given),
        "panel": panel,
        **_outlook(request.user, application, form, panel, missing, but=interview),
    }
    return render(request, "candidates/interviews/new.html", context, status=status)


def _moved(request: AuthedRequest, interview: Interview, form: WhenForm) -> HttpResponse | int:
    if not form.is_valid() or (arrangement := form.arrangement()) is None:
        return REFUSED
    try:
        move_interview(interview=interview, arrangement=arrangement, now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.message)
        return refused.status
    messages.success(request, "The interview is changed; whoever’s calendar has to know gets an update.")
    return redirect("candidates:interview", pk=interview.pk)


def _outlook(
    reader: User,
    application: Application,
    form: WhenForm,
    panel: list[User],
    missing: list[Missing],
    but: Interview | None = None,
) -> dict[str, Any]:
    """What the values typed so far would mean."""
    form.is_valid()
    when, candidate = form.when, application.candidate
    if when is None:
        return {"missing": missing, "typed": form}
    found = clashes(starts_at=when.starts_at, ends_at=when.ends_at, panel=panel, candidate=candidate, but=but)
    accept = fingerprint(found)
    return {
        "missing": missing,
        "typed": form,
        "clocks": clocks(
            when.starts_at, when.ends_at, given_in=when.time_zone, reader=reader, panel=panel, candidate=candidate
        ),
        "is_past": when.ends_at < timezone.now(),
        "clashes": busy(found, reader),
        "accept": accept,
        "accepted": accept == form.data.get("accept"),
    }
