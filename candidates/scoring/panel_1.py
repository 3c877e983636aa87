"""Method panel-1: one weighted average a scorecard, one mixed model over them, and the same for each dimension alone.

The interval is for what the pool's own R raters would give on average, m + a + θ + b̄. Ratings cannot tell m from b̄: they
depend on m + b̄ and on each b - b̄ alone, so that b̄ keeps its prior's variance σb²/R, independent of everything else.
Var(m + a + θ + b̄) is therefore Henderson's Var(m + a + θ) less σb²/R, and the estimate is the same, Σ b being 0.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse

from candidates.scoring.design import Design, build_design, build_response
from candidates.scoring.fitting import MEDIANS, SMALLEST, Effects, Solution, fit, level_effects, solve
from candidates.scoring.pool import Pool, total_by
from candidates.scoring.values import BoolArray, FloatArray, Floats, Scale, Variances

Z_90 = 1.6449
"""Half the width of a 90 % interval, in standard deviations."""
RHO = 0.5
"""The part of a scorecard's error that rating fewer dimensions does not make larger."""


class Profiles(Protocol):
    """Each candidate's dimensions together."""

    def covariance(self, place: int) -> FloatArray:
        """Of one candidate's dimension scores, in levels: (d, d)."""


@dataclass(frozen=True, eq=False)
class Joint:
    """The joint posterior of the candidates' scores: score = … + rows β + own, in levels.

    `factor`: lower Cholesky factor of S; `spread`: in levels, what scales S⁻¹ and `effects.own`, squared. `profiles`: of a
    method that fits all dimensions at once. `common`: the variance
    σb²/R all scores share because these R raters' mean leniency is unknown; it moves everybody alike, and is part of what
    all of them would give, so it is in these draws but not in the scores' own intervals.
    """

    effects: Effects
    factor: FloatArray
    spread: float
    common: float
    profiles: Profiles | None = None


@dataclass(frozen=True, eq=False)
class Estimates:
    """One mixed model's answer, in levels. `averages`: (n_roles,) what an average candidate of each role scores.

    `evidence`: (n_candidates,) the share of the distance from that average which a candidate's own evidence decides.
    """

    score: FloatArray
    sd: FloatArray
    leniency: FloatArray
    leniency_sd: FloatArray
    averages: FloatArray
    evidence: FloatArray
    variances: Variances
    joint: Joint | None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a method hands back: the score's estimates, each dimension's, the model's standard deviations, the
    dimensions' means over the pool, and by how much each candidate's peers are above the average, in levels.
    """

    overall: Estimates
    dimensions: tuple[Estimates, ...]
    variances: Variances
    means: FloatArray
    peers: FloatArray


@dataclass(frozen=True, eq=False)
class Assumptions:
    """What is held fixed rather than estimated; None is estimated."""

    variances: Variances | None
    dimension_variances: tuple[Variances, ...] | None
    means: Floats | None
    priors: bool


def estimate(pool: Pool, scale: Scale, given: Assumptions) -> Outcome:
    means = pool_means(pool, scale) if given.means is None else np.asarray(given.means, dtype=np.float64)
    assessed = ~np.isnan(pool.ratings)
    designs: dict[bytes, Design] = {}
    outcome, precision = composite(pool, scale, means)
    level = float(scale.share @ means)
    overall = _fit_one(pool, scale, designs, precision, outcome, level, given.variances, priors=given.priors)
    dimensions = []
    for column, mean in enumerate(means):
        fixed = None if given.dimension_variances is None else given.dimension_variances[column]
        alone = pool.ratings[:, column] - mean
        used = assessed[:, column].astype(np.float64)
        if len(means) == 1 and fixed is None:
            dimensions.append(overall)
            continue
        dimensions.append(_fit_one(pool, scale, designs, used, alone, float(mean), fixed, priors=given.priors))
    return Outcome(overall, tuple(dimensions), overall.variances, means, peers=np.zeros(len(pool.candidates)))


def pool_means(pool: Pool, scale: Scale) -> FloatArray:
    """μ_d: the mean level on each dimension over all candidates' scorecards; one nobody assessed takes the others' average."""
    assessed = ~np.isnan(pool.forms)
    counts = assessed.sum(axis=0)
    sums = np.where(assessed, pool.forms, 0.0).sum(axis=0)
    known = counts > 0
    if not known.any():
        return np.full(len(counts), (scale.lowest + scale.highest) / 2)
    means = np.divide(sums, counts, out=np.zeros(len(counts)), where=known)
    others = float(scale.share[known] @ means[known] / scale.share[known].sum())
    return np.where(known, means, others)


def composite(pool: Pool, scale: Scale, means: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Outcome z and precision 1/g of each row (steps 1 and 2 of the method); 1/g is 0 where a scorecard assesses nothing."""
    assessed = ~np.isnan(pool.ratings)
    weight = assessed @ scale.share
    centred = np.where(assessed, pool.ratings - means, 0.0) @ scale.share
    outcome = np.divide(centred, weight, out=np.zeros(len(weight)), where=weight > 0)
    return outcome, precision_of(assessed, scale.share)


