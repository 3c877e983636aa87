"""A role's pipeline, as a board and as a table: the same filter, the same cards."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from candidates.enums import Source, Warned
from candidates.models import Application, CandidateTag, Score
from candidates.models.candidates import initials_of
from candidates.queries.candidates import tags_of
from candidates.queries.card_facts import Facts, facts_of, warned_of, warnings_of
from candidates.queries.paging import EPOCH, Cursor, beyond, counted, in_pages, number_in, read_cursor
from candidates.querysets.made_once import rows_of
from candidates.querysets.seal import closed_once, rows_for
from candidates.querysets.words import says, words_in
from rubrics.enums import NameForm
from rubrics.models import Role, Stage
from screening.accounts.models import User

CARDS = 20
ROWS = 50
NO_SCORE = "none"
SORTS = {
    "newest": ("created_at", False),
    "oldest": ("created_at", True),
    "moved": ("stage_since", False),
    "waiting": ("stage_since", True),
}
"""What a table may be sorted by, each along an index, and whether the oldest come first."""

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
    """`owner` and `tag` are ids, `waiting` days in the present stage, `score` the level a score begins with, or NO_SCORE."""

    text: str = ""
    owner: int | None = None
    source: str = ""
    tag: int | None = None
    waiting: int | None = None
    warned: str = ""
    score: str = ""
    stage: int | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """From an address, as far as it makes sense."""
        numbers = {name: number_in(asked.get(name, "")) for name in ("owner", "tag", "waiting", "stage")}
        source, warned = asked.get("source", ""), asked.get("warned", "")
        score = asked.get("score", "")
        text = asked.get("q", "").replace("\0", "").strip()[:100]  # PostgreSQL refuses NUL
        return cls(
            text=text,
            source=source if source in Source.values else "",
            warned=warned if warned in Warned.values else "",
            score=score if score == NO_SCORE or number_in(score) is not None else "",
            **numbers,
        )

    @property
    def of_any_stage(self) -> Self:
        """By which stages are counted: of each how many there are, whichever is shown."""
        return replace(self, stage=None)


EVERYBODY = PipelineFilter()


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
class Card:
    pk: int
    candidate: int
    name: str
    stage: Stage
    since: datetime
    added: datetime
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
    """`shown`: not left out by the filter."""

    stage: Stage
    count: int
    cards: list[Card] = field(default_factory=list)
    next: str = ""
    shown: bool = True

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Row:
    """A card with what only a table shows, where its columns ask for it."""

    card: Card
    tags: list[str]
    score: float | None


@dataclass(frozen=True)
class TablePage:
    """`counts`: of every stage, as on the board, unless something beside the stage is asked."""

    rows: list[Row]
    total: str
    next: str
    previous: str
    counts: dict[int, int] = field(default_factory=dict)


def find_applications(viewer: Viewer, wanted: PipelineFilter, *, stage: int | None = None) -> QuerySet[Application]:
    """The cards of a role that the filter finds, by what the viewer may see of them; of a stage, whichever it asks for."""
    stage = stage or wanted.stage
    found = Application.objects.visible_to(viewer.user)
    # not both: the planner takes them for independent, expects a handful of rows and sorts what the index has in order
    found = found.filter(stage=stage, stage__role=viewer.role) if stage else found.of_role(viewer.role)
    if wanted.text:
        found = found.none() if viewer.masked else found.filter(_says(viewer, wanted.text))
    if wanted.waiting:
        found = found.filter(stage_since__lte=viewer.now - timedelta(days=wanted.waiting))
    closed = _by_what_is_sealed(viewer, wanted)
    return found.filter(*closed).exclude(pk__in=viewer.sealed) if closed else found


def _by_what_is_sealed(viewer: Viewer, wanted: PipelineFilter) -> list[Q]:
    """Questions that a card sealed from the viewer must not answer, not even by being there."""
    asked = []
    if wanted.owner:
        asked.append(Q(owner=wanted.owner))
    if wanted.source:
        asked.append(Q(source=wanted.source))
    if wanted.tag and viewer.user.is_staff_of_firm:
        asked.append(Q(Exists(CandidateTag.objects.filter(candidate=OuterRef("candidate"), tag=wanted.tag))))
    if wanted.warned:
        asked.append(warned_of(Warned(wanted.warned), viewer.now))
    if wanted.score:
        asked.append(_scored(viewer, wanted.score))
    return asked


def _scored(viewer: Viewer, band: str) -> Q:
    """By the scores this viewer may read."""
    scores = Score.objects.visible_to(viewer.user).filter(application=OuterRef("pk"), rankable=True)
    if band == NO_SCORE:
        return ~Q(Exists(scores))
    return Q(Exists(scores.filter(score__gte=int(band), score__lt=int(band) + 1)))


def _says(viewer: Viewer, text: str) -> Q:
    words = words_in(text)
    if not words:
        return Q(pk__in=[])
    by_name = says("candidate__name_words", words)
    if not viewer.user.is_staff_of_firm:
        return by_name
    return by_name | (says("candidate__email_words", words) & ~Q(pk__in=viewer.sealed))


def board(viewer: Viewer, wanted: PipelineFilter) -> list[Column]:
    """All columns with their first cards; the counts are exact. Seven statements."""
    stages = list(viewer.role.stages.order_by("position"))
    counts = stage_counts(find_applications(viewer, wanted.of_any_stage))
    columns = {
        stage.pk: Column(stage, counts.get(stage.pk, 0), shown=wanted.stage in {None, stage.pk}) for stage in stages
    }
    filled = [column.stage for column in columns.values() if column.count and column.shown]
    for card in cards_of(viewer, _first_of_each(viewer, wanted, filled), {stage.pk: stage for stage in stages}):
        columns[card.stage.pk].cards.append(card)
    for column in columns.values():
        if column.more > 0 and column.cards:
            column.next = cursor_of(column.cards[-1])
    return list(columns.values())


def stage_counts(found: QuerySet[Application]) -> dict[int, int]:
    return dict(_counted(found))


def _counted(found: QuerySet[Application]) -> QuerySet[Application, Any]:
    return found.order_by().values_list("stage").annotate(number=Count("pk"))


def counts_of(viewer: Viewer, wanted: PipelineFilter, stages: Iterable[int]) -> dict[int, int]:
    """`stage_counts` of these stages."""
    if wanted.of_any_stage != EVERYBODY:
        return stage_counts(find_applications(viewer, wanted.of_any_stage).filter(stage__in=stages))
    with closed_once(viewer.user):
        return dict(rows_for(viewer.user, _counted_in, viewer.role.pk, list(stages)))


def _counted_in(user: User, role: int, stages: Collection[int]) -> QuerySet[Application, Any]:
    return _counted(find_applications(_anywhere(user, role), EVERYBODY).filter(stage__in=stages))


def _anywhere(user: User, role: int) -> Viewer:
    """What matters of a viewer who filters nothing."""
    return Viewer(user, Role(pk=role), EPOCH, frozenset())


def _first_of_each(viewer: Viewer, wanted: PipelineFilter, stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """One statement; the index of each stage serves its own part in order."""
    pks = [stage.pk for stage in stages]
    if not pks:
        return []
    if wanted.of_any_stage != EVERYBODY:
        rows = list(_first(viewer, wanted, pks))
    else:
        with closed_once(viewer.user):
            rows = rows_for(viewer.user, _first_of_all, viewer.role.pk, pks, by_key=True)
    return [dict(zip(FIELDS, row, strict=True)) for row in rows]


def _first_of_all(user: User, role: int, stages: Collection[int]) -> QuerySet[Application, Any]:
    return _first(_anywhere(user, role), EVERYBODY, stages)


def _first(viewer: Viewer, wanted: PipelineFilter, stages: Iterable[int]) -> QuerySet[Application, Any]:
    found = [find_applications(viewer, wanted, stage=stage) for stage in stages]
    parts = [one.order_by("-stage_since", "-pk").values_list(*FIELDS)[:CARDS] for one in found]
    return parts[0].union(*parts[1:], all=True)


def column_after(viewer: Viewer, wanted: PipelineFilter, *, stage: Stage, cursor: str) -> Column:
    """The next cards of one column, and how many there are beyond them."""
    found = find_applications(viewer, wanted, stage=stage.pk)
    start = read_cursor(cursor)
    if start is not None:
        found = found.filter(beyond(start, field="stage_since"))
    rows = list(found.order_by("-stage_since", "-pk").values(*FIELDS)[:CARDS])
    column = Column(stage, found.count(), cards_of(viewer, rows, {stage.pk: stage}))
    if column.more > 0 and column.cards:
        column.next = cursor_of(column.cards[-1])
    return column


def table(
    viewer: Viewer,
    wanted: PipelineFilter,
    *,
    stages: Iterable[Stage],
    cursor: str = "",
    sort: str = "newest",
    columns: Collection[str] = (),
) -> TablePage:
    """The same people as rows; `columns` are those beside the cards' own that cost a statement each."""
    found = find_applications(viewer, wanted)
    field, oldest_first = SORTS.get(sort, SORTS["newest"])
    page = in_pages(found.values(*FIELDS), field=field, cursor=cursor, size=ROWS, oldest_first=oldest_first)
    cards = cards_of(viewer, page.rows, {one.pk: one for one in stages})
    rows = _rows(viewer, cards, columns)
    if wanted.of_any_stage != EVERYBODY:
        return TablePage(rows, counted(found), page.next, page.previous)
    counts = stage_counts(find_applications(viewer, EVERYBODY))
    total = counts.get(wanted.stage, 0) if wanted.stage else sum(counts.values())
    return TablePage(rows, f"{total:,}", page.next, page.previous, counts)


