"""What a time means: on whose clock it is when, and who has something else then."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse

from candidates.enums import InterviewState, MeetingState, ScorecardState
from candidates.models import Application, Candidate, Interview, Meeting, Scorecard
from candidates.queries.names import name_for, zone_words
from candidates.querysets.meetings import of_person
from screening.accounts.models import User

TAKES_PLACE = (InterviewState.SCHEDULED, InterviewState.HELD)
EARLIEST, LATEST = time(7), time(21)
"""Outside these hours of somebody's own clock we say so."""
DAYS = {-2: "two days before", -1: "the day before", 1: "the next day", 2: "two days later"}


@dataclass(frozen=True)
class Clock:
    """A time as one of those concerned reads it. `days`: how far their calendar is from the place the time is given in."""

    who: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    days: int
    takes_part: bool

    @property
    def day_words(self) -> str:
        return DAYS.get(self.days, "")

    @property
    def place(self) -> str:
        return self.zone.rsplit("/", 1)[-1].replace("_", " ")

    @property
    def zone_words(self) -> str:
        return "UTC" if self.zone == "UTC" else zone_words(self.zone, self.starts_at)

    @property
    def is_unsociable(self) -> bool:
        if not self.takes_part:
            return False
        over_night = self.starts_at.date() != self.ends_at.date()
        return over_night or self.starts_at.time() < EARLIEST or self.ends_at.time() > LATEST


def clock(who: str, zone: str, starts_at: datetime, ends_at: datetime, *, given_in: str, takes_part: bool) -> Clock:
    starts, ends = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    days = (starts.date() - starts_at.astimezone(ZoneInfo(given_in)).date()).days
    return Clock(who, zone, starts, ends, days, takes_part)


def clocks(
    starts_at: datetime, ends_at: datetime, *, given_in: str, reader: User, panel: Iterable[User], candidate: Candidate
) -> list[Clock]:
    """The candidate's, each interviewer's, the reader's and UTC, in this order; a candidate's zone may be unknown."""
    people = [(candidate.name, candidate.time_zone, True)] if candidate.time_zone else []
    on_panel = list(panel)
    people += [("You" if one.pk == reader.pk else one.name, one.time_zone, True) for one in on_panel]
    if reader.pk not in {one.pk for one in on_panel}:
        people.append(("You", reader.time_zone, False))
    people.append(("UTC", "UTC", False))
    return [clock(who, zone, starts_at, ends_at, given_in=given_in, takes_part=part) for who, zone, part in people]


@dataclass(frozen=True)
class Clash:
    """Somebody who would have to be in two conversations at once. `person` is None for the candidate.

    The other one is an interview, or a meeting with a client.
    """

    interview: int | None
    person: int | None
    who: str
    starts_at: datetime
    ends_at: datetime
    meeting: int | None = None


def clashes(
    *,
    starts_at: datetime,
    ends_at: datetime,
    panel: Iterable[User],
    candidate: Candidate | None,
    but: Interview | Meeting | None = None,
) -> list[Clash]:
    """Other interviews and meetings at this time of these people; `but` is the one that is being moved."""
    names = {person.pk: person.name for person in panel}
    found = [
        *_in_interviews(starts_at, ends_at, names, candidate, but),
        *_in_meetings(starts_at, ends_at, names, candidate, but),
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.interview or 0, one.meeting or 0, one.person or 0))


def _in_interviews(
    starts_at: datetime, ends_at: datetime, names: dict[int, str], candidate: Candidate | None, but: object
) -> Iterator[Clash]:
    overlapping = Interview.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at, state__in=TAKES_PLACE)
    if isinstance(but, Interview):
        overlapping = overlapping.exclude(pk=but.pk)
    seats = Scorecard.objects.filter(interview__in=overlapping, interviewer__in=names, amends=None)
    for pk, person, starts, ends in seats.exclude(state=ScorecardState.EXCUSED).values_list(
        "interview", "interviewer", "interview__starts_at", "interview__ends_at"
    ):
        yield Clash(pk, person, names[person], starts, ends)
    if candidate is not None:
        files = Candidate.objects.filter(Q(pk=candidate.pk) | Q(merged_into=candidate))
        own = overlapping.filter(application__candidate__in=files.values("pk"))
        for pk, starts, ends in own.values_list("pk", "starts_at", "ends_at"):
            yield Clash(pk, None, candidate.name, starts, ends)


def _in_meetings(
    starts_at: datetime, ends_at: datetime, names: dict[int, str], candidate: Candidate | None, but: object
) -> Iterator[Clash]:
    overlapping = Meeting.objects.filter(
        starts_at__lt=ends_at, ends_at__gt=starts_at, state__in=[MeetingState.ARRANGED, MeetingState.HELD]
    )
    if isinstance(but, Meeting):
        overlapping = overlapping.exclude(pk=but.pk)
    theirs = of_person(candidate.pk if candidate else 0)
    rows = overlapping.filter(Q(asked_by__in=names) | theirs).annotate(theirs=ExpressionWrapper(theirs, BooleanField()))
    for pk, starts, ends, person, is_candidate in rows.values_list("pk", "starts_at", "ends_at", "asked_by", "theirs"):
        if starts is None or ends is None:
            continue
        if person in names:
            yield Clash(None, person, names[person], starts, ends, meeting=pk)
        if candidate is not None and is_candidate:
            yield Clash(None, None, candidate.name, starts, ends, meeting=pk)


def fingerprint(found: Sequence[Clash]) -> str:
    """What somebody says yes to when they plan in spite of exactly these."""
    if not found:
        return ""
    told = "|".join(f"{one.interview},{one.meeting},{one.person},{one.starts_at},{one.ends_at}" for one in found)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Busy:
    """A clash as this reader may know it: what it is only where they may see that conversation."""

    who: str
    starts_at: datetime
    ends_at: datetime
    url: str
    what: str


def busy(found: Sequence[Clash], reader: User) -> list[Busy]:
    known = _interviews_known(found, reader) | _meetings_known(found, reader)
    return [
        Busy(clash.who, clash.starts_at, clash.ends_at, *known.get((clash.interview, clash.meeting), ("", "")))
        for clash in found
    ]


Known = dict[tuple[int | None, int | None], tuple[str, str]]
"""Address and words of a conversation, by its interview or its meeting."""


def _interviews_known(found: Sequence[Clash], reader: User) -> Known:
    wanted = {clash.interview for clash in found if clash.interview}
    if not wanted:
        return {}
    seen = Interview.objects.visible_to(reader).filter(pk__in=wanted)
    return {
        (one.pk, None): (reverse("candidates:interview", args=[one.pk]), _what(one.application, reader))
        for one in seen.select_related("application__candidate", "application__role")
    }


def _meetings_known(found: Sequence[Clash], reader: User) -> Known:
    wanted = {clash.meeting for clash in found if clash.meeting}
    if not wanted:
        return {}
    seen = Meeting.objects.visible_to(reader).filter(pk__in=wanted)
    return {
        (None, one.pk): (reverse("candidates:meeting", args=[one.pk]), _what(one.entry.application, reader))
        for one in seen.select_related("entry__application__candidate", "entry__application__role")
    }


def _what(application: Application, reader: User) -> str:
    return f"{name_for(reader, application)}, {application.role.title}"
