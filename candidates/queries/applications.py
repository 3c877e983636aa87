"""A role's pipeline, as a board and as a table: the same filter, the same cards."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from candidates.enums import InterviewState, ScorecardState, ShortlistState, Source
from candidates.models import Application, CandidateTag, Consent, Scorecard, ShortlistEntry
from candidates.models.candidates import initials_of
from candidates.queries.paging import Cursor, beyond, counted, newest_first, number_in, read_cursor
from rubrics.enums import NameForm, StageKind
from rubrics.models import Role, Stage
from screening.accounts.models import User

CARDS = 20
ROWS = 50
UNREAD_AFTER = timedelta(days=3)
CONSENT_MATTERS = (
    StageKind.CONTACTED,
    StageKind.SCREENING,
    StageKind.INTERVIEWING,
    StageKind.SCORED,
    StageKind.SHORTLISTED,
    StageKind.WITH_CLIENT,
    StageKind.OFFER,
)
FIELDS = (
    "pk",
    "candidate_id",
    "candidate__name",
    "stage_id",
    "stage_since",
    "created_at",
    "source",
    "source_detail",
    "owner__name",
)


@dataclass(frozen=True)
class PipelineFilter:
    """`owner` and `tag` are ids, `waiting` days in the present stage."""

    text: str = ""
    owner: int | None = None
    source: str = ""
    tag: int | None = None
    waiting: int | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """From an address, as far as it makes sense."""
        numbers = {name: number_in(asked.get(name, "")) for name in ("owner", "tag", "waiting")}
        source = asked.get("source", "")
        text = asked.get("q", "").replace("\0", "").strip()[:100]  # PostgreSQL refuses NUL
        return cls(text=text, source=source if source in Source.values else "", **numbers)


@dataclass(frozen=True)
class Viewer:
    """Who looks at which role, and what is closed to them there."""

    user: User
    role: Role
    now: datetime
    sealed: frozenset[int]

    @property
    def masked(self) -> bool:
        return not self.user.is_staff_of_firm and self.role.name_form == NameForm.INITIALS


def viewer_of(user: User, role: Role, now: datetime) -> Viewer:
    sealed = Application.objects.sealed_from(user).of_role(role).values_list("pk", flat=True)
    return Viewer(user, role, now, frozenset(sealed))


@dataclass(frozen=True)
class Facts:
    """What a card warns of."""

    submitted: int = 0
    panel: int = 0
    overdue_since: datetime | None = None
    consented: bool = True
    unread_since: datetime | None = None


@dataclass(frozen=True)
class Card:
    pk: int
    candidate: int
    name: str
    stage: Stage
    since: datetime
    days: int
    source: str
    owner: str
    sealed: bool
    warnings: list[str]
    submitted: int
    panel: int

    @property
    def dots(self) -> list[bool]:
        return [number < self.submitted for number in range(self.panel)]


@dataclass
class Column:
    stage: Stage
    count: int
    cards: list[Card] = field(default_factory=list)
    next: str = ""

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class TablePage:
    cards: list[Card]
    total: str
    next: str
    previous: str


def find_applications(viewer: Viewer, wanted: PipelineFilter) -> QuerySet[Application]:
    """The cards of a role that the filter finds, by what the viewer may see of them."""
    found = Application.objects.visible_to(viewer.user).of_role(viewer.role)
    if wanted.text:
        found = found.none() if viewer.masked else found.filter(_says(viewer, wanted.text))
    if wanted.owner:
        found = found.filter(owner=wanted.owner)
    if wanted.source:
        found = found.filter(source=wanted.source)
    if wanted.tag and viewer.user.is_staff_of_firm:
        found = found.filter(Exists(CandidateTag.objects.filter(candidate=OuterRef("candidate"), tag=wanted.tag)))
    if wanted.waiting:
        found = found.filter(stage_since__lte=viewer.now - timedelta(days=wanted.waiting))
    if wanted.owner or wanted.source or wanted.tag:
        found = found.exclude(pk__in=viewer.sealed)
    return found


def _says(viewer: Viewer, text: str) -> Q:
    says = Q(candidate__name__icontains=text)
    if viewer.user.is_staff_of_firm:
        says |= Q(candidate__email__icontains=text) & ~Q(pk__in=viewer.sealed)
    return says


def board(viewer: Viewer, wanted: PipelineFilter) -> list[Column]:
    """All columns with their first cards; the counts are exact. Seven statements."""
    stages = list(viewer.role.stages.order_by("position"))
    found = find_applications(viewer, wanted)
    counts = stage_counts(found)
    columns = {stage.pk: Column(stage, counts.get(stage.pk, 0)) for stage in stages}
    filled = [column.stage for column in columns.values() if column.count]
    for card in cards_of(viewer, _first_of_each(found, filled), {stage.pk: stage for stage in stages}):
        columns[card.stage.pk].cards.append(card)
    for column in columns.values():
        if column.more > 0 and column.cards:
            column.next = cursor_of(column.cards[-1])
    return list(columns.values())


def stage_counts(found: QuerySet[Application]) -> dict[int, int]:
    return dict(found.order_by().values_list("stage").annotate(number=Count("pk")))


def _first_of_each(found: QuerySet[Application], stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """One statement; the index of each stage serves its own part in order."""
    parts = [found.filter(stage=stage).order_by("-stage_since", "-pk").values(*FIELDS)[:CARDS] for stage in stages]
    if not parts:
        return []
    return list(parts[0].union(*parts[1:], all=True))


def column_after(viewer: Viewer, wanted: PipelineFilter, *, stage: Stage, cursor: str) -> Column:
    """The next cards of one column, and how many there are beyond them."""
    found = find_applications(viewer, wanted).filter(stage=stage)
    start = read_cursor(cursor)
    if start is not None:
        found = found.filter(beyond(start, field="stage_since"))
    rows = list(found.order_by("-stage_since", "-pk").values(*FIELDS)[:CARDS])
    column = Column(stage, found.count(), cards_of(viewer, rows, {stage.pk: stage}))
    if column.more > 0 and column.cards:
        column.next = cursor_of(column.cards[-1])
    return column


def table(viewer: Viewer, wanted: PipelineFilter, *, stage: int | None, cursor: str) -> TablePage:
    """The same people as rows, newest first."""
    found = find_applications(viewer, wanted)
    if stage:
        found = found.filter(stage=stage)
    page = newest_first(found.values(*FIELDS), field="created_at", cursor=cursor, size=ROWS)
    stages = {one.pk: one for one in viewer.role.stages.all()}
    return TablePage(cards_of(viewer, page.rows, stages), counted(found), page.next, page.previous)


def card_of(viewer: Viewer, application: Application) -> Card:
    """One card as it stands now; the viewer may see it."""
    rows = list(Application.objects.filter(pk=application.pk).values(*FIELDS))
    [card] = cards_of(viewer, rows, {application.stage_id: application.stage})
    return card


def cursor_of(card: Card) -> str:
    return str(Cursor(card.since, card.pk))


def cards_of(viewer: Viewer, rows: Collection[dict[str, Any]], stages: dict[int, Stage]) -> list[Card]:
    """Three statements, however many cards."""
    facts = facts_of([row for row in rows if row["pk"] not in viewer.sealed], stages, viewer.now)
    return [_card(viewer, row, stages[row["stage_id"]], facts.get(row["pk"], Facts())) for row in rows]


def _card(viewer: Viewer, row: dict[str, Any], stage: Stage, facts: Facts) -> Card:
    sealed = row["pk"] in viewer.sealed
    source = str(Source(row["source"]).label)
    name = row["candidate__name"]
    return Card(
        pk=row["pk"],
        candidate=row["candidate_id"],
        name=initials_of(name) if viewer.masked else name,
        stage=stage,
        since=row["stage_since"],
        days=max((viewer.now - row["stage_since"]).days, 0),
        source="" if sealed else " · ".join(part for part in (source, row["source_detail"]) if part),
        owner="" if sealed else row["owner__name"] or "",
        sealed=sealed,
        warnings=_warnings(facts, viewer.now),
        submitted=facts.submitted,
        panel=facts.panel,
    )


def _warnings(facts: Facts, now: datetime) -> list[str]:
    warnings = []
    if not facts.consented:
        warnings.append("consent missing")
    if facts.overdue_since:
        warnings.append(f"scorecard overdue {_for(now - facts.overdue_since)}")
    if facts.unread_since:
        warnings.append(f"unread {_for(now - facts.unread_since)}")
    return warnings


def _for(time: timedelta) -> str:
    return f"{time.days} d" if time.days else f"{time.seconds // 3600} h"


def facts_of(rows: Collection[dict[str, Any]], stages: dict[int, Stage], now: datetime) -> dict[int, Facts]:
    """By application: scorecards in and owed, consent, and a shortlist nobody at the client has opened."""
    panels = _panels([row["pk"] for row in rows], now)
    matters = {row["candidate_id"] for row in rows if stages[row["stage_id"]].kind in CONSENT_MATTERS}
    consented = set(Consent.objects.valid(now).filter(candidate__in=matters).values_list("candidate_id", flat=True))
    unread = _unread([row["pk"] for row in rows if stages[row["stage_id"]].kind == StageKind.WITH_CLIENT], now)
    return {
        row["pk"]: Facts(
            **panels.get(row["pk"], {}),
            consented=row["candidate_id"] not in matters or row["candidate_id"] in consented,
            unread_since=unread.get(row["pk"]),
        )
        for row in rows
    }


def _panels(applications: Collection[int], now: datetime) -> dict[int, dict[str, Any]]:
    in_play = Scorecard.objects.filter(
        interview__application__in=applications,
        interview__state__in=[InterviewState.SCHEDULED, InterviewState.HELD],
        amends=None,
    ).exclude(state=ScorecardState.EXCUSED)
    late = Q(state=ScorecardState.DRAFT, due_at__lt=now)
    rows = in_play.values_list("interview__application").annotate(
        submitted=Count("pk", filter=Q(state=ScorecardState.SUBMITTED)),
        panel=Count("pk"),
        overdue_since=Min("due_at", filter=late),
    )
    return {pk: {"submitted": done, "panel": of, "overdue_since": since} for pk, done, of, since in rows.order_by()}


def _unread(applications: Collection[int], now: datetime) -> dict[int, datetime]:
    """Since when an entry has been with the client while nobody there has begun to evaluate it."""
    if not applications:
        return {}
    entries = ShortlistEntry.objects.filter(
        application__in=applications,
        shortlist__state=ShortlistState.PRESENTED,
        shortlist__presented_at__lte=now - UNREAD_AFTER,
        reviews=None,
    )
    rows = entries.values_list("application", "shortlist__presented_at")
    return {application: at for application, at in rows if at is not None}
