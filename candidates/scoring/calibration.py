"""How an interviewer's levels of calibration samples lie to the reference: their own lean, with its uncertainty."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from candidates.scoring.values import Floats

FEWEST = 3
"""Samples below which nothing is said."""
PRIOR_SD, PRIOR_WEIGHT = 0.5, 4
"""What two people who agree on a sample still differ by, in levels, and how many samples that is worth as knowledge."""


@dataclass(frozen=True)
class Lean:
    """In levels; above zero is lenient. `lower`, `upper`: the 90 % interval; `off`: the mean distance, either way."""

    n: int
    mean: float
    lower: float
    upper: float
    off: float

    @property
    def is_lenient(self) -> bool:
        return self.lower > 0

    @property
    def is_strict(self) -> bool:
        return self.upper < 0


def lean_of(differences: Floats) -> Lean | None:
    """`differences`: (n_samples,), each sample's mean of level minus reference; None below three samples.

    Student's interval for a mean whose variance has a scaled inverse-χ² prior (Gelman et al. 2013, § 3.3), so that a
    few equal differences are not taken for certainty.
    """
    values = np.asarray(differences, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"differences: number {int(np.flatnonzero(~np.isfinite(values))[0])} is not finite")
    if len(values) < FEWEST:
        return None
    mean = float(values.mean())
    freedom = PRIOR_WEIGHT + len(values) - 1
    variance = (PRIOR_WEIGHT * PRIOR_SD**2 + float(((values - mean) ** 2).sum())) / freedom
    half = float(stdtrit(freedom, 0.95)) * (variance / len(values)) ** 0.5
    return Lean(n=len(values), mean=mean, lower=mean - half, upper=mean + half, off=float(np.abs(values).mean()))
