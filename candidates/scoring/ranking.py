"""Ranks within a role, with their uncertainty, from draws of the joint posterior."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from candidates.scoring.panel import PanelScores
from candidates.scoring.panel_1 import Z_90, Joint
from candidates.scoring.values import FloatArray, IntArray

HELD = 0.9
BLOCK = 2_000_000
"""Numbers drawn at a time, so that a large role does not take a gigabyte."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """The rankable candidates of a role, best first, one component after the other; all arrays run along `order`.

    `rank`: 1 is best, counted within the component. `p_top_k`: the probability of being among the k best of it.
    `rank_lower`, `rank_upper`: the shortest interval that holds 90 % of the rank's draws. `ties`: candidates with one
    number cannot be told apart from the first of them.
    """

    order: tuple[Hashable, ...]
    component: IntArray
    rank: IntArray
    p_top_k: FloatArray
    rank_lower: IntArray
    rank_upper: IntArray
    ties: IntArray


def rank(panel: PanelScores, role: Hashable, *, k: int, draws: int = 2000, seed: int) -> Ranking:
    """Rank a role's rankable candidates. The same seed gives the same ranking.

    `k`: how many the client has room for, ≥ 1; `draws` ≥ 1. ValueError otherwise. A role without rankable
    candidates has an empty ranking.
    """
    if k < 1 or draws < 1:
        raise ValueError(f"k is {k} and draws is {draws}; both are 1 or more")
    chosen = np.array([name == role for name in panel.roles], dtype=bool) & panel.rankable
    parts = [np.flatnonzero(chosen & (panel.component == number)) for number in np.unique(panel.component[chosen])]
    generator = np.random.default_rng(seed)
    ranked = [_rank_part(panel, part, k, draws, generator) for part in parts] or [_nobody()]
    ties_before = np.cumsum([0] + [int(part.ties.max(initial=0)) for part in ranked[:-1]])
    return Ranking(
        order=tuple(name for part in ranked for name in part.order),
        component=np.concatenate([part.component for part in ranked]),
        rank=np.concatenate([part.rank for part in ranked]),
        p_top_k=np.concatenate([part.p_top_k for part in ranked]),
        rank_lower=np.concatenate([part.rank_lower for part in ranked]),
        rank_upper=np.concatenate([part.rank_upper for part in ranked]),
        ties=np.concatenate([part.ties + before for part, before in zip(ranked, ties_before, strict=True)]),
    )


def _rank_part(panel: PanelScores, part: IntArray, k: int, draws: int, generator: np.random.Generator) -> Ranking:
    assert panel.joint is not None  # somebody is rankable, so somebody was rated
    part = part[np.argsort(-panel.score[part], kind="stable")]
    ranks = _drawn_ranks(panel.joint, panel.score[part], part, draws, generator)
    ranks.sort(axis=1)
    lower, upper = _shortest(ranks)
    return Ranking(
        order=tuple(panel.candidates[number] for number in part),
        component=panel.component[part],
        rank=np.arange(1, len(part) + 1),
        p_top_k=(ranks <= k).mean(axis=1),
        rank_lower=lower.astype(np.intp),
        rank_upper=upper.astype(np.intp),
        ties=_ties(panel, panel.joint, part),
    )


def _drawn_ranks(
    joint: Joint, score: FloatArray, part: IntArray, draws: int, generator: np.random.Generator
) -> IntArray:
    """Ranks in each draw, 1 is best: (n_part, draws)."""
    rows = joint.effects.rows[part]
    own = np.sqrt(joint.effects.own[part])[:, None]
    ranks = np.empty((draws, len(part)), dtype=np.int32)
    places = np.arange(1, len(part) + 1, dtype=np.int32)[None, :]
    step = max(1, BLOCK // (len(part) + rows.shape[1]))
    for first in range(0, draws, step):
        count = min(step, draws - first)
        free = generator.standard_normal((rows.shape[1], count))
        common = rows @ solve_triangular(joint.factor.T, free, check_finite=False)
        noise = common + own * generator.standard_normal((len(part), count))
        order = np.argsort(-(score[:, None] + joint.spread * noise).T, axis=1)
        np.put_along_axis(ranks[first : first + count], order, places, axis=1)
    return np.ascontiguousarray(ranks.T)


def _shortest(ranks: IntArray) -> tuple[IntArray, IntArray]:
    """The shortest interval with nine tenths of the sorted draws (n, draws); of equals the one nearest to equal tails.

    With 5 % cut off at both ends, intervals at the first and the last rank would hold up to 95 %: nobody ranks beyond.
    """
    draws = ranks.shape[1]
    held = int(np.ceil(HELD * draws))
    spare = draws - held
    width = ranks[:, held - 1 :] - ranks[:, : spare + 1]
    uneven = np.abs(2 * np.arange(spare + 1) - spare) / (spare + 1)
    first, row = np.argmin(width + uneven, axis=1), np.arange(len(ranks))
    return ranks[row, first], ranks[row, first + held - 1]


def _ties(panel: PanelScores, joint: Joint, part: IntArray) -> IntArray:
    """Group numbers along `part`: who is within the 90 % interval of their difference from the group's first."""
    groups = np.zeros(len(part), dtype=np.intp)
    score = panel.score[part]
    first, number = 0, 0
    while first < len(part):
        number += 1
        half = _half_widths(panel, joint, part[first], part[first:])
        apart = score[first] - score[first:] > half
        size = max(1, int(np.argmax(apart))) if apart[1:].any() else len(apart)
        groups[first : first + size] = number
        first += size
    return groups


def _half_widths(panel: PanelScores, joint: Joint, one: int, others: IntArray) -> FloatArray:
    """Half the 90 % interval of the difference between one candidate and each of others; all by their place in `panel`.

    Two who share interviewers share their errors, so the difference is known better than the two scores are.
    """
    variance = panel.sd**2
    rows = joint.effects.rows
    half = solve_triangular(joint.factor, rows[[one]].toarray()[0], lower=True)
    shared = joint.spread**2 * (rows[others] @ solve_triangular(joint.factor.T, half)) - joint.common
    return np.asarray(Z_90 * np.sqrt(np.maximum(variance[one] + variance[others] - 2 * shared, 0)))


def difference(panel: PanelScores, first: Hashable, second: Hashable) -> tuple[float, float]:
    """How much higher the first candidate's score is, and half of that difference's 90 % interval, in levels.

    KeyError when one is not in the panel.
    """
    one, two = panel.position(first), panel.position(second)
    assert panel.joint is not None  # somebody is scored, so somebody was rated
    [half] = _half_widths(panel, panel.joint, one, np.array([two]))
    return float(panel.score[one] - panel.score[two]), float(half)


def _nobody() -> Ranking:
    none = np.zeros(0, dtype=np.intp)
    return Ranking((), none, none, np.zeros(0), none, none, none)
