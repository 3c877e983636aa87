"""Meetings a client asked for, as each side may read them: on a person's page, on one's day, on whose clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from candidates.enums import MeetingState
from candidates.models import Meeting, ShortlistEntry
from candidates.queries.names import listings, name_for
from candidates.queries.redaction import Redaction, redaction
from candidates.queries.schedules import Clock, clock
from candidates.queries.today import MOST, Item, Items, shortened
from rubrics.enums import NameForm
from screening.accounts.models import User

MARKED_WITHIN = timedelta(hours=24)


def client_words(meeting: Meeting) -> Redaction:
    """What makes of our words, and theirs, what the client may read."""
    entry = meeting.entry
    return redaction(entry.application.candidate, entry.shortlist.name_form)


def place_for_client(meeting: Meeting) -> str:
    return client_words(meeting)(meeting.place)


def name_read_by(user: User, meeting: Meeting) -> str:
    """The candidate's, as the shortlist calls them to a client."""
    form = meeting.entry.shortlist.name_form if user.is_client_reviewer else NameForm.FULL
    return str(meeting.entry.application.candidate.name_in(form))


def whole(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Each with all that its page and its letters need."""
    return meetings.select_related(
        "asked_by",
        "entry__application__candidate",
        "entry__application__stage",
        "entry__shortlist__role__client",
        "entry__shortlist__presented_by",
        "entry__shortlist__created_by",
    )


@dataclass(frozen=True)
class MeetingLine:
    """One meeting in a list on somebody's page."""

    pk: int
    who: str
    is_mine: bool
    state: str
    at: datetime
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def state_words(self) -> str:
        return str(MeetingState(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state in {MeetingState.ASKED, MeetingState.ARRANGED}


def meetings_about(user: User) -> ArraySubquery:
    """What this user may know of the meetings about an entry (the outer row), for `meeting_lines`."""
    line = JSONObject(
        pk="pk", by="asked_by", who="asked_by__name", state="state", at="asked_at", starts="starts_at", ends="ends_at"
    )
    return ArraySubquery(Meeting.objects.visible_to(user).filter(entry=OuterRef("pk")).values_list(line))


def meeting_lines(entry: ShortlistEntry, user: User) -> list[MeetingLine]:
    """The newest first, of an entry loaded with them."""
    told = vars(entry)["meetings_told"] or ()  # none at all where nothing could be readable
    return [
        MeetingLine(
            pk=one["pk"],
            who=one["who"],
            is_mine=one["by"] == user.pk,
            state=one["state"],
            at=datetime.fromisoformat(one["at"]),
            starts_at=_moment(one["starts"]),
            ends_at=_moment(one["ends"]),
        )
        for one in reversed(told)
    ]


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


@dataclass(frozen=True)
class OnClocks:
    """One time, as each of those concerned reads it."""

    starts_at: datetime
    ends_at: datetime
    clocks: tuple[Clock, ...]


def on_clocks(meeting: Meeting, starts_at: datetime, ends_at: datetime, *, reader: User) -> OnClocks:
    asker = meeting.asked_by
    name = name_read_by(reader, meeting)
    people = [("You" if asker.pk == reader.pk else asker.name, asker.time_zone, True)]
    zone = meeting.entry.application.candidate.time_zone
    people += [(name, zone, True)] if zone else []
    if asker.pk != reader.pk:
        people.append(("You", reader.time_zone, False))
    return clocks_at(starts_at, ends_at, people, given_in=meeting.time_zone)


def clocks_at(
    starts_at: datetime, ends_at: datetime, people: list[tuple[str, str, bool]], *, given_in: str
) -> OnClocks:
    """`people`: who, their zone, and whether they take part; UTC comes last."""
    rows = [*people, ("UTC", "UTC", False)]
    return OnClocks(
        starts_at,
        ends_at,
        tuple(clock(who, zone, starts_at, ends_at, given_in=given_in, takes_part=part) for who, zone, part in rows),
    )


def offered_on_clocks(meeting: Meeting, *, reader: User) -> list[OnClocks]:
    length = timedelta(minutes=meeting.minutes)
    return [on_clocks(meeting, starts, starts + length, reader=reader) for starts in meeting.offered]


@dataclass(frozen=True)
class Step:
    """Something that happened to a meeting, for the list of what happened."""

    at: datetime
    title: str
    by: str
    text: str
    tone: str = ""


TITLES = {
    MeetingState.ASKED: "Asked for",
    MeetingState.ARRANGED: "Arranged",
    MeetingState.HELD: "Held",
    MeetingState.CANCELLED: "Cancelled",
    MeetingState.DECLINED: "Declined",
}


def history_of(meeting: Meeting, user: User) -> list[Step]:
    """The newest first; that the candidate was sent it concerns us alone."""
    shown = client_words(meeting) if user.is_client_reviewer else str
    columns = ("state", "sequence", "candidate_sequence", "changed_at", "reason", "starts_at", "pgh_created_at")
    rows = meeting.events.order_by("pgh_id").values(*columns, who=F("changed_by__name"))  # type: ignore[attr-defined]  # pghistory's
    return list(reversed(list(_steps(rows, shown, to_us=user.is_staff_of_firm))))


def _steps(rows: Any, shown: Redaction, *, to_us: bool) -> Iterator[Step]:
    before: dict[str, Any] = {"state": "", "sequence": 0, "candidate_sequence": None}
    for row in rows:
        if (row["state"], row["sequence"]) != (before["state"], before["sequence"]):
            state = MeetingState(row["state"])
            moved = state == before["state"]
            yield Step(row["changed_at"], "Changed" if moved else TITLES[state], row["who"] or "", shown(row["reason"]))
        elif to_us and row["candidate_sequence"] != before["candidate_sequence"]:
            yield Step(row["pgh_created_at"], "Sent to the candidate", "", "")
        before = row


def meetings_to_see_to(user: User, now: datetime) -> Items:
    """For staff: asked for, over without a word, and what a candidate's calendar says wrongly."""
    waiting = Q(state=MeetingState.ASKED)
    unmarked = Q(state=MeetingState.ARRANGED, ends_at__lte=now - MARKED_WITHIN)
    wrong = Q(
        ~Q(candidate_sequence=F("sequence")),
        ~Q(entry__application__candidate__email=""),
        state__in=[MeetingState.ARRANGED, MeetingState.CANCELLED],
        candidate_sequence__isnull=False,
        ends_at__gt=now,
    )
    found = Meeting.objects.visible_to(user).filter(waiting | unmarked | wrong)
    return _items(found, user, now, _for_us)


def my_meetings(user: User, now: datetime) -> Items:
    """For a reviewer: their own that are asked for, arranged, or over without a word."""
    found = Meeting.objects.visible_to(user).open().filter(asked_by=user)
    return _items(found, user, now, _for_asker)


def _items(found: QuerySet[Meeting], user: User, now: datetime, words: Any) -> Items:
    rows = (
        found.select_related("asked_by", "entry__shortlist__role__client", "entry__application__candidate")
        .select_related("entry__application__role")
        .order_by(F("starts_at").asc(nulls_first=True), "asked_at", "pk")
    )
    if user.is_client_reviewer:
        rows = rows.prefetch_related(listings("entry__application"))
    return shortened(
        Item(
            name_for(user, one.entry.application),
            reverse("candidates:meeting", args=[one.pk]),
            why=f"{words(one, user, now)} · {one.entry.application.role.title}",
            at=None if one.ends_at and one.ends_at > now else one.ends_at or one.asked_at,
        )
        for one in rows[: MOST + 1]
    )


def _for_us(meeting: Meeting, _user: User, now: datetime) -> str:
    if meeting.state == MeetingState.ASKED:
        return f"{meeting.asked_by.name} of {meeting.entry.shortlist.role.client.name} asks to meet them"
    if meeting.state == MeetingState.CANCELLED:
        return "the candidate does not know that it is off"
    if meeting.ends_at and meeting.ends_at <= now:
        return "held or cancelled?"
    return "the candidate was sent an earlier time or place"


def _for_asker(meeting: Meeting, user: User, now: datetime) -> str:
    if meeting.starts_at is None or meeting.ends_at is None:
        return f"{len(meeting.offered)} time{'s' * (len(meeting.offered) > 1)} offered, waiting for us"
    return "was it held?" if meeting.ends_at <= now else f"{meeting.starts_at.astimezone(user.zone):%a %-d %b, %H:%M}"
