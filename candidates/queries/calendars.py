"""What calendars are told of interviews: entries as iCalendar (RFC 5545), nothing of what was found in them.

The panel's entries name the role and the kit, never the candidate; the candidate's names the role and who will talk to
them, never the kit. Each has an identity that stays, and a sequence that rises with every change.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Literal
from uuid import uuid5

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vCalAddress, vText

from candidates.enums import InterviewState, MeetingState, ScorecardState
from candidates.models import Interview, Meeting, Scorecard
from screening.accounts.models import User

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
CALLED_OFF = (InterviewState.CANCELLED, InterviewState.NO_SHOW)


@dataclass(frozen=True)
class Guest:
    name: str
    email: str


@dataclass(frozen=True)
class Entry:
    """One appointment as a calendar keeps it."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    summary: str
    description: str
    place: str
    url: str
    guests: tuple[Guest, ...]
    cancelled: bool
    private: bool = False


def panel_of(interview: Interview) -> list[User]:
    """Who is expected: everybody on the panel who was not excused."""
    seats = Scorecard.objects.filter(interview=interview, amends=None).exclude(state=ScorecardState.EXCUSED)
    return list(User.objects.filter(pk__in=seats.values("interviewer")))


def panel_entry(interview: Interview, panel: Iterable[User], *, cancelled: bool = False) -> Entry:
    """As the people of the panel have it. Needs the kit and the role loaded."""
    url = settings.SCREENING_URL + reverse("candidates:interview", args=[interview.pk])
    return Entry(
        uid=str(interview.calendar_uid),
        sequence=interview.sequence,
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        changed_at=interview.planned_at,
        summary=f"Interview: {interview.kit.name}, {interview.application.role.title}",
        description=f"Brief, questions and your scorecard: {url}",
        place=interview.place,
        url=url,
        guests=tuple(Guest(person.name, person.email) for person in panel),
        cancelled=cancelled or interview.state in CALLED_OFF,
    )


def candidate_entry(interview: Interview, panel: Iterable[User]) -> Entry:
    """As the candidate has it: when, where, with whom; not what will be asked about."""
    candidate = interview.application.candidate
    names = ", ".join(person.name for person in panel)
    return Entry(
        uid=str(uuid5(interview.calendar_uid, "candidate")),
        sequence=interview.sequence,
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        changed_at=interview.planned_at,
        summary=f"Interview: {interview.application.role.title}",
        description=f"You will talk to {names}." if names else "",
        place=interview.place,
        url="",
        guests=(Guest(candidate.name, candidate.email),),
        cancelled=interview.state in CALLED_OFF,
    )


def meeting_entry(meeting: Meeting, *, place: str) -> Entry:
    """As whoever asked has it: private, since colleagues who share calendars may still have to judge."""
    shortlist = meeting.entry.shortlist
    url = settings.SCREENING_URL + reverse("candidates:meeting", args=[meeting.pk])
    return replace(
        _meeting(meeting, meeting.asked_by.name, meeting.asked_by.email),
        summary=f"Meeting: {shortlist.role.title}, shortlist {shortlist.number}",
        description=f"Whom you meet, and the evidence: {url}",
        place=place,
        url=url,
        private=True,
    )


def candidate_meeting_entry(meeting: Meeting) -> Entry:
    """As the candidate has it: when, where, with whom."""
    candidate, role = meeting.entry.application.candidate, meeting.entry.shortlist.role
    return replace(
        _meeting(meeting, candidate.name, candidate.email),
        uid=str(uuid5(meeting.calendar_uid, "candidate")),
        summary=f"Meeting: {role.title}",
        description=f"You will talk to {meeting.asked_by.name}, {role.client.name}.",
        place=meeting.place,
    )


def _meeting(meeting: Meeting, name: str, email: str) -> Entry:
    if meeting.starts_at is None or meeting.ends_at is None:
        raise ValueError("only a meeting that has a time stands in a calendar")
    return Entry(
        uid=str(meeting.calendar_uid),
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        changed_at=meeting.changed_at,
        summary="",
        description="",
        place="",
        url="",
        guests=(Guest(name, email),),
        cancelled=meeting.state == MeetingState.CANCELLED,
    )


def calendar_text(entries: Iterable[Entry], *, method: Method, now: datetime) -> str:
    """The entries as one iCalendar object; times in UTC, which every calendar shows on its own clock."""
    calendar = Calendar()
    calendar.add("prodid", "-//Screening//Interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(_event(entry, now))
    return str(calendar.to_ical().decode())


def _event(entry: Entry, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    if entry.private:
        event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    for name, words in (("description", entry.description), ("location", entry.place), ("url", entry.url)):
        if words:
            event.add(name, words)
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    event.add("organizer", _person(Guest("Screening", address)))
    for guest in entry.guests:
        event.add("attendee", _person(guest, rsvp="FALSE", role="REQ-PARTICIPANT", partstat="NEEDS-ACTION"))
    return event


def _person(guest: Guest, **params: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{guest.email}")
    for name, value in {"cn": " ".join(guest.name.split()), **params}.items():
        person.params[name] = vText(value)
    return person
