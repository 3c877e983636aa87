"""When a meeting could be, as the client offers it, and when it is, as a recruiter arranges it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from candidates.forms.meetings import ArrangeForm, AskForm, arranging
from candidates.gates.meetings import missing_to_arrange, missing_to_meet
from candidates.models import Meeting, ShortlistEntry
from candidates.permissions.client_questions import can_ask_about
from candidates.queries.meetings import OnClocks, clocks_at, offered_on_clocks
from candidates.queries.schedules import busy, clashes, clocks, fingerprint
from candidates.services.meetings import arrange_meeting, ask_to_meet
from candidates.views.entries import visible_entry
from candidates.views.meetings import to_arrange
from candidates.views.schedules import is_meant, typed_so_far
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


@require_http_methods(["GET", "POST"])
def ask(request: AuthedRequest, pk: int) -> HttpResponse:
    """A GET with values, or the button “Check first”, shows the times on everybody's clock."""
    found = visible_entry(request, pk)
    allow(can_ask_about(request.user, found))
    typed = typed_so_far(request)
    form = AskForm(typed, asker=request.user)
    status = _asked(request, found, form) if is_meant(request) else 200
    if isinstance(status, HttpResponse):
        return status
    if typed is not None:
        form.is_valid()
    request.user.client = found.shortlist.role.client  # theirs, and loaded: the menu names it
    context = {
        "entry": found,
        "shortlist": found.shortlist,
        "role": found.shortlist.role,
        "name": found.application.candidate.name_in(found.shortlist.name_form),
        "form": form,
        "missing": missing_to_meet(found, by=request.user, now=timezone.now()),
        "times": _times(request, found, form),
        "zone_known": bool(found.application.candidate.time_zone),
        "is_meant": is_meant(request),
    }
    return render(request, "candidates/meetings/ask.html", context, status=status)


def _asked(request: AuthedRequest, found: ShortlistEntry, form: AskForm) -> HttpResponse | int:
    if not form.is_valid():
        return REFUSED
    try:
        asked = ask_to_meet(entry=found, offer=form.offer, by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.message)
        return refused.status
    messages.success(request, "We are asked to arrange it. You get a mail; the candidate hears of it from us.")
    return redirect("candidates:meeting", asked.pk)


def _times(request: AuthedRequest, found: ShortlistEntry, form: AskForm) -> list[OnClocks]:
    given = getattr(form, "cleaned_data", {})
    minutes, zone = given.get("minutes"), given.get("time_zone")
    if not minutes or not zone:
        return []
    candidate = found.application.candidate
    people = [("You", request.user.time_zone, True)]
    if candidate.time_zone:
        people.append((candidate.name_in(found.shortlist.name_form), candidate.time_zone, True))
    length = timedelta(minutes=minutes)
    return [clocks_at(starts, starts + length, people, given_in=zone) for starts in sorted(form.times.values())]


@require_http_methods(["GET", "POST"])
def arrange(request: AuthedRequest, pk: int) -> HttpResponse:
    """One of the times on offer or another one; the same page for a meeting that is moved."""
    found, typed = to_arrange(request, pk), typed_so_far(request)
    initial = arranging(found)
    given: Any = {"meeting": found, "planner": request.user}
    form = ArrangeForm(typed, initial=initial, **given)
    status = _arranged(request, found, form) if is_meant(request) else 200
    if isinstance(status, HttpResponse):
        return status
    outlook = form if typed is not None else ArrangeForm(initial, initial=initial, **given)
    context = {
        "meeting": found,
        "shortlist": found.entry.shortlist,
        "role": found.entry.shortlist.role,
        "candidate": found.entry.application.candidate,
        "form": form if is_meant(request) else ArrangeForm(initial=initial | (typed.dict() if typed else {}), **given),
        "offered": list(enumerate(offered_on_clocks(found, reader=request.user))),
        **_outlook(request, found, outlook),
    }
    return render(request, "candidates/meetings/arrange.html", context, status=status)


def _arranged(request: AuthedRequest, found: Meeting, form: ArrangeForm) -> HttpResponse | int:
    if not form.is_valid() or (arrangement := form.arrangement()) is None:
        return REFUSED
    try:
        arrange_meeting(meeting=found, arrangement=arrangement, by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.message)
        return refused.status
    messages.success(request, f"Arranged; {found.asked_by.name} gets it for their calendar.")
    return redirect("candidates:meeting", found.pk)


def _outlook(request: AuthedRequest, found: Meeting, form: ArrangeForm) -> dict[str, Any]:
    """What the values typed so far would mean."""
    form.is_valid()
    now, when, candidate = timezone.now(), form.when, found.entry.application.candidate
    context: dict[str, Any] = {"missing": missing_to_arrange(found, now=now), "typed": form}
    if when is None:
        return context
    panel = [found.asked_by]
    taken = clashes(starts_at=when.starts_at, ends_at=when.ends_at, panel=panel, candidate=candidate, but=found)
    accept = fingerprint(taken)
    return context | {
        "clocks": clocks(
            when.starts_at,
            when.ends_at,
            given_in=when.time_zone,
            reader=request.user,
            panel=panel,
            candidate=candidate,
        ),
        "is_past": when.starts_at <= now,
        "clashes": busy(taken, request.user),
        "accept": accept,
        "accepted": accept == form.data.get("accept"),
    }
