"""Finished considerations as of a date, read from the stage changes and counted in the database.

A consideration is one application; it is finished when it stands, at the end of that day, in a stage of the kind hired,
rejected or withdrawn. What that means for who came back, skipped a stage or was moved by mistake is written in
docs/decisions/pipeline-insights.md, and a test reads the same from the changes one by one.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.db import connection
from django.db.models import QuerySet

from candidates.models import Application
from candidates.models.applications import UNDONE
from rubrics.enums import StageKind
from rubrics.models import Role, Stage
from screening.accounts.models import User

OUT = (StageKind.REJECTED, StageKind.WITHDRAWN)
PAGE = 50
Group = Literal["finished", "reached", "passed", "rejected", "withdrawn", "stayed"]


@dataclass(frozen=True)
class Scope:
    """Whose considerations: finished within `days` days up to the end of `as_of` in the reader's zone; 0 for ever."""

    as_of: date
    role: Role | None = None
    source: str = ""
    days: int = 0


@dataclass(frozen=True)
class Step:
    """A stage of the one role looked at or, over several, a kind of stage; `stages` are ids."""

    key: str
    name: str
    kind: str
    stages: tuple[int, ...]


@dataclass(frozen=True)
class Way:
    """The steps from the first to being hired, and the stages (ids) where one is out, with their kinds."""

    steps: tuple[Step, ...]
    out: dict[int, str]


@dataclass(frozen=True)
class Count:
    """So many considerations of one source that ended so (`hired`, `rejected`, `withdrawn`) after getting that far."""

    source: str
    furthest: int
    ending: str
    number: int


@dataclass(frozen=True)
class Spent:
    """How long finished considerations were in a step, in days."""

    number: int
    median: float
    ninetieth: float


@dataclass(frozen=True)
class Figures:
    counts: tuple[Count, ...]
    spent: dict[int, Spent]


@dataclass(frozen=True)
class People:
    """The people behind a number: a group, and the number of the step it is about."""

    group: Group = "finished"
    step: int = 0


@dataclass(frozen=True)
class Considered:
    """One of them; `days` in the step asked about, None when it was skipped."""

    application: int
    furthest: int
    ending: str
    finished_at: datetime
    days: float | None


# A stay lasts from a change to the next one. What was taken back never happened: until then the person counts as having
# stayed where they came from. `finished_at` is when they last left an open stage. Only applications that entered a last
# stage in time can be among those sought, which the index answers.
CORE = """
WITH steps AS (
    SELECT * FROM unnest(%(stages)s::bigint[], %(numbers)s::int[], %(endings)s::text[]) AS s (stage_id, step, ending)
), reach AS MATERIALIZED ({reach}), ended AS (
    SELECT DISTINCT c.application_id FROM candidates_stagechange c
    WHERE c.to_stage_id = ANY(%(last)s) AND c.at < %(until)s AND (%(since)s::timestamptz IS NULL OR c.at >= %(since)s)
), stays AS (
    SELECT c.application_id, c.at, lag(c.at) OVER w AS left_at,
        CASE WHEN lag(c.reason) OVER w = %(undone)s AND lag(c.to_stage_id) OVER w = c.from_stage_id
            THEN c.from_stage_id ELSE c.to_stage_id END AS stage_id
    FROM candidates_stagechange c
    JOIN ended ON ended.application_id = c.application_id
    JOIN reach ON reach.id = c.application_id
    WHERE c.at < %(until)s
    WINDOW w AS (PARTITION BY c.application_id ORDER BY c.at DESC, c.id DESC)
), parts AS MATERIALIZED (
    SELECT stays.application_id, s.step, s.ending, sum(stays.left_at - stays.at) AS spent, min(stays.at) AS at,
        max(stays.left_at) AS left_at, bool_or(stays.left_at IS NULL) AS last
    FROM stays JOIN steps s USING (stage_id) GROUP BY stays.application_id, s.step, s.ending
), considered AS MATERIALIZED (
    SELECT * FROM (
        SELECT application_id, coalesce(max(step), 0) AS furthest, max(ending) FILTER (WHERE last) AS ending,
            coalesce(max(left_at) FILTER (WHERE ending = ''), min(at)) AS finished_at,
            sum(spent) FILTER (WHERE step = %(step)s AND ending = '') AS spent
        FROM parts GROUP BY application_id
    ) one WHERE ending <> '' AND (%(since)s::timestamptz IS NULL OR finished_at >= %(since)s)
)
"""
FIGURES = """
SELECT reach.source, furthest, ending, count(*), NULL::float[] FROM considered
JOIN reach ON reach.id = application_id GROUP BY 1, 2, 3
UNION ALL
SELECT NULL, step, NULL, count(*),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM parts.spent)::float / 86400)
FROM parts JOIN considered USING (application_id) WHERE parts.ending = '' GROUP BY step
ORDER BY 1, 2, 3
"""
LIST = """
SELECT application_id, furthest, ending, finished_at, extract(epoch FROM spent)::float / 86400, count(*) OVER ()
FROM considered WHERE {group} ORDER BY {order} LIMIT %(size)s OFFSET %(first)s
"""
GROUPS: dict[Group, str] = {
    "finished": "true",
    "reached": "furthest >= %(step)s",
    "passed": "furthest > %(step)s",
    "rejected": "furthest = %(step)s AND ending = 'rejected'",
    "withdrawn": "furthest = %(step)s AND ending = 'withdrawn'",
    "stayed": "spent IS NOT NULL",
}
LATEST_FIRST = "finished_at DESC, application_id DESC"
LONGEST_FIRST = "spent DESC, application_id DESC"


