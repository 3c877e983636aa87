"""What finished considerations say of a pipeline: how far people get, how long it takes, and what to do about it.

Nothing is said of fewer than ten. A share of few stands with its interval, and one of very few is only counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from candidates.enums import Source
from candidates.queries.considerations import Count, Figures, Spent, Step, Way
from candidates.scoring.shares import wilson_interval
from rubrics.enums import StageKind

FEWEST = 10
"""Finished considerations, below which nothing is said."""
FEWEST_OF_SHARE = 5
"""People, below which they are counted and no share is given."""
FEW = 30
"""People, below which a share stands with its interval."""
MANY_LEAVE = 0.15
SLOW = 14.0
"""Days that one in ten waits longer than, from which it is worth a sentence."""
WORTH = 0.05
"""By how much shares differ that are worth a sentence; of very many even the smallest difference is no chance."""
MOST_SENTENCES = 3

EARLY = (StageKind.SOURCED, StageKind.CONTACTED, StageKind.SCREENING)
JUDGED = (StageKind.INTERVIEWING, StageKind.SCORED)


@dataclass(frozen=True)
class Share:
    """So many of those who reached a stage went on from it."""

    passed: int
    reached: int

    @property
    def is_few(self) -> bool:
        return self.reached < FEW

    @property
    def value(self) -> float | None:
        return self.passed / self.reached if self.reached >= FEWEST_OF_SHARE else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson_interval(self.passed, self.reached)


@dataclass(frozen=True)
class Row:
    """One stage; nobody passes the last one."""

    step: Step
    reached: int
    rejected: int
    withdrawn: int
    spent: Spent | None
    is_last: bool

    @property
    def passed(self) -> int:
        return 0 if self.is_last else self.reached - self.lost

    @property
    def lost(self) -> int:
        return self.rejected + self.withdrawn

    @property
    def share(self) -> Share:
        return Share(self.passed, self.reached)


@dataclass(frozen=True)
class SourceRow:
    """One source: for every stage but the last, how many of its people went on; None where nobody came."""

    key: str
    label: str
    number: int
    shares: tuple[tuple[Step, Share | None], ...]
    hired: int

    @property
    def of_all(self) -> Share:
        return Share(self.hired, self.number)


@dataclass(frozen=True)
class Funnel:
    total: int
    rows: tuple[Row, ...]
    sources: tuple[SourceRow, ...]

    @property
    def still_needed(self) -> int:
        return max(FEWEST - self.total, 0)

    @property
    def advice(self) -> list[str]:
        return list(_advise(self))[:MOST_SENTENCES]


def funnel_of(figures: Figures, way: Way) -> Funnel:
    """Everybody counted at the furthest stage they were ever in; stages before it were passed, skipped ones too."""
    known = {count.source for count in figures.counts}
    sources = [
        _source(source, [count for count in figures.counts if count.source == source], way)
        for source in Source.values
        if source in known
    ]
    return Funnel(
        total=sum(count.number for count in figures.counts),
        rows=tuple(_row(number, figures, way) for number in range(len(way.steps))),
        sources=tuple(sources),
    )


def _row(number: int, figures: Figures, way: Way) -> Row:
    here = [count for count in figures.counts if count.furthest == number]
    return Row(
        step=way.steps[number],
        reached=_reached(figures.counts, number),
        rejected=sum(count.number for count in here if count.ending == StageKind.REJECTED),
        withdrawn=sum(count.number for count in here if count.ending == StageKind.WITHDRAWN),
        spent=figures.spent.get(number),
        is_last=number == len(way.steps) - 1,
    )


def _reached(counts: Iterable[Count], number: int) -> int:
    return sum(count.number for count in counts if count.furthest >= number)


def _source(key: str, counts: list[Count], way: Way) -> SourceRow:
    reached = [_reached(counts, number) for number in range(len(way.steps))]
    shares = [
        (step, Share(after, before) if before else None)
        for step, before, after in zip(way.steps, reached, reached[1:], strict=False)
    ]
    return SourceRow(
        key=key,
        label=str(Source(key).label),
        number=sum(count.number for count in counts),
        shares=tuple(shares),
        hired=sum(count.number for count in counts if count.ending == StageKind.HIRED),
    )


def _advise(funnel: Funnel) -> Iterator[str]:
    """What would help most, first."""
    worst = max(funnel.rows, key=lambda row: row.lost, default=None)
    if worst is None or not worst.lost:
        return
    yield _most_are_lost(worst)
    left = [
        row for row in funnel.rows if row.withdrawn >= FEWEST_OF_SHARE and row.withdrawn >= MANY_LEAVE * row.reached
    ]
    for row in sorted(left, key=lambda row: -row.withdrawn)[:1]:
        yield f"{row.withdrawn:,} of {row.reached:,} left by themselves in {row.step.name}: ask them why before the next ones do."
    slow = [(row.spent.ninetieth, row) for row in funnel.rows if row.spent and row.spent.number >= FEWEST]
    for ninetieth, row in sorted(slow, key=lambda pair: -pair[0])[:1]:
        if ninetieth >= SLOW:
            yield f"One in ten is in {row.step.name} for more than {ninetieth:.0f} days. {_quicker(row.step)}"
    yield from _sources_apart(funnel, worst)


def _most_are_lost(row: Row) -> str:
    words = f"Most are lost in {row.step.name}: {row.lost:,} of the {row.reached:,} who got there."
    if row.step.kind in EARLY:
        return f"{words} Say in the first message what the role asks for, and look where these people came from."
    if row.step.kind in JUDGED:
        return f"{words} Interviews are spent on them: read the reasons behind that number and ask for those earlier."
    return f"{words} They had been found good enough: go over scope and bar with the client."


def _quicker(step: Step) -> str:
    if step.kind == StageKind.INTERVIEWING:
        return "Offer more times for interviews, or a smaller panel."
    if step.kind in {StageKind.SHORTLISTED, StageKind.WITH_CLIENT, StageKind.OFFER}:
        return "Agree with the client on a day by which they answer."
    return "Look at who waits there now, and decide sooner."


def _sources_apart(funnel: Funnel, worst: Row) -> Iterator[str]:
    """Sources that differ at the stage where most are lost, by intervals that do not touch."""
    if worst.is_last:
        return
    for source in funnel.sources:
        own = next((share for step, share in source.shares if step == worst.step), None)
        if own is None or own.is_few:
            continue
        others = Share(worst.passed - own.passed, worst.reached - own.reached)
        if others.is_few or abs(own.passed / own.reached - others.passed / others.reached) < WORTH:
            continue
        figures = f"{own.passed / own.reached:.0%} against {others.passed / others.reached:.0%} of the others".replace(
            "%", "\N{NO-BREAK SPACE}%"
        )
        if own.interval[0] > others.interval[1]:
            yield f"{source.label}: more get past {worst.step.name} ({figures}). Bring in more from there."
        elif own.interval[1] < others.interval[0]:
            yield f"{source.label}: fewer get past {worst.step.name} ({figures}). Look closer before taking them in."
