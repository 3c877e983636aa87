"""Meetings a client asks for: asked with times on offer, arranged, declined, held, called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from candidates.enums import Basis, MeetingState
from candidates.gates.meetings import missing_to_arrange, missing_to_meet
from candidates.models import ClientReview, Meeting, Shortlist, ShortlistEntry
from candidates.models.meetings import MOST_OFFERED
from candidates.querysets.meetings import MeetingQuerySet
from candidates.services.interviews import Arrangement
from candidates.services.meeting_letters import (
    tell_arranged,
    tell_asked,
    tell_called_off,
    tell_cancelled,
    tell_candidate,
    tell_declined,
)
from candidates.services.schedules import refuse_clashes
from rubrics.gates.base import pass_gate
from screening.accounts.errors import Refused
from screening.accounts.models import User

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=8)


@dataclass(frozen=True)
class Offer:
    """Times at which a reviewer could meet somebody, each as long; `time_zone` is where they were given."""

    times: Sequence[datetime]
    minutes: int
    time_zone: str
    note: str = ""


@transaction.atomic
def ask_to_meet(*, entry: ShortlistEntry, offer: Offer, by: User, now: datetime) -> Meeting:
    """Ask us to arrange a meeting; whoever presented the shortlist gets mail, the candidate nothing. Raises GateRefused."""
    entry.shortlist = _lock_shortlist(entry)
    pass_gate(missing_to_meet(entry, by=by, now=now))
    times = sorted(set(offer.times))
    if not 1 <= len(times) <= MOST_OFFERED:
        raise Refused(f"Offer one to {MOST_OFFERED} times.")
    if times[0] <= now:
        raise Refused("A time you offer is over already. Offer times that are still ahead.")
    if not SHORTEST <= timedelta(minutes=offer.minutes) <= LONGEST:
        raise Refused("A meeting takes between 5 minutes and 8 hours.")
    meeting = Meeting.objects.create(
        entry=entry,
        asked_by=by,
        asked_at=now,
        offered=times,
        minutes=offer.minutes,
        time_zone=offer.time_zone,
        note=offer.note.strip(),
        changed_at=now,
        changed_by=by,
    )
    tell_asked(meeting=meeting)
    return meeting


@transaction.atomic
def arrange_meeting(*, meeting: Meeting, arrangement: Arrangement, by: User, now: datetime) -> Meeting:
    """Say when and where, or say it anew; the reviewer's calendar follows. Raises GateRefused, TimeClash or Refused."""
    when = arrangement.when
    if when.starts_at >= when.ends_at:
        raise Refused("The meeting must end after it starts.")
    if when.starts_at <= now:
        raise Refused("This time is over already.")
    _lock_shortlist(meeting.entry)
    candidate = meeting.entry.application.candidate
    refuse_clashes(when=when, panel=[meeting.asked_by], candidate=candidate, accepted=arrangement.accepted, but=meeting)
    locked = _lock(meeting)
    if not locked.is_open:
        raise Refused(f"This meeting is {locked.get_state_display().lower()}; it can’t be arranged any more.")
    pass_gate(missing_to_arrange(locked, now=now))
    is_first = not locked.is_arranged
    was = (locked.starts_at, locked.ends_at, locked.place)
    locked.starts_at, locked.ends_at, locked.place = when.starts_at, when.ends_at, arrangement.place
    if is_first or was != (when.starts_at, when.ends_at, arrangement.place):
        locked.sequence += not is_first
        _change(locked, MeetingState.ARRANGED, by=by, now=now)
        tell_arranged(meeting=locked, is_first=is_first, now=now)
    if arrangement.tell_candidate:
        tell_candidate(meeting=locked, now=now)
    return locked


@transaction.atomic
def decline_meeting(*, meeting: Meeting, reason: str, by: User, now: datetime) -> Meeting:
    """Say no to a meeting that was asked for. Raises Refused without a reason."""
    locked = _lock(meeting)
    if locked.state != MeetingState.ASKED:
        raise Refused(f"This meeting is {locked.get_state_display().lower()}; there is nothing to decline.")
    _change(locked, MeetingState.DECLINED, by=by, now=now, reason=_reason(reason))
    tell_declined(meeting=locked)
    return locked


