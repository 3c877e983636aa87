"""Whether clients read the rubric as our panels do: their own levels against ours, given before they saw ours.

Only committed evaluations count, of shortlists whose panel's levels the client read after their own; below ten people
nothing is said, of the whole as of any part. Levels are positions on their rubric's range, so that rubrics can stand together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, isnan
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from candidates.enums import ShowPanel
from candidates.models import ClientRating, ScoreSnapshot, ShortlistEntry
from candidates.scoring import Agreement, agreement
from rubrics.models import Role
from screening.accounts.models import Client, User

FEWEST = 10
GOOD, POOR = 0.6, 0.4
"""Landis & Koch (1977): substantial from .6, no more than fair up to .4."""
APART = 0.1
"""A mean difference, as a part of the range, that is worth a word: under half a level of five."""


@dataclass(frozen=True)
class Among:
    """Whose evaluations count: everybody's, one client's, one rubric's pool, or one role's."""

    client: int | None = None
    pool_key: str = ""
    role: str = ""

    @property
    def as_filter(self) -> Q:
        role = "review__entry__shortlist__role"
        found = Q(**{f"{role}__slug": self.role}) if self.role else Q()
        if self.pool_key:
            found &= Q(**{f"{role}__rubric_version__pool_key": self.pool_key})
        return found & Q(**{f"{role}__client": self.client}) if self.client else found


@dataclass(frozen=True)
class Judged:
    """One dimension of one person: the panel's level and the client's, as positions; several reviewers' mean, rounded."""

    person: int
    key: str
    name: str
    at: datetime
    panel: float
    client: float


@dataclass(frozen=True)
class Line:
    """A dimension, or a quarter; `found` is None below ten people."""

    name: str
    people: int
    found: Agreement | None

    @property
    def is_known(self) -> bool:
        return self.found is not None and not isnan(self.found.kappa)

    @property
    def tone(self) -> str:
        return _judge(self)[0]

    @property
    def words(self) -> str:
        return _judge(self)[1]

    @property
    def leaning(self) -> str:
        """Which way the client leans, where that is worth a word."""
        if self.found is None or abs(self.found.difference) < APART:
            return ""
        return "gives more than we do" if self.found.difference > 0 else "gives less than we do"


@dataclass(frozen=True)
class AgreementFound:
    whole: Line
    dimensions: tuple[Line, ...]
    quarters: tuple[Line, ...]

    @property
    def still_needed(self) -> int:
        return max(FEWEST - self.whole.people, 0)

    @property
    def lines(self) -> list[Line]:
        return [self.whole, *self.dimensions]

    @property
    def advice(self) -> list[str]:
        return list(_advise(self))


def roles_to_choose(user: User) -> list[Role]:
    """All that have a rubric, as a role's other insights lead here; one query."""
    measured = Role.objects.visible_to(user).filter(rubric_version__isnull=False)
    return list(measured.select_related("client", "rubric_version__rubric").order_by("title", "pk"))


def clients_of(roles: Iterable[Role]) -> list[Client]:
    return sorted({role.client for role in roles}, key=lambda client: client.name)


def agreement_of(user: User, among: Among) -> AgreementFound:
    """The whole, its dimensions by how little they agree, and the quarters in which people were judged; two queries."""
    judged = judged_by_both(user, among)
    by_key: dict[str, list[Judged]] = defaultdict(list)
    by_quarter: dict[str, list[Judged]] = defaultdict(list)
    began: dict[int, datetime] = {}
    for one in judged:
        began[one.person] = min(one.at, began.get(one.person, one.at))
    for one in sorted(judged, key=lambda one: began[one.person]):
        by_key[one.key].append(one)
        by_quarter[_quarter(began[one.person])].append(one)
    dimensions = [_line(ones[-1].name, ones) for ones in by_key.values()]
    return AgreementFound(
        whole=_line("All dimensions", judged),
        dimensions=tuple(
            sorted(dimensions, key=lambda line: (not line.is_known, line.found.kappa if line.found else 0))
        ),
        quarters=tuple(_line(name, ones) for name, ones in by_quarter.items()),
    )