def way_of(user: User, role: Role | None) -> Way:
    """Through the pipeline of one role, or of all that the user may look at; one statement."""
    roles = Role.objects.visible_to(user)
    if role is not None:
        roles = roles.filter(pk=role.pk)
    found = Stage.objects.filter(role__in=roles).order_by("position", "pk")
    of_kind: dict[str, list[tuple[int, str]]] = {kind: [] for kind in StageKind}
    for pk, kind, name in found.values_list("pk", "kind", "name"):
        of_kind[kind].append((pk, name))
    kinds = [kind for kind in StageKind if kind not in OUT]
    if role is not None:
        steps = [Step(str(pk), name, kind, (pk,)) for kind in kinds for pk, name in of_kind[kind]]
    else:
        steps = [Step(kind.value, str(kind.label), kind, tuple(pk for pk, _ in of_kind[kind])) for kind in kinds]
    return Way(tuple(steps), {pk: kind for kind in OUT for pk, _ in of_kind[kind]})


def figures_of(user: User, scope: Scope, way: Way) -> Figures:
    """Everything the page says, in one statement however many people there are."""
    counts: list[Count] = []
    spent: dict[int, Spent] = {}
    for source, step, ending, number, days in _ask(user, scope, way, FIGURES, {"step": None}):
        if days is None:
            counts.append(Count(source, step, ending, number))
        else:
            spent[step] = Spent(number, *days)
    return Figures(tuple(counts), spent)


def people_behind(user: User, scope: Scope, way: Way, people: People, *, page: int = 1) -> tuple[list[Considered], int]:
    """One page of exactly those whom a number counts, and that number."""
    order = LONGEST_FIRST if people.group == "stayed" else LATEST_FIRST
    asked = {"step": people.step, "size": PAGE, "first": (page - 1) * PAGE}
    rows = _ask(user, scope, way, LIST.format(group=GROUPS[people.group], order=order), asked)
    return [Considered(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _ask(user: User, scope: Scope, way: Way, select: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    reach, values = _in_scope(user, scope).query.sql_with_params()
    named = {f"reach{place}": value for place, value in enumerate(values)}
    core = CORE.format(reach=reach % tuple(f"%({name})s" for name in named))
    with connection.cursor() as cursor:
        cursor.execute(core + select, asked | named | _stages(way) | _moments(user, scope))
        return list(cursor.fetchall())


def _in_scope(user: User, scope: Scope) -> QuerySet[Application, Any]:
    """Whoever owes a scorecard on an application is told nothing of it; of a merged person each role counts once."""
    found = Application.objects.opinions_visible_to(user).in_play()
    if scope.role is not None:
        found = found.filter(role=scope.role)
    if scope.source:
        found = found.filter(source=scope.source)
    return found.order_by().values("id", "source")


def _stages(way: Way) -> dict[str, Any]:
    """What each stage means: the number of its step, and how a consideration ends there."""
    rows: list[tuple[int, int | None, str]] = [
        (stage, number, StageKind.HIRED if step.kind == StageKind.HIRED else "")
        for number, step in enumerate(way.steps)
        for stage in step.stages
    ]
    rows += [(stage, None, kind) for stage, kind in way.out.items()]
    return {
        "stages": [stage for stage, _, _ in rows],
        "numbers": [number for _, number, _ in rows],
        "endings": [str(ending) for _, _, ending in rows],
        "last": [stage for stage, _, ending in rows if ending],
    }


def _moments(user: User, scope: Scope) -> dict[str, Any]:
    """From the start of the first day of the period to the end of the last one, where the reader is."""

    def start(day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=user.zone)

    since = start(scope.as_of - timedelta(days=scope.days - 1)) if scope.days else None
    return {"since": since, "until": start(scope.as_of + timedelta(days=1)), "undone": UNDONE}
