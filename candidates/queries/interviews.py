"""What the pages of interviews show: lists with their panels, times that clash, who covers which dimension."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Candidate, Interview, Scorecard
from candidates.queries.names import name_for
from candidates.queries.paging import counted, in_pages
from rubrics.models import Dimension, Kit, Role
from screening.accounts.models import User

TAKES_PLACE = (InterviewState.SCHEDULED, InterviewState.HELD)
ENOUGH = 2
"""Interviewers who should look at each dimension of a candidate."""
PER_PAGE = 50


@dataclass(frozen=True)
class Seat:
    """One person on a panel and the state of their scorecard; never what is in it."""

    pk: int
    interview: int
    person: int
    name: str
    state: str
    due_at: datetime | None
    excused_reason: str
    handed_to: str
    imported: bool
    takes_place: bool
    now: datetime

    @property
    def is_owed(self) -> bool:
        return self.takes_place and self.state == ScorecardState.DRAFT

    @property
    def is_overdue(self) -> bool:
        return self.is_owed and self.due_at is not None and self.due_at < self.now

    @property
    def words(self) -> str:
        if self.is_overdue:
            return "overdue"
        if self.is_owed:
            return "awaited"
        if self.state == ScorecardState.DRAFT:
            return "not needed"
        if self.handed_to:
            return "handed over"
        return "in" if self.state == ScorecardState.SUBMITTED else "excused"

    @property
    def tone(self) -> str:
        return {"overdue": "bad", "awaited": "warn", "in": "good"}.get(self.words, "neutral")


@dataclass(frozen=True)
class InterviewRow:
    pk: int
    application: int
    candidate: str
    kit: str
    role: str
    role_slug: str
    client: str
    starts_at: datetime
    ends_at: datetime
    state: str
    imported: bool
    seats: tuple[Seat, ...]
    mine: Seat | None

    @property
    def state_words(self) -> str:
        return str(InterviewState(self.state).label)

    @property
    def owed(self) -> int:
        return sum(seat.is_owed for seat in self.seats)


@dataclass(frozen=True)
class InterviewsPage:
    """`total` is exact up to a thousand; `next` and `previous` stand for the pages beside this one."""

    rows: list[InterviewRow]
    total: str
    next: str
    previous: str


def interviews_page(
    found: QuerySet[Interview], user: User, *, cursor: str, now: datetime, soonest_first: bool = False
) -> InterviewsPage:
    """In four statements, without a model instance; what stands in a row is read only for those of the page.

    Those that are not over yet are sorted by a column without an index, or the planner walks along that one, past every
    interview there ever was.
    """
    begins = ExpressionWrapper(F("starts_at") + Value(timedelta()), output_field=DateTimeField())
    moments = found.annotate(begins=begins if soonest_first else F("starts_at")).values("pk", "begins")
    page = in_pages(moments, field="begins", cursor=cursor, size=PER_PAGE, oldest_first=soonest_first)
    shown = [row["pk"] for row in page.rows]
    seats = seats_of(shown, now=now)
    rows = {row["pk"]: _row(row, seats[row["pk"]], user) for row in _values(shown)}
    return InterviewsPage([rows[pk] for pk in shown], counted(found), page.next, page.previous)


def _values(interviews: Sequence[int]) -> Iterable[Mapping[str, Any]]:
    return Interview.objects.filter(pk__in=interviews).values(
        "pk",
        "application",
        "starts_at",
        "ends_at",
        "state",
        "imported",
        kit_name=F("kit__name"),
        title=F("application__role__title"),
        role_slug=F("application__role__slug"),
        client=F("application__role__client__name"),
        name=F("application__candidate__name"),
        name_form=F("application__role__name_form"),
    )


def _row(row: Mapping[str, Any], seats: Sequence[Seat], user: User) -> InterviewRow:
    return InterviewRow(
        pk=row["pk"],
        application=row["application"],
        candidate=name_for(user, _named(row["name"], row["name_form"])),
        kit=row["kit_name"],
        role=row["title"],
        role_slug=row["role_slug"],
        client=row["client"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        state=row["state"],
        imported=row["imported"],
        seats=tuple(seats),
        mine=next((seat for seat in seats if seat.person == user.pk), None),
    )


def _named(name: str, form: str) -> Application:
    return Application(candidate=Candidate(name=name), role=Role(name_form=form))


def seats_of(interviews: Iterable[int], *, now: datetime) -> dict[int, list[Seat]]:
    """The panels of interviews (ids), by name."""
    found: dict[int, list[Seat]] = defaultdict(list)
    originals = Scorecard.objects.filter(interview__in=list(interviews), amends__isnull=True)
    for row in originals.order_by("interviewer__name", "pk").values(
        "pk", "interview", "interviewer", "interviewer__name", "interview__state", "interview__imported", "state",
        "due_at", "excused_reason", "handed_to__name",
    ):  # fmt: skip
        found[row["interview"]].append(
            Seat(
                pk=row["pk"],
                interview=row["interview"],
                person=row["interviewer"],
                name=row["interviewer__name"],
                state=row["state"],
                due_at=row["due_at"],
                excused_reason=row["excused_reason"],
                handed_to=row["handed_to__name"] or "",
                imported=row["interview__imported"],
                takes_place=row["interview__state"] in TAKES_PLACE,
                now=now,
            )
        )
    return found


@dataclass(frozen=True)
class CoverageRow:
    """How many interviewers look at each dimension of one application."""

    application: int
    candidate: str
    counts: tuple[int, ...]

    @property
    def is_thin(self) -> bool:
        return any(count < ENOUGH for count in self.counts)


@dataclass(frozen=True)
class Coverage:
    dimensions: tuple[str, ...]
    rows: tuple[CoverageRow, ...]

    @property
    def thin(self) -> int:
        return sum(row.is_thin for row in self.rows)


def coverage_of(role: Role, applications: Mapping[int, str]) -> Coverage:
    """Of applications (id and name shown): who sits on the panel of a conversation that takes place, and is not excused.

    Dimensions are those of the role's version, matched by key, since an interview keeps the version it was planned with.
    """
    dimensions = list(
        Dimension.objects.filter(version=role.rubric_version_id).order_by("position").values_list("key", "name")
    )
    seats = Scorecard.objects.filter(
        amends__isnull=True, interview__application__in=list(applications), interview__state__in=TAKES_PLACE
    ).exclude(state=ScorecardState.EXCUSED)
    people: dict[tuple[int, str], set[int]] = defaultdict(set)
    for application, key, person in seats.values_list(
        "interview__application", "interview__kit__questions__dimensions__key", "interviewer"
    ).distinct():
        people[application, key].add(person)
    return Coverage(
        tuple(name for _, name in dimensions),
        tuple(
            CoverageRow(pk, name, tuple(len(people[pk, key]) for key, _ in dimensions))
            for pk, name in applications.items()
        ),
    )


@dataclass(frozen=True)
class KitLine:
    """One question of a kit, as somebody who prepares for the conversation reads it."""

    number: int
    prompt: str
    probes: tuple[str, ...]
    minutes: int
    dimensions: str


def kit_lines(kit: Kit) -> list[KitLine]:
    rows = kit.kit_questions.select_related("question").prefetch_related("question__dimensions").order_by("position")
    return [
        KitLine(
            number=number,
            prompt=row.question.prompt,
            probes=tuple(row.question.probes),
            minutes=row.question.minutes,
            dimensions=", ".join(dimension.name for dimension in row.question.dimensions.all()),
        )
        for number, row in enumerate(rows, start=1)
    ]
