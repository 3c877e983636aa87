"""Finished considerations as of a date, read from the stage changes and counted in the database.

A consideration is one application; it is finished when it stands, at the end of that day, in a stage of the kind hired,
rejected or withdrawn. What that means for who came back, skipped a stage or was moved by mistake is written in
docs/decisions/pipeline-insights.md, and a test reads the same from the changes one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.db import connection
from django.db.models import QuerySet

from candidates.models import Application
from candidates.models.applications import UNDONE
from candidates.querysets.seal import closed_once
from rubrics.enums import StageKind
from rubrics.models import Role, Stage
from screening.accounts.models import User

OUT = {StageKind.REJECTED: -1, StageKind.WITHDRAWN: -2}
"""Kinds of stages where one is out, by the number that stands for them beside those of the steps."""
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
# stage in time can be among those sought, which the index answers. Read once, application by application as the changes
# are ordered anyway: what a stage means is looked up by its id, and every step has a column, so that nothing is sorted or
# joined again.
CORE = """
WITH ended AS (
    SELECT DISTINCT c.application_id FROM candidates_stagechange c
    WHERE c.to_stage_id = ANY(%(last)s) AND c.at < %(until)s AND (%(since)s::timestamptz IS NULL OR c.at >= %(since)s)
), stays AS (
    SELECT c.application_id, reach.source, c.at, lag(c.at) OVER w AS left_at,
        date_part('epoch', lag(c.at) OVER w - c.at) AS seconds,
        (%(steps)s::int[])[CASE WHEN lag(CASE c.reason WHEN %(undone)s THEN c.to_stage_id END) OVER w = c.from_stage_id
            THEN c.from_stage_id ELSE c.to_stage_id END - %(below)s] AS step
    FROM candidates_stagechange c
    JOIN ended ON ended.application_id = c.application_id
    JOIN ({reach}) reach ON reach.id = c.application_id
    WHERE c.at < %(until)s
    WINDOW w AS (PARTITION BY c.application_id ORDER BY c.at DESC, c.id DESC)
), considered AS MATERIALIZED (
    SELECT * FROM (
        SELECT application_id, any_value(source) AS source, greatest(max(step), 0) AS furthest,
            max(step) FILTER (WHERE left_at IS NULL) AS ending,
            coalesce(max(left_at) FILTER (WHERE step >= 0 AND step < %(hired)s), min(at)) AS finished_at{days}
        FROM stays GROUP BY application_id
    ) one WHERE NOT (ending >= 0 AND ending < %(hired)s)
        AND (%(since)s::timestamptz IS NULL OR finished_at >= %(since)s)
)
"""
DAYS = ", sum(seconds) FILTER (WHERE step = {0} AND step < %(hired)s) / 86400 AS days_{0}"
FIGURES = """
SELECT source, furthest, ending, count(*), NULL::float[] FROM considered GROUP BY 1, 2, 3
UNION ALL
SELECT NULL, NULL, NULL, NULL, ARRAY[{spent}]::float[] FROM considered
"""
SPENT = """ARRAY[count(days_{0}), percentile_cont(0.5) WITHIN GROUP (ORDER BY days_{0}),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY days_{0})]"""
LIST = """
SELECT application_id, furthest, ending, finished_at, days, count(*) OVER ()
FROM (SELECT *, days_{step} AS days FROM considered) one WHERE {group} ORDER BY {order} LIMIT %(size)s OFFSET %(first)s
"""
GROUPS: dict[Group, str] = {
    "finished": "true",
    "reached": "furthest >= %(step)s",
    "passed": "furthest > %(step)s",
    "rejected": f"furthest = %(step)s AND ending = {OUT[StageKind.REJECTED]}",
    "withdrawn": f"furthest = %(step)s AND ending = {OUT[StageKind.WITHDRAWN]}",
    "stayed": "days IS NOT NULL",
}
LATEST_FIRST = "finished_at DESC, application_id DESC"
LONGEST_FIRST = "days DESC, application_id DESC"


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
    steps = range(len(way.steps))
    select = FIGURES.format(spent=", ".join(SPENT.format(step) for step in steps))
    for source, furthest, ending, number, days in _ask(user, scope, way, steps, select, {}):
        if days is None:
            counts.append(Count(source, furthest, _ending(ending), number))
        else:
            spent = {step: Spent(int(row[0]), *row[1:]) for step, row in enumerate(days) if row[0]}
    return Figures(tuple(counts), spent)


def people_behind(user: User, scope: Scope, way: Way, people: People, *, page: int = 1) -> tuple[list[Considered], int]:
    """One page of exactly those whom a number counts, and that number."""
    order = LONGEST_FIRST if people.group == "stayed" else LATEST_FIRST
    select = LIST.format(group=GROUPS[people.group], order=order, step=people.step)
    asked = {"step": people.step, "size": PAGE, "first": (page - 1) * PAGE}
    rows = _ask(user, scope, way, [people.step], select, asked)
    found = [Considered(pk, furthest, _ending(ending), at, days) for pk, furthest, ending, at, days, _ in rows]
    return found, rows[0][-1] if rows else 0


def _ending(number: int) -> str:
    return next((kind.value for kind, out in OUT.items() if out == number), StageKind.HIRED.value)


def _ask(
    user: User, scope: Scope, way: Way, steps: Iterable[int], select: str, asked: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """With the days spent in so many steps."""
    with closed_once(user):
        reach, values = _in_scope(user, scope).query.sql_with_params()
    named = {f"reach{place}": value for place, value in enumerate(values)}
    core = CORE.format(
        reach=reach % tuple(f"%({name})s" for name in named), days="".join(DAYS.format(step) for step in steps)
    )
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
    """What each stage means, by its id: the number of its step, or of how one is out; those from `hired` on are the end."""
    numbers = {stage: number for number, step in enumerate(way.steps) for stage in step.stages}
    numbers |= {stage: OUT[StageKind(kind)] for stage, kind in way.out.items()}
    hired = sum(step.kind != StageKind.HIRED for step in way.steps)
    below = min(numbers, default=1) - 1
    return {
        "steps": [numbers.get(stage) for stage in range(below + 1, max(numbers, default=0) + 1)],
        "below": below,
        "hired": hired,
        "last": [stage for stage, number in numbers.items() if not 0 <= number < hired],
    }


def _moments(user: User, scope: Scope) -> dict[str, Any]:
    """From the start of the first day of the period to the end of the last one, where the reader is."""
    since = end_of(scope.as_of - timedelta(days=scope.days), user) if scope.days else None
    return {"since": since, "until": end_of(scope.as_of, user), "undone": UNDONE}


def end_of(day: date, user: User) -> datetime:
    """The first moment after it, where the reader is."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=user.zone)
