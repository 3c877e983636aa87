"""Interviews: the lists, one with its panel, and planning a new one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.forms.interviews import InterviewFilterForm, PersonForm, ReasonForm, ScheduleForm
from candidates.forms.scorecards import ExcuseForm
from candidates.gates.interviews import missing_for_kit, missing_for_panel, missing_to_interview, panel_choices
from candidates.models import Application, Interview, Scorecard
from candidates.permissions.interviews import can_plan_interviews
from candidates.permissions.scorecards import can_excuse_scorecard
from candidates.queries.interviews import PER_PAGE, clashes, coverage_of, interview_rows, kit_lines, seats_of
from candidates.queries.names import name_for
from candidates.services.interviews import (
    add_to_panel,
    cancel_interview,
    hold_interview,
    record_no_show,
    schedule_interview,
)
from candidates.services.scorecards import excuse_scorecard
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


@require_safe
def interviews(request: AuthedRequest) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    now = timezone.now()
    usual = {"whose": "all" if request.user.is_staff_of_firm else "mine", "when": "upcoming"}
    form = InterviewFilterForm({**usual, **request.GET.dict()}, user=request.user)
    wanted = form.cleaned_data if form.is_valid() else usual
    found = Interview.objects.visible_to(request.user)
    if wanted["whose"] == "mine":
        found = found.on_panel(request.user)
    if role := wanted.get("role"):
        found = found.filter(application__role__slug=role)
    if state := wanted.get("state"):
        found = found.filter(state=state)
    past = wanted["when"] == "past"
    found = found.filter(ends_at__lt=now) if past else found.filter(ends_at__gte=now)
    page = _page(request, found.order_by("-starts_at", "-pk") if past else found.order_by("starts_at", "pk"))
    context = {"form": form, "past": past, "mine": wanted["whose"] == "mine", **page}
    return render(request, "candidates/interviews/list.html", context)


def _page(request: AuthedRequest, found: QuerySet[Interview]) -> dict[str, Any]:
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    interviews: Any = page.object_list
    return {
        "rows": interview_rows(interviews, request.user, now=timezone.now()),
        "total": page.paginator.count,
        "next_url": _numbered(request, page.next_page_number()) if page.has_next() else "",
        "previous_url": _numbered(request, page.previous_page_number()) if page.has_previous() else "",
    }


def _numbered(request: AuthedRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@require_safe
def role_interviews(request: AuthedRequest, slug: str) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    role = get_object_or_404(Role.objects.visible_to(request.user).select_related("client").distinct(), slug=slug)
    found = Interview.objects.visible_to(request.user).filter(application__role=role)
    page = _page(request, found.order_by("-starts_at", "-pk"))
    people = {row.application: row.candidate for row in page["rows"] if row.state in {"scheduled", "held"}}
    context = {"role": role, "coverage": coverage_of(role, people), **page}
    return render(request, "candidates/interviews/role.html", context)


@require_safe
def interview(request: AuthedRequest, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


def _visible(request: AuthedRequest, pk: int) -> Interview:
    found = Interview.objects.visible_to(request.user).select_related(
        "kit__version", "application__candidate", "application__role__client"
    )
    return get_object_or_404(found, pk=pk)


def _show(request: AuthedRequest, interview: Interview, *, status: int = 200, **forms: Any) -> HttpResponse:
    application, plans = interview.application, bool(can_plan_interviews(request.user))
    seats = seats_of([interview.pk], now=timezone.now())[interview.pk]
    takes_place = interview.state in {"scheduled", "held"}
    context = {
        "interview": interview,
        "candidate": name_for(request.user, application),
        "role": application.role,
        "lines": kit_lines(interview.kit),
        "seats": seats,
        "mine": next((seat for seat in seats if seat.person == request.user.pk), None),
        "may_plan": plans and takes_place,
        "none_in": all(seat.state != "submitted" for seat in seats),
        "reason_form": ReasonForm(auto_id="%s-no-show"),
        "cancel_form": ReasonForm(auto_id="%s-cancel"),
        "excuse_form": ExcuseForm(auto_id=False),
        **forms,
    }
    if plans and takes_place:
        context["choices"] = [
            one for one in panel_choices(application) if one.person.pk not in {seat.person for seat in seats}
        ]
    return render(request, "candidates/interviews/detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
def schedule(request: AuthedRequest, pk: int) -> HttpResponse:
    """A GET with values, or the button “Check first”, shows what they mean: times in three zones, what is missing, who is busy."""
    allow(can_plan_interviews(request.user))
    found = Application.objects.visible_to(request.user).select_related("candidate", "role__client", "stage")
    application = get_object_or_404(found, pk=pk)
    choices = panel_choices(application)
    data = request.POST if request.method == "POST" else (request.GET or None)
    build = partial(
        ScheduleForm, application=application, planner=request.user, people=[choice.person for choice in choices]
    )
    form = build(data)
    plans = request.method == "POST" and "check" not in request.POST
    if plans and form.is_valid() and (answer := _planned(request, application, form)):
        return answer
    context = {
        "application": application,
        "form": form if plans else build(initial=data.dict() if data else None),
        "choices": choices,
        "chosen": {int(pk) for pk in data.getlist("panel") if pk.isdecimal()} if data else set(),
        **_outlook(application, form),
    }
    return render(request, "candidates/interviews/new.html", context, status=REFUSED if plans else 200)


def _planned(request: AuthedRequest, application: Application, form: ScheduleForm) -> HttpResponse | None:
    given = form.cleaned_data
    if form.when is None:
        return None
    try:
        interview = schedule_interview(
            application=application,
            kit=given["kit"],
            when=form.when,
            panel=list(given["panel"]),
            by=request.user,
            now=timezone.now(),
            place=given["place"],
            brief=given["brief"],
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return None
    messages.success(request, "The interview is planned; everybody on its panel gets a scorecard and an e-mail.")
    return redirect("candidates:interview", pk=interview.pk)


def _outlook(application: Application, form: ScheduleForm) -> dict[str, Any]:
    """What the values typed so far would mean."""
    form.is_valid()
    given = getattr(form, "cleaned_data", {})
    missing = missing_to_interview(application, now=timezone.now())
    if given.get("kit"):
        missing += missing_for_kit(application, given["kit"])
    panel = list(given.get("panel", ()))
    missing += missing_for_panel(application, panel)
    when = form.when
    return {
        "missing": missing,
        "when": when,
        "when_problem": " ".join(map(str, form.errors.get("time", []))) if "day" in given else "",
        "clashes": when
        and clashes(starts_at=when.starts_at, ends_at=when.ends_at, people=panel, application=application),
    }


@require_POST
def hold(request: AuthedRequest, pk: int) -> HttpResponse:
    interview = _to_plan(request, pk)
    return _after(request, interview, lambda: hold_interview(interview=interview), "The interview is marked as held.")


@require_POST
def cancel(request: AuthedRequest, pk: int) -> HttpResponse:
    return _call_off(
        request, pk, "cancel_form", cancel_interview, "The interview is cancelled; nobody owes a scorecard for it."
    )


@require_POST
def no_show(request: AuthedRequest, pk: int) -> HttpResponse:
    return _call_off(request, pk, "reason_form", record_no_show, "Noted: the candidate did not come.")


def _call_off(
    request: AuthedRequest, pk: int, name: str, service: Callable[..., Interview], words: str
) -> HttpResponse:
    interview = _to_plan(request, pk)
    form = ReasonForm(request.POST, auto_id=f"%s-{name}")
    if not form.is_valid():
        return _show(request, interview, status=REFUSED, **{name: form})
    reason = form.cleaned_data["reason"]
    return _after(request, interview, lambda: service(interview=interview, reason=reason), words, **{name: form})


@require_POST
def panel(request: AuthedRequest, pk: int) -> HttpResponse:
    interview = _to_plan(request, pk)
    people = [choice.person for choice in panel_choices(interview.application)]
    form = PersonForm(request.POST, people=people)
    if not form.is_valid():
        return _show(request, interview, status=REFUSED, person_form=form)
    person = form.cleaned_data["person"]
    return _after(
        request,
        interview,
        lambda: add_to_panel(interview=interview, person=person),
        f"{person.name} is on the panel and has been told.",
        person_form=form,
    )


@require_POST
def excuse(request: AuthedRequest, pk: int) -> HttpResponse:
    """A scorecard of a panel will never come; found by its own number, shown with its interview."""
    scorecard = get_object_or_404(Scorecard.objects.owed().select_related("interviewer"), pk=pk)
    interview = _to_plan(request, scorecard.interview_id)
    allow(can_excuse_scorecard(request.user, scorecard))
    form = ExcuseForm(request.POST, auto_id=False)
    if not form.is_valid():
        return _show(request, interview, status=REFUSED, excuse_form=form, excusing=pk)
    reason = form.cleaned_data["reason"]
    return _after(
        request,
        interview,
        lambda: excuse_scorecard(scorecard=scorecard, reason=reason, by=request.user),
        f"Nobody waits for the scorecard of {scorecard.interviewer.name} any more.",
        excuse_form=form,
        excusing=pk,
    )


def _to_plan(request: AuthedRequest, pk: int) -> Interview:
    allow(can_plan_interviews(request.user))
    return _visible(request, pk)


def _after(
    request: AuthedRequest, interview: Interview, act: Callable[[], object], words: str, **forms: Any
) -> HttpResponse:
    """Carry it out and go back to the interview; what the service refuses is said there, with what was typed."""
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
        return _show(request, interview, status=refused.status, **forms)
    messages.success(request, words)
    return redirect("candidates:interview", pk=interview.pk)
