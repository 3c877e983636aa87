"""What many scorecards say about those who rate, about questions, and about how far the scores can be relied on."""

from collections.abc import Hashable
from dataclasses import dataclass
from math import atanh, nan, sqrt, tanh

import numpy as np

from candidates.scoring.panel import PanelScores
from candidates.scoring.panel_1 import Z_90
from candidates.scoring.pool import numbered, total_by
from candidates.scoring.reliability import halo, intraclass_correlations, krippendorff_alpha
from candidates.scoring.values import FloatArray, Floats, Ids, IntArray, RatingSheet, Scale

FEWEST = 4
"""Pairs below which a correlation has no interval."""
COMPARABLE = 0.8
"""How much of the weights a scorecard covers whose mean may stand beside another's."""


@dataclass(frozen=True)
class Association:
    """A correlation `r` over `n` candidates with its 90 % interval."""

    n: int
    r: float
    lower: float
    upper: float


def item_rest(item: Floats, rest: Floats, units: Ids) -> Association | None:
    """How far an item goes with everything else known about the same unit: the corrected item-rest correlation.

    `item`, `rest`: (n,), a pair with a NaN is left out; `units`: (n,) whom a pair is about. Pairs of one unit are
    averaged, so that n counts candidates. The item must be no part of the rest (Henrysson 1963, Psychometrika 28;
    Nunnally & Bernstein 1994, ch. 8); from .3 an item discriminates well, below .2 poorly (Ebel & Frisbie 1991). Interval
    by Fisher's z. None below four units or where nothing varies. ValueError when the lengths differ.
    """
    one, two = np.asarray(item, dtype=np.float64), np.asarray(rest, dtype=np.float64)
    if not len(one) == len(two) == len(units):
        raise ValueError(f"item has {len(one)} values, rest {len(two)} and units {len(units)}; they belong together")
    known = ~np.isnan(one) & ~np.isnan(two)
    _, unit = numbered([name for name, both in zip(units, known.tolist(), strict=True) if both])
    n = int(unit.max(initial=-1)) + 1
    if n < FEWEST:
        return None
    size = total_by(unit, np.ones(len(unit)), n)
    x, y = total_by(unit, one[known], n) / size, total_by(unit, two[known], n) / size
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    z, half = atanh(min(max(r, -1 + 1e-12), 1 - 1e-12)), Z_90 / sqrt(n - 3)
    return Association(n=n, r=r, lower=tanh(z - half), upper=tanh(z + half))


@dataclass(frozen=True)
class RaterHabits:
    """`spread`: standard deviation of the levels given over that of everybody's on the same dimensions, 1 as usual.
    `halo`: see `reliability.halo`. Both NaN where nothing varies. `agreement`: of their means with those of the
    other raters of the same candidates, leniency out; None where there is too little.
    """

    rater: Hashable
    n_scorecards: int
    n_candidates: int
    spread: float
    halo: float
    agreement: Association | None


def rater_habits(panel: PanelScores, sheet: RatingSheet, scale: Scale) -> list[RaterHabits]:
    """Of everybody who rated a candidate, in the panel's order. `sheet`, `scale`: what the panel was computed from."""
    rows = _Rows.of(panel, sheet, scale)
    others = rows.others()
    centred = np.where(np.isnan(sheet.ratings), np.nan, sheet.ratings - panel.pool_means)
    usual = np.sqrt(np.nanmean(centred**2)) if np.isfinite(centred).any() else nan
    found = []
    for place, rater in enumerate(panel.raters):
        own = np.flatnonzero(rows.rater == place)
        if not len(own):
            continue
        units = [sheet.candidates[row] for row in own.tolist()]
        levels = sheet.ratings[own]
        found.append(
            RaterHabits(
                rater=rater,
                n_scorecards=len(own),
                n_candidates=len(set(units)),
                spread=_spread(levels, usual),
                halo=halo(levels),
                agreement=item_rest(rows.corrected[own], others[own], units),
            )
        )
    return found


def _spread(levels: FloatArray, usual: float) -> float:
    """Around their own mean of each dimension, so that leniency is not taken for spread."""
    counts = (~np.isnan(levels)).sum(axis=0)
    used = levels[:, counts > 1]
    freedom = int((counts[counts > 1] - 1).sum())
    if freedom < 1 or not usual > 0:
        return nan
    squares = float(np.nansum((used - np.nanmean(used, axis=0)) ** 2))
    return sqrt(squares / freedom) / usual