@transaction.atomic
def cancel_meeting(
    *, meeting: Meeting, reason: str, by: User, now: datetime, tell_candidate_too: bool = False
) -> Meeting:
    """Call it off, or take back having asked; also when its time is over and it did not take place."""
    locked = _lock(meeting)
    if not locked.is_open:
        raise Refused(f"This meeting is {locked.get_state_display().lower()}; there is nothing to call off.")
    if _is_rested_on(locked, now):
        raise Refused("The evaluation that was committed rests on this meeting, so it took place.")
    _call_off(locked, reason=_reason(reason), by=by, now=now)
    if by.pk == locked.asked_by_id:
        tell_called_off(meeting=locked)
    if tell_candidate_too:
        tell_candidate(meeting=locked, now=now)
    return locked


def _is_rested_on(meeting: Meeting, now: datetime) -> bool:
    if meeting.ends_at is None or meeting.ends_at > now:
        return False
    committed = ClientReview.objects.filter(entry=meeting.entry_id, reviewer=meeting.asked_by_id)
    return committed.filter(basis=Basis.MEETING, committed_at__isnull=False).exists()


@transaction.atomic
def hold_meeting(*, meeting: Meeting, by: User, now: datetime) -> Meeting:
    """Say that it took place. Raises Refused before it begins."""
    locked = _lock(meeting)
    if not locked.is_arranged or locked.starts_at is None:
        raise Refused("Only a meeting that was arranged can have taken place.")
    if locked.starts_at > now:
        raise Refused("This meeting is still ahead.")
    _change(locked, MeetingState.HELD, by=by, now=now)
    return locked


@transaction.atomic
def invite_to_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """Send the candidate the meeting as it is now, or take back what they were sent."""
    locked = _lock(meeting)
    if locked.state not in {MeetingState.ARRANGED, MeetingState.CANCELLED}:
        raise Refused("There is nothing to invite to.")
    tell_candidate(meeting=locked, now=now)
    return locked


@transaction.atomic
def call_off_void(*, meetings: MeetingQuerySet, now: datetime) -> int:
    """Of these, those that can't take place any more: their reviewers are told, candidates by nobody but a recruiter."""
    void = list(_whole(meetings.void(now)).order_by("pk").select_for_update(of=("self",)))
    for meeting in void:
        _call_off(meeting, reason=vars(meeting)["why"], by=None, now=now)
    return len(void)


def _call_off(meeting: Meeting, *, reason: str, by: User | None, now: datetime) -> None:
    meeting.sequence += meeting.is_arranged
    _change(meeting, MeetingState.CANCELLED, by=by, now=now, reason=reason)
    tell_cancelled(meeting=meeting, now=now)


def _reason(given: str) -> str:
    if not given.strip():
        raise Refused("Say why; both sides read it.")
    return given.strip()[:500]


def _change(meeting: Meeting, state: MeetingState, *, by: User | None, now: datetime, reason: str = "") -> None:
    meeting.state, meeting.reason, meeting.changed_by, meeting.changed_at = state, reason, by, now
    meeting.save(
        update_fields=["state", "reason", "starts_at", "ends_at", "place", "sequence", "changed_at", "changed_by"]
    )


def _lock_shortlist(entry: ShortlistEntry) -> Shortlist:
    """What is asked or arranged waits for a withdrawal, and sees it."""
    whole = Shortlist.objects.select_related("role__client", "presented_by", "created_by")
    return whole.select_for_update(of=("self",)).get(pk=entry.shortlist_id)


def _lock(meeting: Meeting) -> Meeting:
    return _whole(Meeting.objects.all()).select_for_update(of=("self",)).get(pk=meeting.pk)


def _whole(meetings: MeetingQuerySet) -> MeetingQuerySet:
    return meetings.select_related(
        "asked_by",
        "entry__application__candidate",
        "entry__shortlist__role__client",
        "entry__shortlist__presented_by",
        "entry__shortlist__created_by",
    )
