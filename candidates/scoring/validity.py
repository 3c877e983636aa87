"""Whether the screening told the truth: its scores against what came out after the hire."""

from dataclasses import dataclass
from math import atanh, nan, sqrt, tanh

import numpy as np

from candidates.scoring.panel_1 import Z_90
from candidates.scoring.values import FloatArray, Floats, without_infinity

ENOUGH = 10


@dataclass(frozen=True)
class PredictiveValidity:
    """Correlations with their 90 % intervals; `corrected` for range restriction, NaN unless the applicants' spread is given."""

    n: int
    pearson: float
    pearson_interval: tuple[float, float]
    spearman: float
    spearman_interval: tuple[float, float]
    corrected: float
    corrected_interval: tuple[float, float]


def predictive_validity(
    screening: Floats, outcome: Floats, *, sd_applicants: float | None = None
) -> PredictiveValidity | None:
    """`screening`, `outcome`: (n,), pairs with a NaN are left out; None below 10 pairs. NaN where one of them is constant.

    `sd_applicants`: standard deviation of the screening score among all applicants, for Thorndike's (1949) case II.
    Intervals: Fisher's z, for Spearman with the variance of Bonett & Wright (2000). ValueError on unequal lengths or
    a spread that is not above 0.
    """
    one, two = without_infinity("screening", screening), without_infinity("outcome", outcome)
    if one.shape != two.shape or one.ndim != 1:
        raise ValueError(
            f"screening has shape {one.shape} and outcome {two.shape}; both are one row of the same length"
        )
    if sd_applicants is not None and not sd_applicants > 0:
        raise ValueError(f"sd_applicants is {sd_applicants}; a spread is above 0")
    both = ~np.isnan(one) & ~np.isnan(two)
    one, two = one[both], two[both]
    n = len(one)
    if n < ENOUGH:
        return None
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        return PredictiveValidity(n, nan, (nan, nan), nan, (nan, nan), nan, (nan, nan))
    pearson, spearman = _correlation(one, two), _correlation(_ranks(one), _ranks(two))
    straight = _interval(pearson, 1 / (n - 3))
    ratio = nan if sd_applicants is None else sd_applicants / float(_sd(one))
    return PredictiveValidity(
        n=n,
        pearson=pearson,
        pearson_interval=straight,
        spearman=spearman,
        spearman_interval=_interval(spearman, (1 + spearman**2 / 2) / (n - 3)),
        corrected=_unrestricted(pearson, ratio),
        corrected_interval=(_unrestricted(straight[0], ratio), _unrestricted(straight[1], ratio)),
    )


def _correlation(one: FloatArray, two: FloatArray) -> float:
    return float(np.corrcoef(one, two)[0, 1])


def _ranks(values: FloatArray) -> FloatArray:
    """Equals share the mean of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])


def _sd(values: FloatArray) -> float:
    return float(values.std(ddof=1))


def _interval(correlation: float, variance: float) -> tuple[float, float]:
    if abs(correlation) >= 1:
        return correlation, correlation
    z, half = atanh(correlation), Z_90 * sqrt(variance)
    return tanh(z - half), tanh(z + half)


def _unrestricted(correlation: float, ratio: float) -> float:
    """Thorndike's case II: selection was on the screening score itself."""
    return correlation * ratio / sqrt(1 + correlation**2 * (ratio**2 - 1))
