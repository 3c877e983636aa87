"""A meeting a client asked for: its page, and what becomes of it."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from candidates.enums import MeetingState
from candidates.forms.meetings import CallOffForm, EndForm
from candidates.models import Meeting
from candidates.permissions.meetings import can_arrange_meetings, can_end_meeting
from candidates.queries.calendars import Entry, calendar_text, candidate_meeting_entry, meeting_entry
from candidates.queries.meetings import (
    client_words,
    history_of,
    name_read_by,
    offered_on_clocks,
    on_clocks,
    place_for_client,
    whole,
)
from candidates.services.meeting_letters import subject_for_candidate, words_for_candidate
from candidates.services.meetings import cancel_meeting, decline_meeting, hold_meeting, invite_to_meeting
from candidates.services.opinions import record_opinions_seen
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


def visible_meeting(request: AuthedRequest, pk: int) -> Meeting:
    return get_object_or_404(whole(Meeting.objects.visible_to(request.user)), pk=pk)


def to_arrange(request: AuthedRequest, pk: int) -> Meeting:
    allow(can_arrange_meetings(request.user))
    return visible_meeting(request, pk)


def to_end(request: AuthedRequest, pk: int) -> Meeting:
    found = visible_meeting(request, pk)
    allow(can_end_meeting(request.user, found))
    return found


@require_safe
def meeting(request: AuthedRequest, pk: int) -> HttpResponse:
    return show(request, visible_meeting(request, pk))


def show(request: AuthedRequest, found: Meeting, *, status: int = 200, **forms: Any) -> HttpResponse:
    user, now = request.user, timezone.now()
    if user.is_client_reviewer:
        user.client = found.entry.shortlist.role.client  # theirs, and loaded: the menu names it
    else:
        record_opinions_seen(user=user, applications=[found.entry.application_id], now=now)
    shown = client_words(found) if user.is_client_reviewer else str
    context = {
        "meeting": found,
        "shortlist": found.entry.shortlist,
        "role": found.entry.shortlist.role,
        "name": name_read_by(user, found),
        "note": shown(found.note),
        "reason": shown(found.reason),
        "place": shown(found.place),
        "arranged": _arranged(found, request),
        "offered": offered_on_clocks(found, reader=user),
        "steps": history_of(found, user),
        "may_end": can_end_meeting(user, found) and found.is_open,
        "has_begun": found.starts_at is not None and found.starts_at <= now,
        "plans": can_arrange_meetings(user),
        "decline_form": EndForm(auto_id="%s-decline"),
        "cancel_form": CallOffForm(meeting=found, by=user, auto_id="%s-cancel"),
        "letter": _letter(found) if can_arrange_meetings(user) else None,
    } | forms
    return render(request, "candidates/meetings/detail.html", context, status=status)


def _arranged(found: Meeting, request: AuthedRequest) -> Any:
    if found.starts_at is None or found.ends_at is None:
        return None
    return on_clocks(found, found.starts_at, found.ends_at, reader=request.user)


def _letter(found: Meeting) -> dict[str, str] | None:
    """What the candidate would be sent, to be sent by other means."""
    if found.state not in {MeetingState.ARRANGED, MeetingState.CANCELLED} or found.starts_at is None:
        return None
    words = words_for_candidate(found) | {"site": settings.SCREENING_URL}
    with timezone.override(ZoneInfo(str(words["zone"]))):
        text = render_to_string("mail/candidate_meeting.txt", words)
    return {"subject": subject_for_candidate(found), "text": text.strip()}


@require_POST
def decline(request: AuthedRequest, pk: int) -> HttpResponse:
    found, form = to_arrange(request, pk), EndForm(request.POST, auto_id="%s-decline")
    if not form.is_valid():
        return show(request, found, status=REFUSED, decline_form=form)
    reason, by = form.cleaned_data["reason"], request.user
    return _after(
        request,
        found,
        lambda: decline_meeting(meeting=found, reason=reason, by=by, now=timezone.now()),
        f"Declined; {found.asked_by.name} gets a mail.",
        decline_form=form,
    )


@require_POST
def cancel(request: AuthedRequest, pk: int) -> HttpResponse:
    found, by = to_end(request, pk), request.user
    form = CallOffForm(request.POST, meeting=found, by=by, auto_id="%s-cancel")
    if not form.is_valid():
        return show(request, found, status=REFUSED, cancel_form=form)
    reason, too = form.cleaned_data["reason"], form.cleaned_data.get("tell_candidate", False)
    return _after(
        request,
        found,
        lambda: cancel_meeting(meeting=found, reason=reason, by=by, now=timezone.now(), tell_candidate_too=too),
        "The meeting is called off; the other side gets a mail.",
        cancel_form=form,
    )


@require_POST
def hold(request: AuthedRequest, pk: int) -> HttpResponse:
    found, by = to_end(request, pk), request.user
    return _after(
        request,
        found,
        lambda: hold_meeting(meeting=found, by=by, now=timezone.now()),
        "Noted: the meeting was held.",
    )


@require_POST
def invite(request: AuthedRequest, pk: int) -> HttpResponse:
    """The candidate's own invitation, or the word that it is off; nothing sends it by itself."""
    found = to_arrange(request, pk)
    return _after(
        request, found, lambda: invite_to_meeting(meeting=found, now=timezone.now()), "The candidate is being told."
    )


@require_safe
def calendar(request: AuthedRequest, pk: int) -> HttpResponse:
    """The entry for one's own calendar, as a file."""
    found = _with_time(visible_meeting(request, pk))
    return _file(found, meeting_entry(found, place=place_for_client(found)), "meeting")


@require_safe
def candidate_calendar(request: AuthedRequest, pk: int) -> HttpResponse:
    """The candidate's entry as a file, for a recruiter who sends it by other means."""
    found = _with_time(to_arrange(request, pk))
    return _file(found, candidate_meeting_entry(found), "for-the-candidate")


def _with_time(found: Meeting) -> Meeting:
    if found.starts_at is None:
        raise Http404
    return found


def _file(found: Meeting, entry: Entry, name: str) -> HttpResponse:
    text = calendar_text([entry], method="PUBLISH", now=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{name}-{found.pk}.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _after(request: AuthedRequest, found: Meeting, act: Callable[[], object], words: str, **forms: Any) -> HttpResponse:
    """Carry it out and go back to the meeting; what the service refuses is said there, with what was typed."""
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
        return show(request, found, status=refused.status, **forms)
    messages.success(request, words)
    return redirect("candidates:meeting", pk=found.pk)
