"""Two to four candidates of a role beside each other: figures, what was said, and whether they can be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from typing import Any

from candidates.models import Score
from candidates.queries.debriefs import DebriefRow, Word, debrief_rows, voices_on
from candidates.queries.names import name_for
from candidates.queries.scoring_kept import repeat_run
from candidates.scoring import Z_90, PanelScores, difference
from rubrics.models import Dimension, Role
from screening.accounts.models import User

FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Person:
    score: Score
    name: str

    @property
    def pk(self) -> int:
        return self.score.application_id

    @property
    def called(self) -> str:
        """The name within a sentence, which keeps its direction whatever script the name is in."""
        return f"\N{FIRST STRONG ISOLATE}{self.name}\N{POP DIRECTIONAL ISOLATE}"

    @property
    def reasons(self) -> str:
        return "; ".join(str(reason["text"]) for reason in self.score.reasons)


@dataclass(frozen=True)
class Cell:
    """One person on one dimension; `figures` as the score keeps them, none where nobody assessed it."""

    person: Person
    figures: dict[str, Any] | None
    words: tuple[Word, ...]
    floor: float | None

    @property
    def below_floor(self) -> bool:
        return self.floor is not None and self.figures is not None and self.figures["score"] < self.floor


@dataclass(frozen=True)
class Line:
    dimension: Dimension
    cells: tuple[Cell, ...]
    told: str


@dataclass(frozen=True)
class Sides:
    people: tuple[Person, ...]
    lines: tuple[Line, ...]
    verdicts: tuple[str, ...]
    missing: int
    """How many that were asked for are not shown: not scored in this role, or not open to the reader, which look alike."""

    @property
    def applications(self) -> list[int]:
        return [person.pk for person in self.people]


def lay_side_by_side(*, role: Role, user: User, applications: Sequence[int]) -> Sides:
    """Those of the applications (ids) that are scored in the role and whose opinions the user may read."""
    visible = Score.objects.visible_to(user).filter(role=role, application__in=applications)
    whole = visible.select_related("run", "application__candidate", "application__role")
    scores = {score.application_id: score for score in whole.defer("run__input", "run__statistics")}  # which are large
    people = tuple(Person(scores[pk], name_for(user, scores[pk].application)) for pk in applications if pk in scores)
    rows = {row.dimension.key: row for row in debrief_rows(voices_on(person.pk for person in people))}
    dimensions = role.rubric_version.dimensions.all() if role.rubric_version else ()
    return Sides(
        people=people,
        lines=tuple(_line(dimension, people, rows.get(dimension.key)) for dimension in dimensions),
        verdicts=_verdicts(people),
        missing=len(applications) - len(people),
    )


def _line(dimension: Dimension, people: Sequence[Person], row: DebriefRow | None) -> Line:
    words = row.spoken if row else []
    floor = None if dimension.floor is None else float(dimension.floor)
    cells = tuple(
        Cell(person, _figures(person, dimension.key), tuple(word for word in words if _is_about(word, person)), floor)
        for person in people
    )
    return Line(dimension, cells, _told(cells))


def _is_about(word: Word, person: Person) -> bool:
    return word.voice.scorecard.interview.application_id == person.pk


def _figures(person: Person, key: str) -> dict[str, Any] | None:
    known = (one for one in person.score.dimensions if one["key"] == key and one["score"] is not None)
    return next(known, None)


def _told(cells: Sequence[Cell]) -> str:
    """In words, what the intervals of one dimension say; the errors of two people are taken as their own here."""
    known = [(cell.person.called, cell.figures) for cell in cells if cell.figures]
    if len(known) < FEWEST:
        return ""
    pairs = [
        (above, below)
        for (above, one), (below, two) in [*combinations(known, 2), *combinations(reversed(known), 2)]
        if one["score"] - two["score"] > Z_90 * hypot(one["sd"], two["sd"])
    ]
    return "; ".join(f"{above} above {below}" for above, below in pairs) or "cannot be told apart"


def _verdicts(people: Sequence[Person]) -> tuple[str, ...]:
    """A sentence for everybody who cannot be ranked, and one for each pair of those who can."""
    ranked = [person for person in people if person.score.rankable]
    alone = [
        f"{person.called} has not enough evidence to be compared: {person.reasons}."
        for person in people
        if not person.score.rankable
    ]
    panel = _panel(ranked)
    return (*alone, *(_pair(one, two, panel) for one, two in combinations(ranked, 2)))


def _panel(ranked: Sequence[Person]) -> PanelScores | None:
    """The run once more, for how sure each difference is; none when its input was let go or two runs are mixed."""
    runs = {person.score.run_id: person.score.run for person in ranked}
    if len(ranked) < FEWEST or len(runs) != 1:
        return None
    [run] = runs.values()
    return None if run.input is None else repeat_run(run)


def _pair(one: Person, two: Person, panel: PanelScores | None) -> str:
    if one.score.component != two.score.component:
        return f"{one.called} and {two.called} cannot be compared: no interviewer links those who met them."
    if panel is None:
        apart, half = one.score.score - two.score.score, Z_90 * hypot(one.score.sd, two.score.sd)
    else:
        apart, half = difference(panel, one.score.subject, two.score.subject)
    higher, lower = (one, two) if apart >= 0 else (two, one)
    if abs(apart) <= half:
        how_far = f"{higher.called} is {abs(apart):.2f} higher, give or take {half:.2f}"
        return f"{one.called} and {two.called} cannot be told apart: {how_far}."
    return f"{higher.called} is above {lower.called} by {abs(apart):.2f}, give or take {half:.2f}."
