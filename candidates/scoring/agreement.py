"""How far two parties who judged the same people agree beyond chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from candidates.scoring.reliability import weighted_kappa
from candidates.scoring.values import FloatArray

FEWEST = 10
RESAMPLES = 2_000


@dataclass(frozen=True)
class Agreement:
    """Quadratically weighted kappa with its 90 % interval; NaN where nothing varies. `difference`: second less first."""

    people: int
    pairs: int
    kappa: float
    lower: float
    upper: float
    difference: float


def agreement(people: Sequence[Sequence[tuple[float, float]]], *, seed: int = 0) -> Agreement | None:
    """`people`: of each person the pairs of levels (first party, second party); None below ten people with a pair.

    The interval resamples people, not pairs: what is found on one person belongs together (percentile bootstrap, Efron &
    Tibshirani, 1993). The same people and seed give the same interval.
    """
    judged = [np.asarray(pairs, dtype=np.float64) for pairs in people if len(pairs)]
    if len(judged) < FEWEST:
        return None
    whole = np.concatenate(judged)
    if not np.isfinite(whole).all():
        raise ValueError("a level is a number; leave pairs out that are not whole")
    kappa = weighted_kappa(whole[:, 0], whole[:, 1], weights="quadratic")
    lower, upper = _interval(judged, seed) if np.isfinite(kappa) else (nan, nan)
    return Agreement(
        people=len(judged),
        pairs=len(whole),
        kappa=kappa,
        lower=lower,
        upper=upper,
        difference=float((whole[:, 1] - whole[:, 0]).mean()),
    )


def _interval(judged: Sequence[FloatArray], seed: int) -> tuple[float, float]:
    sums = np.array([_sums(pairs) for pairs in judged])
    drawn = np.random.default_rng(seed).integers(len(sums), size=(RESAMPLES, len(sums)))
    kappas = _kappa_of(sums[drawn].sum(axis=1))
    known = kappas[np.isfinite(kappas)]
    lower, upper = np.quantile(known, [0.05, 0.95])
    return float(lower), float(upper)


def _sums(pairs: FloatArray) -> tuple[float, ...]:
    one, two = pairs[:, 0], pairs[:, 1]
    return (float(len(pairs)), one.sum(), two.sum(), (one**2).sum(), (two**2).sum(), (one * two).sum())


def _kappa_of(sums: FloatArray) -> FloatArray:
    """Kappa with quadratic weights from sums (n, x, y, x², y², xy): 2·cov / (var x + var y + (mean x - mean y)²).

    Fleiss & Cohen (1973); with populations' variances it is the same figure as from the table of counts.
    """
    n, one, two, squares_one, squares_two, products = np.moveaxis(sums, -1, 0)
    observed = squares_one + squares_two - 2 * products
    expected = squares_one + squares_two - 2 * one * two / n
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(expected > 0, 1 - observed / expected, nan))
