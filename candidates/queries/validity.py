"""Whether the screening told the truth: scores at the decision against reviews at work, and what to do about it.

Below ten engagements nothing is said, of the whole as of any part: a correlation of fewer is chance.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from django.db.models import Q

from candidates.enums import ReviewDay
from candidates.models import Engagement
from candidates.queries.validity_input import (
    Hire,
    Scope,
    hires,
    interviewers_means,
    questions_heard,
    spread,
    spread_of_applicants,
    spreads_of_dimensions,
)
from candidates.scoring import PredictiveValidity, predictive_validity
from rubrics.models import Role, RubricVersion
from screening.accounts.models import User

ENOUGH = 10
DAYS = (ReviewDay.DAY_90, ReviewDay.DAY_180)
USEFUL = 0.3
"""A correlation from which a selection method is worth its hours; structured interviews reach about .4."""


@dataclass(frozen=True)
class Line:
    """One thing that may predict; `found` is None below ten engagements. `spread` is that of all applicants, in levels."""

    name: str
    n: int
    found: PredictiveValidity | None
    spread: float | None

    @property
    def is_corrected(self) -> bool:
        return self.found is not None and not isnan(self.found.corrected)

    @property
    def is_constant(self) -> bool:
        return self.found is not None and isnan(self.found.pearson)

    @property
    def tone(self) -> str:
        return _judge(self)[0]

    @property
    def words(self) -> str:
        return _judge(self)[1]


@dataclass(frozen=True)
class Validity:
    """The scope's figures; `lowest` and `highest` are the range in which levels are shown (0 to 100 when ranges differ)."""

    hires: tuple[Hire, ...]
    whole: Line
    dimensions: tuple[Line, ...]
    lowest: int
    highest: int
    day: int

    @property
    def still_needed(self) -> int:
        return max(ENOUGH - len(self.hires), 0)

    @property
    def points(self) -> list[tuple[Hire, float, float]]:
        """Everybody with the score and the review in levels, by score."""
        placed = [(one, self.level(one.screening), self.level(one.outcome)) for one in self.hires]
        return sorted(placed, key=lambda point: (-point[1], point[0].application))

    @property
    def whole_and_dimensions(self) -> list[Line]:
        return [self.whole, *self.dimensions]

    @property
    def advice(self) -> list[str]:
        return list(_advise(self))

    def level(self, position: float) -> float:
        return self.lowest + position * (self.highest - self.lowest)


def roles_to_choose(user: User, scope: Scope) -> list[Role]:
    """Where somebody has begun to work, and whatever the address asks for; one query."""
    asked = Q(slug=scope.role) | Q(rubric_version__pool_key=scope.pool_key or None)
    begun = Q(pk__in=Engagement.objects.visible_to(user).values("application__role"))
    measured = Role.objects.visible_to(user).filter(asked | begun, rubric_version__isnull=False)
    return list(measured.select_related("client", "rubric_version__rubric").order_by("title", "pk"))


def validity_of(user: User, scope: Scope, day: int, version: RubricVersion | None) -> Validity:
    """The whole and, where the scope has one rubric, its dimensions; six queries at most."""
    people = hires(user, scope, day)
    lowest, highest = _range(people, version)
    enough = len(people) >= ENOUGH
    everybody = spread_of_applicants(user, scope) if enough else None
    spreads = spreads_of_dimensions(user, scope, version) if enough and version else {}
    pairs = [(one.screening, one.outcome) for one in people]
    dimensions = [
        _line(
            one.name,
            [
                (hire.panel[one.key], hire.found[one.key])
                for hire in people
                if one.key in hire.panel.keys() & hire.found
            ],
            spreads.get(one.key),
            highest - lowest,
        )
        for one in (version.dimensions.all() if enough and version else ())
    ]
    return Validity(
        hires=tuple(people),
        whole=_line("Screening score", pairs, everybody, highest - lowest),
        dimensions=tuple(dimensions),
        lowest=lowest,
        highest=highest,
        day=day,
    )


def _range(people: Sequence[Hire], version: RubricVersion | None) -> tuple[int, int]:
    versions = [version] if version else [one.review.engagement.rubric_version for one in people]
    ranges = {(one.lowest, one.highest) for one in versions if one}
    return ranges.pop() if len(ranges) == 1 else (0, 100)


def _line(name: str, pairs: Sequence[tuple[float, float]], sd: float | None, units: int) -> Line:
    found = predictive_validity(
        [screening for screening, _ in pairs], [outcome for _, outcome in pairs], sd_applicants=sd
    )
    return Line(name=name, n=len(pairs), found=found, spread=None if sd is None else sd * units)


def by_interviewer(user: User, scope: Scope, people: Sequence[Hire], units: int) -> list[Line]:
    """Each interviewer's own levels against the reviews, by name."""
    means = interviewers_means(user, scope, people) if len(people) >= ENOUGH else {}
    return [_against(name, given, people, units) for (_, name), given in means.items()]


def by_question(user: User, scope: Scope, people: Sequence[Hire]) -> list[Line]:
    """The signals heard on each question against the reviews; in signals, so that the spread is not in levels."""
    heard = questions_heard(user, scope) if len(people) >= ENOUGH and scope.pool_key else {}
    return [_against(prompt, given, people, 1) for prompt, given in heard.items()]


def _against(name: str, given: Mapping[int, float], people: Iterable[Hire], units: int) -> Line:
    pairs = [(given[one.application], one.outcome) for one in people if one.application in given]
    return _line(name, pairs, spread(given.values()), units)


def _judge(line: Line) -> tuple[str, str]:
    found = line.found
    if found is None:
        return "neutral", "not enough engagements yet"
    if isnan(found.pearson):
        return "neutral", "nothing varies"
    lower, upper = found.pearson_interval
    if lower > 0:
        return "good", "predicts"
    return ("bad", "misleads") if upper < 0 else ("warn", "not clear")


def _advise(found: Validity) -> Iterable[str]:
    tone, _ = _judge(found.whole)
    when = f"day {found.day}"
    if found.whole.found is None:
        return
    if found.whole.is_constant:
        yield "All scores or all reviews are the same, so nothing can be related. Ask the managers whether reviews follow the anchors."
    elif tone == "good" and found.whole.found.pearson >= USEFUL:
        yield f"Go on as you do: who scored higher did better on {when}."
    elif tone == "good":
        yield f"Scores say something about {when}, though little. Look below for the dimension that says least."
    elif tone == "bad":
        yield f"Who scored higher did worse on {when}. Stop relying on the score until the anchors and the reviews are gone over with the clients."
    else:
        yield "The interval holds zero: change nothing because of this figure, and collect the reviews that are due."
    unclear = [one for one in found.dimensions if one.found is not None and not one.is_constant]
    worst = min(unclear, key=lambda one: one.found.pearson if one.found else 0.0, default=None)
    if worst is not None and worst.tone != "good":
        yield f"{worst.name} goes least with what happened at work: go over its anchors and questions first."
