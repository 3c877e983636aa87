"""What the study plants: abilities and leniencies, the levels they lead to, and the score to be found.

A latent level is μ_d + θ_i + δ_id + b_j, candidate i on dimension d in the eyes of rater j; what is written down adds the
halo φ of the scorecard and the noise ε of each level, is rounded, and clipped to 1-5. The standard deviations give a
score a spread of .6 between candidates and, at a leniency of .5, one interviewer's rating a reliability of .44, which is
what was found for structured interviews (Huffcutt 2013).

The universe score is what all raters of the pool would give on average if each of them could interview the candidate
again and again: the mean over raters of the *expected level as written down*, rounded and clipped, for that is the only
score a rater can give. Halo and noise belong to one interview and average out; leniencies of the pool do not.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from candidates.scoring.values import FloatArray, IntArray

LOWEST, HIGHEST = 1, 5
WEIGHTS = np.array([1.0, 1.0, 1.0, 1.0, 0.5])
SHARE = WEIGHTS / WEIGHTS.sum()
DIMENSIONS = ("ownership", "architecture", "observability", "communication", "mentoring")
OWNERSHIP, ARCHITECTURE, OBSERVABILITY, COMMUNICATION, MENTORING = range(5)
MEANS = np.array([3.0, 2.8, 3.0, 3.3, 2.9])
ABILITY_SD, PROFILE_SD, HALO_SD, NOISE_SD = 0.55, 0.5, 0.35, 0.6
NOISE = float(np.hypot(HALO_SD, NOISE_SD))
"""What stands between a latent level and the unrounded one of one interview."""


@dataclass(frozen=True, eq=False)
class Truth:
    """`profile`: (n_candidates, n_dimensions) latent levels for a rater of no leniency; `leniency`: (n_raters,)."""

    profile: FloatArray
    leniency: FloatArray

    @property
    def ability(self) -> FloatArray:
        """The latent score, (n_candidates,)."""
        return np.asarray(self.profile @ SHARE)


def draw_truth(generator: np.random.Generator, *, candidates: int, raters: int, leniency_sd: float) -> Truth:
    ability = generator.normal(0, ABILITY_SD, (candidates, 1))
    profile = generator.normal(0, PROFILE_SD, (candidates, len(WEIGHTS)))
    return Truth(MEANS + ability + profile, generator.normal(0, leniency_sd, raters))


def expected_level(latent: FloatArray) -> FloatArray:
    """The mean of the levels written down at a latent level: a level for each threshold k + ½ that is passed."""
    thresholds = np.arange(LOWEST, HIGHEST) + 0.5
    return np.asarray(LOWEST + sum(ndtr((latent - threshold) / NOISE) for threshold in thresholds))


GRID = np.linspace(LOWEST - 6 * NOISE, HIGHEST + 6 * NOISE, 4001)
EXPECTED = expected_level(GRID)
"""A table to look levels up in, exact to 1e-6: the study asks for hundreds of millions of them."""


def universe_levels(truth: Truth) -> FloatArray:
    """(n_candidates, n_dimensions), the mean over the pool's raters; its weighted mean is the universe score."""
    return np.asarray(np.mean([np.interp(truth.profile + one, GRID, EXPECTED) for one in truth.leniency], axis=0))


def written_levels(generator: np.random.Generator, latent: FloatArray) -> FloatArray:
    """Levels of scorecards, one a row, from their latent levels (n_forms, n_dimensions)."""
    halo = generator.normal(0, HALO_SD, (len(latent), 1))
    heard = latent + halo + generator.normal(0, NOISE_SD, latent.shape)
    return np.clip(np.rint(heard), LOWEST, HIGHEST)


def rater_of_each(raters: IntArray) -> tuple[IntArray, IntArray]:
    """(n_candidates, per_candidate) raters as one row a scorecard: candidate and rater, (n_forms,)."""
    return np.repeat(np.arange(len(raters)), raters.shape[1]), raters.ravel()
