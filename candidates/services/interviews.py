"""Interviews: planned, moved, held, called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from candidates.enums import Absent, InterviewState, ScorecardState
from candidates.gates.interviews import missing_for_kit, missing_for_panel, missing_to_interview
from candidates.models import Application, Interview, Scorecard
from candidates.queries.calendars import panel_of
from candidates.querysets.scorecards import ScorecardQuerySet
from candidates.services.calendars import invite, tell_cancelled, tell_candidate, tell_changed
from candidates.services.panels import give_scorecard, lock_interview, must_take_place, next_sequence
from candidates.services.reminders import scorecard_due, withdraw_reminders
from candidates.services.schedules import When, refuse_clashes
from rubrics.gates.base import pass_gate
from rubrics.models import Kit
from screening.accounts.errors import Refused
from screening.accounts.models import User


@dataclass(frozen=True)
class Arrangement:
    """When and where. `accepted` confirms clashes (TimeClash says how); the candidate is written to only if asked for."""

    when: When
    place: str = ""
    brief: str = ""
    accepted: str = ""
    tell_candidate: bool = False


@transaction.atomic
def schedule_interview(
    *, application: Application, kit: Kit, arrangement: Arrangement, panel: Sequence[User], by: User, now: datetime
) -> Interview:
    """Plan a conversation and give everybody on its panel a scorecard to fill in. Raises GateRefused or TimeClash."""
    pass_gate(
        [
            *missing_to_interview(application, now=now),
            *missing_for_kit(application, kit),
            *missing_for_panel(application, panel),
        ]
    )
    when = _in_order(arrangement.when)
    refuse_clashes(when=when, panel=panel, candidate=application.candidate, accepted=arrangement.accepted)
    interview = Interview.objects.create(
        application=application,
        kit=kit,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        time_zone=when.time_zone,
        place=arrangement.place,
        brief=arrangement.brief,
        planned_at=now,
        created_by=by,
    )
    cards = [give_scorecard(interview, person, now=now) for person in panel]
    for card in cards:
        invite(scorecard=card, now=now)
    if arrangement.tell_candidate:
        tell_candidate(interview=interview, now=now)
    return interview


def _in_order(when: When) -> When:
    if when.starts_at >= when.ends_at:
        raise Refused("The interview must end after it starts.")
    return when


@transaction.atomic
def move_interview(*, interview: Interview, arrangement: Arrangement, now: datetime) -> Interview:
    """Another time, place or brief for the same interview; calendars move their entry.

    Raises GateRefused, TimeClash, or Refused once it was held or called off.
    """
    application, when = interview.application, _in_order(arrangement.when)
    pass_gate(missing_to_interview(application, now=now))
    refuse_clashes(
        when=when,
        panel=panel_of(interview),
        candidate=application.candidate,
        accepted=arrangement.accepted,
        but=interview,
    )
    owed = list(_owed(interview).select_for_update(of=("self",)))
    locked = lock_interview(interview)
    if locked.state != InterviewState.SCHEDULED:
        raise Refused("Only an interview that is still ahead can be moved.")
    is_moved = (locked.starts_at, locked.ends_at) != (when.starts_at, when.ends_at)
    is_changed = is_moved or locked.place != arrangement.place
    if is_moved:
        withdraw_reminders(owed)
        locked.planned_at = now
    locked.starts_at, locked.ends_at, locked.time_zone = when.starts_at, when.ends_at, when.time_zone
    if is_moved:
        _owed(locked).update(due_at=scorecard_due(locked, now))
    locked.place, locked.brief = arrangement.place, arrangement.brief
    locked.sequence += is_changed
    locked.save()
    if is_changed:
        tell_changed(interview=locked, what="time" if is_moved else "place", now=now)
    if arrangement.tell_candidate:
        tell_candidate(interview=locked, now=now)
    return locked


def _owed(interview: Interview) -> ScorecardQuerySet:
    return Scorecard.objects.owed().filter(interview=interview).select_related("interview").order_by("pk")


@transaction.atomic
def invite_candidate(*, interview: Interview, now: datetime) -> Interview:
    """Send the candidate the interview as it is now, or take back what they were sent."""
    locked = lock_interview(interview)
    if locked.state not in {InterviewState.SCHEDULED, InterviewState.CANCELLED}:
        raise Refused("It is over; there is nothing left to invite to.")
    tell_candidate(interview=locked, now=now)
    return locked


@transaction.atomic
def hold_interview(*, interview: Interview) -> Interview:
    locked = lock_interview(interview)
    must_take_place(locked)
    locked.state = InterviewState.HELD
    locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def cancel_interview(
    *, interview: Interview, reason: str, now: datetime, tell_candidate_too: bool = False
) -> Interview:
    """Nobody owes a scorecard for it any more. Raises Refused without a reason, or once a scorecard is in."""
    cancelled = _call_off(interview, InterviewState.CANCELLED, reason)
    next_sequence(cancelled)
    tell_cancelled(interview=cancelled, now=now)
    if tell_candidate_too:
        tell_candidate(interview=cancelled, now=now)
    return cancelled


@transaction.atomic
def record_no_show(*, interview: Interview, reason: str, absent: str = Absent.CANDIDATE) -> Interview:
    """Somebody did not come: the candidate, or those who were to talk to them. Nobody owes a scorecard for it."""
    return _call_off(interview, InterviewState.NO_SHOW, reason, absent=absent)


def _call_off(interview: Interview, state: InterviewState, reason: str, *, absent: str = "") -> Interview:
    if not reason.strip():
        raise Refused("Say what happened; it stays with the interview.")
    owed = list(_owed(interview).select_for_update(of=("self",)))
    locked = lock_interview(interview)
    must_take_place(locked)
    if locked.scorecards.filter(state=ScorecardState.SUBMITTED).exists():
        raise Refused("A scorecard of this interview is already in, so it took place.")
    withdraw_reminders(owed)
    Scorecard.objects.filter(pk__in=[card.pk for card in owed]).update(due_at=None)
    locked.state, locked.state_reason, locked.absent = state, reason.strip(), absent
    locked.save(update_fields=["state", "state_reason", "absent"])
    return locked
