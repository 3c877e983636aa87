"""Who is told what about a meeting a client asked for, and what their calendar gets.

Letters are read where no seal holds: those inside and at the client name the role and the shortlist, nobody on it, and
no words of either side. The candidate's goes only where a recruiter sends it.
"""

from datetime import datetime

from candidates.enums import MeetingState
from candidates.models import Meeting
from candidates.queries.calendars import (
    Method,
    calendar_text,
    candidate_meeting_entry,
    meeting_entry,
)
from candidates.queries.meetings import place_for_client
from candidates.services.client_questions import presenter_of
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


def tell_asked(*, meeting: Meeting) -> None:
    _tell(meeting, presenter_of(meeting.entry.shortlist), "asked", "Somebody asks for a meeting")


def tell_arranged(*, meeting: Meeting, is_first: bool, now: datetime) -> None:
    words = "A meeting is arranged" if is_first else "Changed: a meeting"
    text = calendar_text([meeting_entry(meeting, place=place_for_client(meeting))], method="REQUEST", now=now)
    _tell(meeting, meeting.asked_by, "arranged", words, calendar=text, is_first=is_first)


def tell_declined(*, meeting: Meeting) -> None:
    _tell(meeting, meeting.asked_by, "declined", "No meeting")


def tell_cancelled(*, meeting: Meeting, now: datetime) -> None:
    """To whoever asked, also when they called it off themselves, if their calendar has it."""
    if meeting.starts_at is None:
        if meeting.changed_by_id != meeting.asked_by_id:
            _tell(meeting, meeting.asked_by, "cancelled", "Cancelled: a meeting you asked for")
        return
    text = calendar_text([meeting_entry(meeting, place="")], method="CANCEL", now=now)
    _tell(meeting, meeting.asked_by, "cancelled", "Cancelled: a meeting", calendar=text)


def tell_called_off(*, meeting: Meeting) -> None:
    """To us, that whoever asked takes it back."""
    _tell(meeting, presenter_of(meeting.entry.shortlist), "called_off", "No longer wanted: a meeting")


def _tell(meeting: Meeting, person: User, event: str, words: str, *, calendar: str = "", **more: object) -> None:
    shortlist = meeting.entry.shortlist
    queue_mail(
        event=f"meeting.{event}",
        to=person,
        subject=f"{words}, shortlist {shortlist.number} for {shortlist.role.title}",
        template=f"meeting_{event}",
        context={
            "meeting": meeting,
            "shortlist": shortlist,
            "person": person,
            "place": place_for_client(meeting),
            **more,
        },
        key=f"meeting.{event}:{meeting.pk}:{meeting.sequence}",
        calendar=calendar,
    )


def tell_candidate(*, meeting: Meeting, now: datetime) -> None:
    """The candidate gets the meeting as it is now. Only where somebody asked for it; nothing does so by itself.

    Raises Refused without an address, or for a cancellation of what they were never told of.
    """
    candidate = meeting.entry.application.candidate
    if not candidate.email:
        raise Refused("There is no e-mail address of the candidate on file, so nothing can be sent.")
    is_off = meeting.state == MeetingState.CANCELLED
    if is_off and not meeting.was_told_candidate:
        raise Refused("The candidate was never sent an invitation, so there is nothing to take back.")
    method: Method = "CANCEL" if is_off else "REQUEST"
    queue_mail(
        event="candidate.meeting",
        to=candidate.email,
        subject=subject_for_candidate(meeting),
        template="candidate_meeting",
        context=words_for_candidate(meeting),
        key=f"candidate.meeting:{meeting.pk}:{meeting.sequence}:{candidate.email}",
        calendar=calendar_text([candidate_meeting_entry(meeting)], method=method, now=now),
    )
    meeting.candidate_sequence = meeting.sequence
    meeting.save(update_fields=["candidate_sequence"])


def subject_for_candidate(meeting: Meeting) -> str:
    words = "Changed" if meeting.was_told_candidate else "Invitation"
    if meeting.state == MeetingState.CANCELLED:
        words = "Cancelled"
    return f"{words}: meeting for {meeting.entry.shortlist.role.title}"


def words_for_candidate(meeting: Meeting) -> dict[str, object]:
    """The context of the letter, also for a recruiter who sends it by other means."""
    candidate = meeting.entry.application.candidate
    return {
        "meeting": meeting,
        "candidate": candidate,
        "role": meeting.entry.shortlist.role,
        "zone": candidate.time_zone or meeting.time_zone,
        "is_off": meeting.state == MeetingState.CANCELLED,
    }
