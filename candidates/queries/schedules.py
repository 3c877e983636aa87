"""What a time means: on whose clock it is when, and who has something else then."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Candidate, Interview, Scorecard
from candidates.queries.names import name_for, zone_words
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
    """Somebody who would have to be in two conversations at once. `person` is None for the candidate."""

    interview: int
    person: int | None
    who: str
    starts_at: datetime
    ends_at: datetime


def clashes(
    *,
    starts_at: datetime,
    ends_at: datetime,
    panel: Iterable[User],
    candidate: Candidate | None,
    but: Interview | None = None,
) -> list[Clash]:
    """Other interviews at this time of these people; `but` is the interview that is being moved."""
    overlapping = Interview.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at, state__in=TAKES_PLACE)
    if but is not None:
        overlapping = overlapping.exclude(pk=but.pk)
    names = {person.pk: person.name for person in panel}
    seats = Scorecard.objects.filter(interview__in=overlapping, interviewer__in=names, amends=None)
    found = [
        Clash(pk, person, names[person], starts, ends)
        for pk, person, starts, ends in seats.exclude(state=ScorecardState.EXCUSED).values_list(
            "interview", "interviewer", "interview__starts_at", "interview__ends_at"
        )
    ]
    if candidate is not None:
        own = overlapping.filter(Q(application__candidate=candidate) | Q(application__candidate__merged_into=candidate))
        found += [
            Clash(pk, None, candidate.name, *times) for pk, *times in own.values_list("pk", "starts_at", "ends_at")
        ]
    return sorted(found, key=lambda clash: (clash.starts_at, clash.interview, clash.person or 0))


def fingerprint(found: Sequence[Clash]) -> str:
    """What somebody says yes to when they plan in spite of exactly these."""
    if not found:
        return ""
    told = "|".join(f"{clash.interview},{clash.person},{clash.starts_at},{clash.ends_at}" for clash in found)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Busy:
    """A clash as this reader may know it: what it is only where they may see that interview."""

    who: str
    starts_at: datetime
    ends_at: datetime
    interview: int | None
    what: str


def busy(found: Sequence[Clash], reader: User) -> list[Busy]:
    wanted = Interview.objects.visible_to(reader).filter(pk__in={clash.interview for clash in found})
    seen = {one.pk: one for one in wanted.select_related("kit", "application__candidate", "application__role")}
    return [
        Busy(
            clash.who,
            clash.starts_at,
            clash.ends_at,
            clash.interview if clash.interview in seen else None,
            _what(seen[clash.interview].application, reader) if clash.interview in seen else "",
        )
        for clash in found
    ]


def _what(application: Application, reader: User) -> str:
    return f"{name_for(reader, application)}, {application.role.title}"
