"""What other weights or another bar would do to a role's order; nothing of it is kept.

The newest run is computed again with the weights tried and the standard deviations it found, so that the declared
weights give exactly the scores that stand in the comparison.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.core.cache import cache

from candidates.models import Score, ScoringRun
from candidates.queries.names import name_for
from candidates.queries.scores import ENDED, SHOWN_AT_MOST
from candidates.queries.scoring_kept import kept_scale, repeat_run, sheets_again
from candidates.scoring import PanelScores
from rubrics.models import Role
from screening.accounts.models import User

NO_WEIGHT = 1e-6
"""What a dimension without weight has left: the statistics divide by it."""
FIRM = 0.05
"""A shift of a share that an order should survive: five points of a hundred."""
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Placed:
    """One person under the weights tried: `before` and `after` count from 1 in their group."""

    score: Score
    name: str
    before: int
    after: int
    figure: float
    lower: float
    upper: float
    p_bar: float | None
    in_top: bool
    was_in_top: bool

    @property
    def moved(self) -> int:
        """Places up; below 0 is down."""
        return self.before - self.after


@dataclass(frozen=True)
class Reach:
    """How far one dimension's share can go down and up, in shares, before others are among the best; None: all the way."""

    name: str
    share: float
    down: float | None
    up: float | None
    who_down: str
    who_up: str

    @property
    def nearest(self) -> float:
        return min(1.0 if self.down is None else self.down, 1.0 if self.up is None else self.up)

    @property
    def who(self) -> str:
        return self.who_down if self.down == self.nearest else self.who_up


@dataclass(frozen=True)
class Sensitivity:
    """`groups` of people who can be compared, best first; `lost` are ranked with the declared weights and not with these."""

    shares: dict[str, float]
    groups: list[list[Placed]]
    below_floor: list[Placed]
    lost: list[Placed]
    over_bar: int
    was_over_bar: int
    top: int
    reaches: list[Reach]

    @property
    def people(self) -> list[Placed]:
        return [one for group in self.groups for one in group]

    @property
    def moved(self) -> list[Placed]:
        return [one for one in self.people if one.moved]

    @property
    def entered(self) -> list[Placed]:
        return [one for one in self.people if one.in_top and not one.was_in_top]

    @property
    def left(self) -> list[Placed]:
        return [one for one in self.people if one.was_in_top and not one.in_top]

    @property
    def nearest(self) -> Reach | None:
        return min(self.reaches, key=lambda reach: reach.nearest, default=None)

    @property
    def is_firm(self) -> bool:
        return self.nearest is None or self.nearest.nearest >= FIRM


def visible_scores(role: Role, user: User) -> list[Score]:
    """Whom the user may compare and who is still considered, the best first; their run, which is large, is not loaded."""
    scores = Score.objects.visible_to(user).filter(role=role, application__role=role)
    scores = scores.exclude(application__stage__kind__in=ENDED)
    whole = scores.select_related("application__candidate", "application__role")
    return list(whole.order_by("-rankable", "-score", "application")[:SHOWN_AT_MOST])


def try_weights(
    *, role: Role, user: User, scores: Sequence[Score], weights: Mapping[str, float], bar: float | None
) -> Sensitivity | None:
    """`weights`: of each dimension's key. None when there is nothing to compute from: no scores, scores by another
    version's dimensions, or a closed role whose run has been let go.
    """
    kept = ScoringRun.objects.filter(input__isnull=False).defer("input", "statistics")  # which are large
    run = kept.filter(pk=scores[0].run_id).first() if scores else None
    if run is None:
        return None
    names = {item["key"]: item["name"] for item in scores[0].dimensions}
    if set(names) != set(weights):
        return None
    tried = [weights[key] for key in names]
    panel = _weighed(run, tried, {role.pk: bar} if bar is not None else {})
    places = {subject: place for place, subject in enumerate(panel.candidates)}
    rows = [_Row(score, name_for(user, score.application), places[score.subject]) for score in scores]
    ranked = [row for row in rows if panel.rankable[row.place] and not row.score.below_floor]
    parts = [[row for row in ranked if row.score.component == one] for one in _components(ranked)]
    shares = (np.asarray(tried) / sum(tried)).tolist()
    return Sensitivity(
        shares=dict(zip(names, shares, strict=True)),
        groups=[_placed(panel, part, role.openings) for part in parts],
        below_floor=_apart(panel, (row for row in rows if panel.rankable[row.place] and row.score.below_floor)),
        lost=_apart(panel, (row for row in rows if row.score.rankable and not panel.rankable[row.place])),
        over_bar=sum(panel.p_bar[row.place] >= 0.5 for row in ranked),  # noqa: PLR2004  # more likely than not
        was_over_bar=sum((row.score.p_bar or 0) >= 0.5 for row in ranked),  # noqa: PLR2004  # the same
        top=role.openings,
        reaches=_reaches(run, parts[0], shares, role) if parts else [],
    )