def _quarter(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.year}, quarter {(local.month + 2) // 3}"


def _line(name: str, judged: Sequence[Judged]) -> Line:
    people: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for one in judged:
        people[one.person].append((one.panel, one.client))
    return Line(name=name, people=len(people), found=agreement([people[person] for person in sorted(people)]))


def judged_by_both(user: User, among: Among) -> list[Judged]:
    """Of each person and dimension the newest entry's levels; two queries. Nobody sealed from the reader, or on a list with one."""
    rows: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in _ratings(user, among):
        known = rows[row[PERSON], row["dimension__key"]]
        if known and known[0]["review__entry"] != row["review__entry"]:
            known.clear()  # rows come by entry: a later shortlist takes the place of an earlier one
        known.append(row)
    snapshots = ScoreSnapshot.objects.in_bulk({row[SNAPSHOT] for given in rows.values() for row in given})
    panels = {pk: {item["key"]: item["score"] for item in one.dimensions} for pk, one in snapshots.items()}
    found = (_pair(given, panels[given[0][SNAPSHOT]].get(key)) for (_, key), given in rows.items())
    return [one for one in found if one is not None]


PERSON = "review__entry__application__candidate"
SNAPSHOT = "review__entry__snapshot"
LOWEST, HIGHEST = "dimension__version__lowest", "dimension__version__highest"


def _ratings(user: User, among: Among) -> QuerySet[Any, Any]:
    entries = ShortlistEntry.objects.visible_to(user).filter(shortlist__show_panel=ShowPanel.AFTER)
    committed = ClientRating.objects.filter(
        among.as_filter,
        level__isnull=False,
        review__committed_at__isnull=False,
        review__entry__snapshot__isnull=False,
        review__entry__in=entries,
    )
    rows: QuerySet[Any, Any] = committed.order_by("review__entry", "review", "pk").values(
        PERSON, SNAPSHOT, LOWEST, HIGHEST,
        "review__entry", "review__committed_at", "dimension__key", "dimension__name", "level",
    )  # fmt: skip
    return rows


def _pair(given: Sequence[Mapping[str, Any]], score: float | None) -> Judged | None:
    if score is None:
        return None
    first = given[0]
    lowest, highest = int(first[LOWEST]), int(first[HIGHEST])
    mean = sum(row["level"] for row in given) / len(given)

    def place(level: float) -> float:
        return (min(max(floor(level + 0.5), lowest), highest) - lowest) / (highest - lowest)

    return Judged(
        person=first[PERSON],
        key=first["dimension__key"],
        name=first["dimension__name"],
        at=min(row["review__committed_at"] for row in given),
        panel=place(score),
        client=place(mean),
    )


def _judge(line: Line) -> tuple[str, str]:
    found = line.found
    if found is None:
        return "neutral", "too few people yet"
    if isnan(found.kappa):
        return "neutral", "nothing varies"
    if found.lower >= GOOD:
        return "good", "agree"
    return ("bad", "read it differently") if found.upper <= POOR else ("warn", "not clear")


def _advise(found: AgreementFound) -> Iterable[str]:
    if found.whole.found is None:
        return
    apart = [line for line in found.dimensions if line.tone == "bad"]
    for line in apart:
        leans = f", where the client {line.leaning}" if line.leaning else ""
        yield f"{line.name}: go over its anchors with the client on two or three incidents you both read{leans}."
    leaning = [line for line in found.dimensions if line.leaning and line not in apart]
    for line in leaning:
        yield f"{line.name}: the client {line.leaning}. Ask which incident weighed, before the next shortlist."
    if not apart and not leaning and found.whole.tone == "good":
        yield "Go on as you do: client and panel read the rubric alike."
    elif not apart and not leaning:
        yield "The interval is too wide to act on: change nothing because of this figure, and ask for the evaluations that are due."
    yield from _trend(found.quarters)


def _trend(quarters: Sequence[Line]) -> Iterable[str]:
    """Only where two quarters can be told apart."""
    known = [line.found for line in quarters if line.is_known and line.found]
    if len(known) > 1 and known[-1].upper < known[0].lower:
        yield "Agreement fell: hold a calibration with the client before the next shortlist."
    elif len(known) > 1 and known[-1].lower > known[0].upper:
        yield "Agreement rose: what you changed since then works."
