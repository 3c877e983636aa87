"""How far raters agree, and what more of them would buy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from candidates.scoring.values import FloatArray, Floats, Variances, without_infinity


@dataclass(frozen=True)
class IntraclassCorrelations:
    """Named after Shrout & Fleiss: the model (1 one-way, 2 two-way random, 3 two-way mixed), then one rater or the mean of k."""

    icc_1_1: float
    icc_2_1: float
    icc_3_1: float
    icc_1_k: float
    icc_2_k: float
    icc_3_k: float


def intraclass_correlations(ratings: FloatArray) -> IntraclassCorrelations:
    """`ratings`: (n_targets, n_raters), complete, at least 2 × 2. Shrout & Fleiss (1979), Psychological Bulletin 86.

    NaN where nothing varies. ValueError when the table is too small or has a gap (row and column named).
    """
    table = _complete_table(ratings)
    n, k = table.shape
    grand = table.mean()
    between = k * ((table.mean(axis=1) - grand) ** 2).sum()
    raters = n * ((table.mean(axis=0) - grand) ** 2).sum()
    total = ((table - grand) ** 2).sum()
    bms, jms = between / (n - 1), raters / (k - 1)
    wms, ems = (total - between) / (n * (k - 1)), (total - between - raters) / ((n - 1) * (k - 1))
    return IntraclassCorrelations(
        icc_1_1=_quotient(bms - wms, bms + (k - 1) * wms),
        icc_2_1=_quotient(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        icc_3_1=_quotient(bms - ems, bms + (k - 1) * ems),
        icc_1_k=_quotient(bms - wms, bms),
        icc_2_k=_quotient(bms - ems, bms + (jms - ems) / n),
        icc_3_k=_quotient(bms - ems, bms),
    )


def _complete_table(ratings: FloatArray) -> FloatArray:
    table = np.asarray(ratings, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2:  # noqa: PLR2004  # a table of at least two by two
        raise ValueError(f"ratings: at least 2 targets and 2 raters are needed, got shape {table.shape}")
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise ValueError(f"ratings: row {row}, column {column} is {table[row, column]}; the table must be complete")
    return table


def _quotient(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def krippendorff_alpha(ratings: FloatArray, *, level: str) -> float:
    """`ratings`: (n_raters, n_units), NaN = gap. `level`: "nominal", "ordinal", "interval" or "ratio".

    1 is perfect agreement, 0 what chance gives. NaN when no unit has two ratings or all ratings are equal. ValueError
    on another level or shape, or on negative values with "ratio". Krippendorff (2019), Content Analysis, ch. 12.
    """
    if level not in DIFFERENCES:
        raise ValueError(f"level {level!r} is unknown; choose from {', '.join(DIFFERENCES)}")
    table = without_infinity("ratings", ratings)
    if table.ndim != 2:  # noqa: PLR2004  # raters by units
        raise ValueError(f"ratings: expected raters by units, got shape {table.shape}")
    if level == "ratio" and (table < 0).any():
        rater, unit = np.argwhere(table < 0)[0]
        raise ValueError(f"ratings: row {rater}, column {unit} is {table[rater, unit]}; a ratio scale has none below 0")
    values = np.unique(table[~np.isnan(table)])
    counts = (table == values[:, None, None]).sum(axis=1).astype(np.float64)
    counts = counts[:, counts.sum(axis=0) > 1]
    totals = counts.sum(axis=1)
    pairable = totals.sum()
    difference = DIFFERENCES[level](values, totals)
    expected = totals @ difference @ totals
    if expected == 0:
        return float("nan")
    # A unit with m ratings adds each of its ordered pairs with weight 1 / (m - 1); pairs of equals differ by 0.
    observed = ((difference @ counts) * counts).sum(axis=0) @ (1 / (counts.sum(axis=0) - 1))
    return float(1 - (pairable - 1) * observed / expected)


def _nominal(values: FloatArray, _totals: FloatArray) -> FloatArray:
    return np.asarray(values[:, None] != values, dtype=np.float64)


def _ordinal(_values: FloatArray, totals: FloatArray) -> FloatArray:
    middle = np.cumsum(totals) - totals / 2
    return np.asarray((middle[:, None] - middle) ** 2)


def _interval(values: FloatArray, _totals: FloatArray) -> FloatArray:
    return np.asarray((values[:, None] - values) ** 2)


def _ratio(values: FloatArray, _totals: FloatArray) -> FloatArray:
    whole = values[:, None] + values
    share = np.zeros_like(whole)
    np.divide(values[:, None] - values, whole, out=share, where=whole > 0)
    return np.asarray(share**2)


DIFFERENCES: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}


def weighted_kappa(
    first: Floats, second: Floats, *, weights: str | FloatArray, categories: Floats | None = None
) -> float:
    """Agreement of two raters beyond chance; `first`, `second`: (n,) levels, a pair with a NaN is left out.

    `weights`: "linear" or "quadratic" in the distance of the levels, or a matrix of disagreements, (c, c) over
    `categories` (by default the distinct levels in order), rows for `first`. NaN when nothing could differ.
    ValueError on other weights, lengths or levels. Cohen (1968), Psychological Bulletin 70.
    """
    one, two = without_infinity("first", first), without_infinity("second", second)
    if one.shape != two.shape or one.ndim != 1:
        raise ValueError(f"first has shape {one.shape} and second {two.shape}; both are one row of the same length")
    both = ~np.isnan(one) & ~np.isnan(two)
    found, place = np.unique(np.concatenate([one[both], two[both]]), return_inverse=True)
    values = found if categories is None else np.asarray(categories, dtype=np.float64)
    strange = np.setdiff1d(found, values)
    if len(strange):
        raise ValueError(f"level {strange[0]} is not among the categories")
    place = np.argsort(values)[np.searchsorted(np.sort(values), found)][place]
    count = int(both.sum())
    table = np.zeros((len(values), len(values)))
    np.add.at(table, (place[:count], place[count:]), 1.0)
    disagreement = _disagreement(weights, values)
    expected = table.sum(axis=1) @ disagreement @ table.sum(axis=0)
    return float(1 - count * (disagreement * table).sum() / expected) if expected > 0 else float("nan")


def _disagreement(weights: str | FloatArray, values: FloatArray) -> FloatArray:
    if isinstance(weights, str):
        powers = {"linear": 1, "quadratic": 2}
        if weights not in powers:
            raise ValueError(f"weights {weights!r} are unknown; choose linear, quadratic or a matrix")
        return np.asarray(np.abs(values[:, None] - values) ** powers[weights])
    matrix = np.asarray(weights, dtype=np.float64)
    if matrix.shape != (len(values), len(values)):
        raise ValueError(f"weights: shape {matrix.shape} for {len(values)} categories")
    return matrix


def decision_study(variances: Variances, *, raters: Sequence[int], adjusted: bool) -> FloatArray:
    """Reliability Φ of the mean of k raters, for each k of `raters`: (len(raters),), between 0 and 1.

    `variances`: of the score, `PanelScores.score_variances`; a dimension's and the halo's count as a single rating's.
    `adjusted`: scores are corrected for leniency, so that only the error is averaged out. ValueError when a k is not 1 or
    more. Brennan (2001), Generalizability Theory.
    """
    counts = np.asarray(raters, dtype=np.float64)
    wrong = ~(counts >= 1)
    if wrong.any():
        raise ValueError(f"raters: {counts[wrong][0]:g} is not 1 or more")
    wanted = variances.candidate**2 + variances.dimension**2
    noise = variances.error**2 + variances.halo**2 + (0.0 if adjusted else variances.rater**2)
    return np.asarray(wanted / (wanted + noise / counts))


def halo(ratings: FloatArray) -> float:
    """Spread of levels within a scorecard over the spread to be expected from the pool's: 1 none, towards 0 strong halo.

    `ratings`: (n_forms, n_dimensions), NaN = not assessed. The pooled variance within scorecards, each dimension's mean
    taken out, over the mean variance of the dimensions. NaN when nothing varies or no scorecard has two levels.
    ValueError names an infinite level, or a shape that is not rows and columns.
    """
    table = without_infinity("ratings", ratings)
    if table.ndim != 2:  # noqa: PLR2004  # scorecards by dimensions
        raise ValueError(f"ratings: expected scorecards by dimensions, got shape {table.shape}")
    assessed = ~np.isnan(table)
    counts = assessed.sum(axis=0)
    means = np.where(assessed, table, 0.0).sum(axis=0) / np.maximum(counts, 1)
    centred = np.where(assessed, table - means, 0.0)
    per_form = assessed.sum(axis=1)
    own = centred.sum(axis=1) / np.maximum(per_form, 1)
    within = (np.where(assessed, centred - own[:, None], 0.0) ** 2).sum()
    freedom = np.maximum(per_form - 1, 0).sum()
    pool = float((centred**2).sum() / max(int(counts.sum()) - int((counts > 0).sum()), 1))
    return float(np.sqrt(within / freedom / pool)) if freedom > 0 and pool > 0 else float("nan")