def precision_of(assessed: BoolArray, share: FloatArray) -> FloatArray:
    """1/g of scorecards by what they assess, (n_rows, n_dimensions): partial ones weigh less."""
    weight = assessed @ share
    any_assessed = weight > 0
    # n_full / n: how many equally weighted dimensions a full scorecard is worth, over this one's.
    fewer = np.divide(assessed @ share**2, weight**2 * (share @ share), out=np.ones(len(weight)), where=any_assessed)
    precision = np.where(any_assessed, 1 / (RHO + (1 - RHO) * fewer), 0.0)
    # Full scorecards are exactly 1, so that all of them share one group of the design.
    return np.where(assessed.all(axis=1), 1.0, precision)


def _fit_one(
    pool: Pool,
    scale: Scale,
    designs: dict[bytes, Design],
    precision: FloatArray,
    outcome: FloatArray,
    level: float,
    fixed: Variances | None,
    *,
    priors: bool,
) -> Estimates:
    if not (precision[: pool.n_forms] > 0).any():
        return _nothing_known(pool, scale, level, fixed)
    key = precision.tobytes()
    design = designs.get(key) or designs.setdefault(key, build_design(pool, precision))
    response = build_response(design, outcome / scale.unit)
    sds = fit(response, priors=priors) if fixed is None else _sds(fixed) / scale.unit
    solution = solve(response, sds)
    return _estimates(pool, scale, solution, level)


def _estimates(pool: Pool, scale: Scale, solution: Solution, level: float) -> Estimates:
    n_candidates, n_raters = len(pool.candidates), len(pool.raters)
    unit, inverse = scale.unit, solution.inverse()
    common = float(solution.sds[1] ** 2 / n_raters)
    raters = level_effects(solution, units=False, count=n_raters)
    own = level_effects(solution, units=True, count=n_candidates)
    role_rows = _averages(pool, solution)
    effects = Effects(own.offset, (own.rows + role_rows[pool.role_of]).tocsr(), own.own)
    information = total_by(pool.unit, solution.response.design.precision, n_candidates)
    grown = (solution.sds[0] / solution.sds[2]) ** 2 * information[:n_candidates]
    return Estimates(
        score=level + unit * effects.values(solution),
        sd=unit * np.sqrt(np.maximum(effects.sds(solution, inverse) ** 2 - common, SMALLEST**2)),
        leniency=unit * raters.values(solution),
        leniency_sd=unit * raters.sds(solution, inverse),
        averages=level + unit * (role_rows @ solution.beta),
        evidence=grown / (1 + grown),
        variances=Variances(*(float(unit * sd) for sd in solution.sds)),
        joint=Joint(effects, solution.factor, spread=float(unit * solution.sds[2]), common=unit**2 * common),
    )


def _averages(pool: Pool, solution: Solution) -> sparse.csr_array:
    """The rows that select the mean and a role's own part: (n_roles, p)."""
    design, n_roles = solution.response.design, len(pool.roles)
    numbers = np.arange(n_roles)
    row, column = numbers, np.zeros_like(numbers)
    if design.n_roles:
        row, column = np.concatenate([row, numbers]), np.concatenate([column, 1 + numbers])
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(n_roles, design.size))


def _nothing_known(pool: Pool, scale: Scale, level: float, fixed: Variances | None) -> Estimates:
    """Nobody assessed anything: everybody at one level, an interval as wide as the scale, the priors' medians."""
    n_candidates, n_raters = len(pool.candidates), len(pool.raters)
    variances = fixed or Variances(*(float(scale.unit * median) for median in MEDIANS))
    return Estimates(
        score=np.full(n_candidates, level),
        sd=np.full(n_candidates, (scale.highest - scale.lowest) / 2 / Z_90),
        leniency=np.zeros(n_raters),
        leniency_sd=np.full(n_raters, variances.rater),
        averages=np.full(len(pool.roles), level),
        evidence=np.zeros(n_candidates),
        variances=variances,
        joint=None,
    )


def _sds(variances: Variances) -> FloatArray:
    return np.array([variances.candidate, variances.rater, variances.error])