@dataclass(frozen=True, eq=False)
class _Rows:
    """Scorecards: `unit`, `rater` (n_rows,) as numbers; `corrected`: weighted distance from the dimensions' means, leniency
    out, NaN where nothing was assessed.
    """

    unit: IntArray
    rater: IntArray
    corrected: FloatArray

    @classmethod
    def of(cls, panel: PanelScores, sheet: RatingSheet, scale: Scale) -> "_Rows":
        _, unit = numbered(sheet.candidates)
        place = {rater: number for number, rater in enumerate(panel.raters)}
        rater = np.fromiter((place[name] for name in sheet.raters), dtype=np.intp, count=len(sheet.raters))
        assessed = ~np.isnan(sheet.ratings)
        weight = assessed @ scale.share
        centred = np.where(assessed, sheet.ratings - panel.pool_means, 0.0) @ scale.share
        mean = np.divide(centred, weight, out=np.full(len(weight), np.nan), where=weight > 0)
        return cls(unit=unit, rater=rater, corrected=mean - panel.leniency[rater])

    def others(self) -> FloatArray:
        """What the other raters of the same candidate found on average; NaN where there are none."""
        n_units, n_raters = int(self.unit.max(initial=-1)) + 1, int(self.rater.max(initial=-1)) + 1
        known = ~np.isnan(self.corrected)
        value = np.where(known, self.corrected, 0.0)
        _, pair = np.unique(self.unit * max(n_raters, 1) + self.rater, return_inverse=True)
        n_pairs = int(pair.max(initial=-1)) + 1
        whole = total_by(self.unit, value, n_units)[self.unit] - total_by(pair, value, n_pairs)[pair]
        count = total_by(self.unit, known, n_units)[self.unit] - total_by(pair, known, n_pairs)[pair]
        return np.asarray(np.divide(whole, count, out=np.full(len(whole), np.nan), where=count > 0))


def question_discrimination(
    panel: PanelScores, sheet: RatingSheet, scale: Scale, items: FloatArray
) -> list[Association | None]:
    """Does what is heard in answer to a question go with what the *other* interviewers find of the same person?

    `items`: (n_forms, n_questions), what each scorecard heard for each question, such as strong less weak signals; NaN
    where it was not asked. The rest is what other raters gave, leniency out, so that neither halo nor one's own levels
    make a question look better than it is: see `item_rest`.
    """
    others = _Rows.of(panel, sheet, scale).others()
    return [item_rest(column, others, sheet.candidates) for column in np.asarray(items, dtype=np.float64).T]


@dataclass(frozen=True)
class Agreement:
    """`alphas`: (n_dimensions,) ordinal; `alpha`: of the weighted means, interval. `icc_1_1`, `icc_1_k`: of the first two
    comparable scorecards of each of `n` candidates. NaN where there is nothing to compare.
    """

    n: int
    alpha: float
    alphas: tuple[float, ...]
    icc_1_1: float
    icc_1_k: float


def agreement(sheet: RatingSheet, scale: Scale) -> Agreement:
    """How far interviewers agree before anything is corrected. Krippendorff (2019); Shrout & Fleiss (1979)."""
    _, unit = numbered(sheet.candidates)
    assessed = ~np.isnan(sheet.ratings)
    weight = assessed @ scale.share
    levels = np.where(assessed, sheet.ratings, 0.0) @ scale.share
    means = np.divide(levels, weight, out=np.full(len(weight), np.nan), where=weight >= COMPARABLE - 1e-9)
    table = _by_unit(unit, means)
    twice = table[:2, (~np.isnan(table)).sum(axis=0) > 1].T
    icc = intraclass_correlations(twice) if len(twice) > 1 else None
    return Agreement(
        n=len(twice),
        alpha=krippendorff_alpha(table, level="interval"),
        alphas=tuple(krippendorff_alpha(_by_unit(unit, column), level="ordinal") for column in sheet.ratings.T),
        icc_1_1=icc.icc_1_1 if icc else nan,
        icc_1_k=icc.icc_1_k if icc else nan,
    )


def _by_unit(unit: IntArray, values: FloatArray) -> FloatArray:
    """(n_most, n_units): each unit's values in the order of the rows, then NaN; who gave them does not matter here."""
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(unit[known], kind="stable")]
    sorted_units = unit[order]
    first = np.searchsorted(sorted_units, sorted_units)
    slot = np.arange(len(order)) - first
    table = np.full((max(int(slot.max(initial=-1)) + 1, 2), int(unit.max(initial=-1)) + 1), np.nan)
    table[slot, sorted_units] = values[order]
    return table
