"""Whether interviewers met candidates of different ability, so that leniency cannot be told apart from it."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import fdtrc

from candidates.scoring.panel import PanelScores
from candidates.scoring.panel_1 import composite
from candidates.scoring.panel_2 import MOST_RATERS
from candidates.scoring.pool import Pool, build_pool, numbered, total_by
from candidates.scoring.values import FloatArray, IntArray, RatingSheet, Scale

CHANCE = 0.05
"""How often interviewers who met candidates at random are taken for ones who did not."""
NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class AssignmentCheck:
    """`met`: (n_raters,) by how many levels each rater's candidates were above the average of their role, leniency out.

    `p_value`: how often candidates given out at random would differ as much between raters.
    """

    raters: tuple[Hashable, ...]
    met: FloatArray
    p_value: float

    @property
    def is_related(self) -> bool:
        return self.p_value < CHANCE


def check_assignment(
    panel: PanelScores, sheet: RatingSheet, scale: Scale, samples: RatingSheet | None = None
) -> AssignmentCheck | None:
    """Test whether who met whom is unrelated to ability; `sheet`, `scale`, `samples`: what the panel was computed from.

    Leniencies come from comparisons within candidates and samples alone, which no assignment can bias; each candidate's
    mean is corrected by them, and the corrected means' sum over each rater's candidates is compared with chance. Two
    estimates that agree only under random assignment: Hausman (1978), Econometrica 46; as a score test for a
    variance between raters, the mixture of χ² by Satterthwaite (1946). None when there is too little to compare.
    """
    pool = build_pool(sheet, scale, samples)
    if not 1 < len(pool.raters) <= MOST_RATERS:
        return None
    outcome, precision = composite(pool, scale, panel.pool_means)
    within = _compare_within(pool, outcome, precision)
    if within is None:
        return None
    _, group = numbered([*zip(panel.roles, panel.component, strict=True)])
    rated = np.asarray(within.shares.sum(axis=1)) > 0
    return _against_chance(pool, within.means[rated], within.shares[rated], group[rated], within.covariance)


def _against_chance(
    pool: Pool, means: FloatArray, shares: sparse.csr_array, group: IntArray, covariance: FloatArray
) -> AssignmentCheck | None:
    """`group`: (n_candidates,) whose means may be compared: the same role, raters linked to each other."""
    size = np.maximum(total_by(group, np.ones(len(group)), int(group.max(initial=0)) + 1), 1)
    means = means - (total_by(group, means, len(size)) / size)[group]
    members = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(len(size), len(group)))
    centres = (members @ shares).toarray() / size[:, None]
    spread = (shares.T @ shares).toarray() - centres.T @ (size[:, None] * centres)
    sums, weight = np.asarray(shares.T @ means), np.asarray(shares.sum(axis=0))
    values, vectors = np.linalg.eigh(spread)
    seen = values > NOTHING * max(1.0, values[-1])
    freedom = int(len(means) - np.count_nonzero(np.bincount(group)) - seen.sum())
    if freedom < 1 or not seen.any():
        return None
    explained = float(((vectors[:, seen].T @ sums) ** 2 / values[seen]).sum())
    own = max(float(means @ means) - explained, NOTHING) / freedom
    chance = own * spread + spread @ covariance @ spread
    expected = float(np.trace(chance))
    p_value = fdtrc(expected**2 / float((chance**2).sum()), freedom, sums @ sums / expected)
    met = np.divide(sums, weight, out=np.zeros(len(sums)), where=weight > 0)
    return AssignmentCheck(raters=pool.raters, met=met, p_value=float(p_value))


@dataclass(frozen=True, eq=False)
class _Within:
    """`means`: (n_candidates,) corrected; `shares`: (n_candidates, n_raters) of each rater in them; `covariance` of b."""

    means: FloatArray
    shares: sparse.csr_array
    covariance: FloatArray


def _compare_within(pool: Pool, outcome: FloatArray, precision: FloatArray) -> _Within | None:
    """Leniencies with candidates and samples held fixed; None when no two scorecards of one are left to compare."""
    n_candidates, n_raters = len(pool.candidates), len(pool.raters)
    weights = sparse.csr_array((precision, (pool.unit, pool.rater)), shape=(pool.n_units, n_raters))
    information = total_by(pool.unit, precision, pool.n_units)
    known = np.maximum(information, NOTHING)
    shares = sparse.csr_array(sparse.diags_array(1 / known) @ weights)
    means = total_by(pool.unit, precision * outcome, pool.n_units) / known
    matrix = np.diag(np.asarray(weights.sum(axis=0))) - (weights.T @ shares).toarray()
    inverse = np.linalg.pinv(matrix, rcond=NOTHING, hermitian=True)
    leniency = inverse @ (total_by(pool.rater, precision * outcome, n_raters) - weights.T @ means)
    rank = int(np.linalg.matrix_rank(matrix, tol=NOTHING * max(1.0, float(matrix.max())), hermitian=True))
    freedom = int((precision > 0).sum() - (information > 0).sum()) - rank
    if freedom < 1:
        return None
    left = np.where(precision > 0, outcome - means[pool.unit] - leniency[pool.rater], 0.0)
    left = left + (shares @ leniency)[pool.unit]
    noise = max(float(precision @ left**2) / freedom, NOTHING)
    return _Within((means - shares @ leniency)[:n_candidates], shares[:n_candidates], noise * inverse)