@dataclass(frozen=True)
class _Row:
    score: Score
    name: str
    place: int


def _weighed(run: ScoringRun, weights: Sequence[float], bars: dict[int, float] | None = None) -> PanelScores:
    scale = kept_scale(run)
    tried = replace(scale, weights=[max(weight, NO_WEIGHT) for weight in weights], bar=bars or scale.bar)
    return repeat_run(run, scale=tried, sheets=sheets_again(run))


def _components(rows: Iterable[_Row]) -> list[int]:
    return sorted({row.score.component for row in rows})


def _placed(panel: PanelScores, rows: Sequence[_Row], top: int) -> list[Placed]:
    """Places are counted among those the reader sees, so that nobody hidden leaves a gap."""
    now = sorted(rows, key=lambda row: (-panel.score[row.place], row.score.pk))
    before = {row: place for place, row in enumerate(sorted(rows, key=_as_compared), start=1)}
    return [_one(panel, row, before=before[row], after=after, top=top) for after, row in enumerate(now, start=1)]


def _as_compared(row: _Row) -> tuple[bool, float, int]:
    return not row.score.rankable, -row.score.score, row.score.pk


def _apart(panel: PanelScores, rows: Iterable[_Row]) -> list[Placed]:
    return [_one(panel, row, before=0, after=0, top=-1) for row in rows]


def _one(panel: PanelScores, row: _Row, *, before: int, after: int, top: int) -> Placed:
    place = row.place
    p_bar = float(panel.p_bar[place])
    return Placed(
        score=row.score,
        name=row.name,
        before=before,
        after=after,
        figure=float(panel.score[place]),
        lower=float(panel.lower[place]),
        upper=float(panel.upper[place]),
        p_bar=None if np.isnan(p_bar) else p_bar,
        in_top=after <= top,
        was_in_top=before <= top,
    )


def _reaches(run: ScoringRun, rows: Sequence[_Row], shares: Sequence[float], role: Role) -> list[Reach]:
    """How far each share may move, the others keeping their proportions, while the same people are the best.

    A score is linear in the weights where scorecards are whole, and nearly so where they are not.
    """
    top = min(role.openings, len(rows) - 1)
    if top < 1 or role.rubric_version is None:
        return []
    parts = _by_dimension(run)[[row.place for row in rows]]
    weights = np.asarray(shares)
    now = parts @ weights
    order = np.argsort(-now, kind="stable")
    names = [item["name"] for item in rows[0].score.dimensions]
    return [
        _reach(names[column], float(weights[column]), now, _slope(parts, weights, column), (order, top), rows)
        for column in range(len(weights))
    ]


def _by_dimension(run: ScoringRun) -> Any:
    """What each candidate would score if one dimension were everything: (n_candidates, n_dimensions)."""
    key = f"by-dimension:{run.pk}"
    found = cache.get(key)
    if found is None:
        count = len(run.weights)
        found = np.column_stack([_weighed(run, np.eye(count)[column].tolist()).score for column in range(count)])
        cache.set(key, found, KEPT_SECONDS)
    return np.asarray(found)


def _slope(parts: Any, weights: Any, column: int) -> Any:
    """How each score changes while a dimension's share grows at the others' cost."""
    rest = 1 - weights[column]
    others = np.where(np.arange(len(weights)) == column, 0.0, weights)
    shrunk = parts @ others / rest if rest > NO_WEIGHT else parts.mean(axis=1)
    return parts[:, column] - shrunk


def _reach(name: str, share: float, now: Any, slope: Any, best: tuple[Any, int], rows: Sequence[_Row]) -> Reach:
    order, top = best
    inside, outside = order[:top], order[top:]
    gap = now[inside][:, None] - now[outside]
    closing = slope[outside] - slope[inside][:, None]
    found: list[tuple[float | None, str]] = []
    for direction, most in ((-1, share), (1, 1 - share)):
        speed = direction * closing
        distance = np.divide(gap, speed, out=np.full(gap.shape, np.inf), where=speed > 0)
        first, second = np.unravel_index(int(distance.argmin()), distance.shape)
        near = float(distance[first, second])
        who = f"{rows[outside[second]].name} in place of {rows[inside[first]].name}"
        found.append((near, who) if near <= most else (None, ""))
    (down, who_down), (up, who_up) = found
    return Reach(name=name, share=share, down=down, up=up, who_down=who_down, who_up=who_up)
