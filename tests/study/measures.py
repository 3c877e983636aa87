"""One replication: plant a truth, let it be rated, and hold what comes out against it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from candidates.scoring import (
    METHODS,
    PanelScores,
    Ranking,
    RatingSheet,
    Variances,
    check_assignment,
    rank,
    score_panel,
)
from candidates.scoring.values import BoolArray, FloatArray, IntArray
from tests.study.designs import BAR, SCALE, Cell, interview, read_samples
from tests.study.truth import SHARE, draw_truth, universe_levels

RAW = "raw"
BINS = 10
DRAWS = {60: 800, 400: 400}
"""Draws of the joint posterior, by candidates. The program takes 2,000, with which intervals of ranks covered .003 more

than with 800 at 60 candidates, and .005 more than with 400 at 400: the shortest of fewer draws is a little too short."""
UNUSED = [Variances(0.6, 0.3, 0.6)] * len(SHARE)


@dataclass(frozen=True, eq=False)
class Replication:
    """`figures`: one number each, to be averaged; `sums`: tables to be added up."""

    figures: dict[str, float]
    sums: dict[str, FloatArray]


def measure(cell: Cell, *, number: int, seed: int, methods: Sequence[str] = tuple(METHODS)) -> Replication:
    """The same cell, number and seed give the same figures, whatever else is run, and in whatever order."""
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*cell.key, number)))
    truth = draw_truth(generator, candidates=cell.candidates, raters=cell.raters, leniency_sd=cell.leniency_sd)
    sheet = interview(generator, cell, truth)
    samples = read_samples(generator, truth) if cell.samples else None
    levels = universe_levels(truth)
    target = levels @ SHARE
    centred = levels - levels.mean(axis=0)
    draws_seed = int(generator.integers(2**32))
    figures: dict[str, float] = {}
    sums: dict[str, FloatArray] = {"levels": centred.T @ centred}
    for method in methods:
        panel = _score(method, sheet, samples)
        if not figures:
            figures |= _distance(RAW, panel.raw_mean, target, cell.k)
            sums[f"{RAW} weights"] = centred.T @ panel.raw_mean
            figures["suspected"] = _is_suspected(panel, sheet, samples)
        figures |= _distance(method, panel.score, target, cell.k)
        figures |= _intervals(method, panel, target)
        sums[f"{method} weights"] = centred.T @ panel.score
        sums[f"{method} bar"] = calibration(panel.p_bar, target >= BAR)
        figures[f"{method} brier bar"] = brier(panel.p_bar, target >= BAR)
        _add_ranks(figures, sums, method, _rank_all(panel, cell.k, draws_seed), target, cell.k)
    return Replication(figures, sums)


def _score(method: str, sheet: RatingSheet, samples: RatingSheet | None) -> PanelScores:
    # In panel-1 each dimension is a fit of its own, of which the score knows nothing: it need not be repeated here.
    held = UNUSED if method == "panel-1" else None
    return score_panel(sheet, SCALE, method=method, samples=samples, dimension_variances=held)


def _rank_all(panel: PanelScores, k: int, seed: int) -> Ranking:
    """Rank everybody, those too whom a screen would not rank: the study is about the figures behind it."""
    everybody = np.ones(len(panel.candidates), dtype=bool)
    whole = replace(panel, rankable=everybody, component=np.zeros(len(everybody), dtype=np.intp))
    return rank(whole, panel.roles[0], k=k, draws=DRAWS[len(everybody)], seed=seed)


def _is_suspected(panel: PanelScores, sheet: RatingSheet, samples: RatingSheet | None) -> float:
    """1 or 0; not asked where samples tell leniency apart anyway."""
    check = None if samples is not None else check_assignment(panel, sheet, SCALE)
    return float(check is not None and check.is_related)


def ranks_of(values: FloatArray) -> IntArray:
    """1 for the largest; equals keep their order."""
    ranks = np.empty(len(values), dtype=np.intp)
    ranks[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return ranks


def _distance(name: str, estimate: FloatArray, target: FloatArray, k: int) -> dict[str, float]:
    found = (ranks_of(estimate) <= k) & (ranks_of(target) <= k)
    return {f"{name} recall": float(found.sum() / k), f"{name} square": float(np.mean((estimate - target) ** 2))}


def _intervals(name: str, panel: PanelScores, target: FloatArray) -> dict[str, float]:
    return {
        f"{name} covered": float(np.mean((panel.lower <= target) & (target <= panel.upper))),
        f"{name} width": float(np.mean(panel.upper - panel.lower)),
    }


def _add_ranks(
    figures: dict[str, float],
    sums: dict[str, FloatArray],
    name: str,
    ranking: Ranking,
    target: FloatArray,
    k: int,
) -> None:
    """Candidates are numbered from 0 in the sheet, so a ranking's order is their numbers."""
    true = ranks_of(target)[np.array(ranking.order, dtype=np.intp)]
    held = (ranking.rank_lower <= true) & (true <= ranking.rank_upper)
    figures[f"{name} ranked"] = float(held.mean())
    figures[f"{name} rank width"] = float(np.mean(ranking.rank_upper - ranking.rank_lower + 1) / len(true))
    figures[f"{name} brier top"] = brier(ranking.p_top_k, true <= k)
    sums[f"{name} top"] = calibration(ranking.p_top_k, true <= k)


def calibration(chance: FloatArray, happened: BoolArray) -> FloatArray:
    """(BINS, 3): of the predictions in each tenth how many, their sum, and how often it happened."""
    tenth = np.minimum((chance * BINS).astype(np.intp), BINS - 1)
    columns = (np.ones(len(chance)), chance, happened.astype(np.float64))
    return np.stack([np.bincount(tenth, weights=column, minlength=BINS) for column in columns], axis=1)


def brier(chance: FloatArray, happened: BoolArray) -> float:
    """Brier (1950): the mean squared distance of a probability from what happened."""
    return float(np.mean((chance - happened) ** 2))