def _rows(viewer: Viewer, cards: list[Card], columns: Collection[str]) -> list[Row]:
    scores: dict[int, float] = {}
    tags: dict[int, list[str]] = {}
    if "score" in columns:
        may_read = Score.objects.visible_to(viewer.user).filter(
            rankable=True, application__in=[card.pk for card in cards]
        )
        scores = dict(may_read.values_list("application_id", "score"))
    if "tags" in columns and viewer.user.is_staff_of_firm:
        tags = tags_of([card.candidate for card in cards if not card.sealed])
    return [Row(card, tags.get(card.candidate, []), scores.get(card.pk)) for card in cards]


def card_of(viewer: Viewer, application: Application, stages: Iterable[Stage]) -> Card:
    """One card as it stands now, in whichever stage of the role somebody else has put it since; the viewer may see it."""
    [row] = rows_of(_listed, application.pk, by_key=True)
    [card] = cards_of(viewer, [dict(zip(FIELDS, row, strict=True))], {stage.pk: stage for stage in stages})
    return card


def _listed(application: int) -> QuerySet[Application, Any]:
    return Application.objects.order_by().filter(pk=application).values_list(*FIELDS)


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
        added=row["created_at"],
        days=max((viewer.now - row["stage_since"]).days, 0),
        source="" if sealed else " · ".join(part for part in (source, row["source_detail"]) if part),
        owner="" if sealed else row["owner__name"] or "",
        sealed=sealed,
        warnings=warnings_of(facts, viewer.now),
        submitted=facts.submitted,
        panel=facts.panel,
    )
