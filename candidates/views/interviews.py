"""Interviews: the lists, one with its panel, and what becomes of it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from candidates.forms.interviews import CancelForm, InterviewFilterForm, NoShowForm
from candidates.forms.scorecards import ExcuseForm
from candidates.gates.interviews import panel_choices
from candidates.models import Interview
from candidates.permissions.interviews import can_plan_interviews
from candidates.queries.calendars import calendar_text, panel_entry, panel_of
from candidates.queries.interviews import InterviewsPage, coverage_of, interviews_page, kit_lines, seats_of
from candidates.queries.names import name_for
from candidates.querysets.seal import closed_once
from candidates.services.interviews import cancel_interview, hold_interview, invite_candidate, record_no_show
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


@require_safe
def interviews(request: AuthedRequest) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    usual = {"whose": "all" if request.user.is_staff_of_firm else "mine", "when": "upcoming"}
    form = InterviewFilterForm({**usual, **request.GET.dict()}, user=request.user)
    wanted = form.cleaned_data if form.is_valid() else usual
    with closed_once(request.user):
        page = _wanted(request, wanted)
    context = {"form": form, "past": wanted["when"] == "past", "mine": wanted["whose"] == "mine", "page": page}
    return render(request, "candidates/interviews/list.html", context)


def _wanted(request: AuthedRequest, wanted: Mapping[str, str]) -> InterviewsPage:
    now = timezone.now()
    mine, interviews = wanted["whose"] == "mine", Interview.objects
    found = interviews.on_panel(request.user) if mine else interviews.visible_to(request.user)
    if role := wanted.get("role"):
        found = found.filter(application__role__slug=role)
    if state := wanted.get("state"):
        found = found.filter(state=state)
    past = wanted["when"] == "past"
    found = found.filter(ends_at__lt=now) if past else found.filter(ends_at__gte=now)
    return interviews_page(found, request.user, cursor=request.GET.get("page", ""), now=now, soonest_first=not past)


@require_safe
def role_interviews(request: AuthedRequest, slug: str) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    role = get_object_or_404(Role.objects.visible_to(request.user).select_related("client").distinct(), slug=slug)
    with closed_once(request.user):
        found = Interview.objects.visible_to(request.user).filter(application__role=role)
        page = interviews_page(found, request.user, cursor=request.GET.get("page", ""), now=timezone.now())
    people = {row.application: row.candidate for row in page.rows if row.state in {"scheduled", "held"}}
    context = {"role": role, "coverage": coverage_of(role, people), "page": page}
    return render(request, "candidates/interviews/role.html", context)


@require_safe
def interview(request: AuthedRequest, pk: int) -> HttpResponse:
    return show(request, visible_interview(request, pk))


def visible_interview(request: AuthedRequest, pk: int) -> Interview:
    found = Interview.objects.visible_to(request.user).select_related(
        "kit__version", "application__candidate", "application__role__client"
    )
    return get_object_or_404(found, pk=pk)


def show(request: AuthedRequest, interview: Interview, *, status: int = 200, **forms: Any) -> HttpResponse:
    application, plans = interview.application, bool(can_plan_interviews(request.user))
    seats = seats_of([interview.pk], now=timezone.now())[interview.pk]
    takes_place = interview.takes_place
    context = {
        "interview": interview,
        "candidate": name_for(request.user, application),
        "role": application.role,
        "lines": kit_lines(interview.kit),
        "seats": seats,
        "mine": next((seat for seat in seats if seat.person == request.user.pk), None),
        "may_plan": plans and takes_place,
        "none_in": all(seat.state != "submitted" for seat in seats),
        "plans": plans,
        "seated": [seat.person for seat in seats],
        "no_show_form": NoShowForm(auto_id="%s-no-show"),
        "cancel_form": CancelForm(interview=interview, auto_id="%s-cancel"),
        "excuse_form": ExcuseForm(auto_id=False),
        **forms,
    }
    if plans and takes_place:
        context["choices"] = [
            one for one in panel_choices(application) if one.person.pk not in {seat.person for seat in seats}
        ]
    return render(request, "candidates/interviews/detail.html", context, status=status)


@require_POST
def hold(request: AuthedRequest, pk: int) -> HttpResponse:
    interview = to_plan(request, pk)
    return after(request, interview, lambda: hold_interview(interview=interview), "The interview is marked as held.")


@require_POST
def cancel(request: AuthedRequest, pk: int) -> HttpResponse:
    interview = to_plan(request, pk)
    form = CancelForm(request.POST, interview=interview, auto_id="%s-cancel")
    if not form.is_valid():
        return show(request, interview, status=REFUSED, cancel_form=form)
    reason, too = form.cleaned_data["reason"], form.cleaned_data.get("tell_candidate", False)
    return after(
        request,
        interview,
        lambda: cancel_interview(interview=interview, reason=reason, now=timezone.now(), tell_candidate_too=too),
        "The interview is cancelled; nobody owes a scorecard for it. The panel has been told.",
        cancel_form=form,
    )


@require_POST
def no_show(request: AuthedRequest, pk: int) -> HttpResponse:
    interview = to_plan(request, pk)
    form = NoShowForm(request.POST, auto_id="%s-no-show")
    if not form.is_valid():
        return show(request, interview, status=REFUSED, no_show_form=form)
    given = form.cleaned_data
    return after(
        request,
        interview,
        lambda: record_no_show(interview=interview, reason=given["reason"], absent=given["absent"]),
        "Noted; nobody owes a scorecard for it.",
        no_show_form=form,
    )


@require_POST
def invite(request: AuthedRequest, pk: int) -> HttpResponse:
    """The candidate's own invitation, or the word that it is off; nothing sends it by itself."""
    interview = to_plan(request, pk)
    return after(
        request,
        interview,
        lambda: invite_candidate(interview=interview, now=timezone.now()),
        "The candidate is being told.",
    )


@require_safe
def calendar(request: AuthedRequest, pk: int) -> HttpResponse:
    """The entry for one's own calendar, as a file."""
    found = visible_interview(request, pk)
    text = calendar_text([panel_entry(found, panel_of(found))], method="PUBLISH", now=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="interview-{found.pk}.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def to_plan(request: AuthedRequest, pk: int) -> Interview:
    allow(can_plan_interviews(request.user))
    return visible_interview(request, pk)


def after(
    request: AuthedRequest, interview: Interview, act: Callable[[], object], words: str, **forms: Any
) -> HttpResponse:
    """Carry it out and go back to the interview; what the service refuses is said there, with what was typed."""
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
        return show(request, interview, status=refused.status, **forms)
    messages.success(request, words)
    return redirect("candidates:interview", pk=interview.pk)
