"""Method panel-2: every rating by itself, so that interviews may divide the dimensions among them.

y = μ_d + a_role + ᾱ_candidate + θ_candidate + δ_candidate,d + b_rater + φ_scorecard + ε, and score = Σ w_d (μ_d + a + ᾱ + θ
+ δ_d) with the declared weights. ᾱ is the mean of α_j ~ N(0, σα²) over the candidate's interviewers: how able those are
whom interviewer j meets. Without it, interviewers who meet the able are taken for lenient ones. The dimensions' means μ_d are flat effects estimated with the rest, by generalised least squares: a
plain mean would take a dimension that only strict interviewers assess for a difficult one. Calibration samples have a
flat level on each dimension. With one dimension θ and δ, φ and ε are one: that is panel-1.
"""

from collections.abc import Callable
from dataclasses import astuple, replace

import numpy as np
from scipy.optimize import minimize

from candidates.scoring import panel_1
from candidates.scoring.equations import Equations, Levels, solve_levels, sum_levels
from candidates.scoring.fitting import LARGEST, SMALLEST
from candidates.scoring.panel_1 import Z_90, Assumptions, Estimates, Joint, Outcome, pool_means
from candidates.scoring.patterns import Layout, build_layout
from candidates.scoring.pool import Pool
from candidates.scoring.profiles import Profiles, weigh_outputs
from candidates.scoring.values import FloatArray, Scale, Variances

MEDIANS = np.array([0.57, 0.3, 0.6, 0.4, 0.54, 0.15])
"""Prior medians of the standard deviations: candidate, rater, error, dimension, halo, peers.

Five dimensions that count alike then have panel-1's medians: .57² + .4²/5 = .54² + .6²/5 = .6²."""
LOG_SDS = np.array([0.6, 0.7, 0.6, 0.7, 0.6, 0.7])
MOST_RATERS = 500
"""Above, nobody asks who met whom: in pools that large, leniencies are known well from candidates in common."""
LEAST = 0.01
"""Below it no standard deviation is looked for. Five at once are told apart only within some orders of magnitude; of levels
that are whole numbers, a hundredth is none."""
STEP, FLATTEST = 0.05, 2.0
"""How far apart slopes are compared to find a curvature, and the least curvature that is believed."""
OPTIONS = {"ftol": 1e-15, "gtol": 1e-5, "maxiter": 200, "maxcor": 20}


def estimate(pool: Pool, scale: Scale, given: Assumptions) -> Outcome:
    n_dimensions = len(scale.weights)
    if n_dimensions == 1 or np.isnan(pool.forms).all():
        return panel_1.estimate(pool, scale, _one_dimension(given))
    means = pool_means(pool, scale) if given.means is None else np.asarray(given.means, dtype=np.float64)
    held = given.variances
    layout = build_layout(pool, peers=len(pool.raters) <= MOST_RATERS if held is None else held.peers > 0)
    centred = np.nan_to_num((pool.ratings[layout.rows.order] - means) / scale.unit)
    levels = sum_levels(layout, centred)
    sds = fit(layout, levels, priors=given.priors) if held is None else np.array(astuple(held)) / scale.unit
    return _outcome(pool, scale, solve_levels(layout, levels, sds), means)


def fit(layout: Layout, levels: Levels, *, priors: bool) -> FloatArray:
    """The standard deviations, six or five and none of peers, that maximise the restricted likelihood, times the priors if wanted: see `fitting.fit`.

    Kits make the criterion a narrow valley, along which only the split of δ and ε changes. It is therefore searched in
    coordinates in which it is about equally curved in all directions at the medians.
    """
    count = len(MEDIANS) if layout.n_peers else len(MEDIANS) - 1
    start, log_sds = np.log(MEDIANS[:count]), LOG_SDS[:count]

    def sds_at(logs: FloatArray) -> FloatArray:
        return np.append(np.exp(np.clip(logs, np.log(LEAST), np.log(LARGEST))), np.zeros(len(MEDIANS) - count))

    def criterion(logs: FloatArray) -> tuple[float, FloatArray]:
        is_inside = (logs >= np.log(LEAST)) & (logs <= np.log(LARGEST))
        equations = solve_levels(layout, levels, sds_at(logs))
        value, slope = equations.deviance(), np.where(is_inside, equations.slopes()[:count], 0.0)
        if priors:
            away = (logs - start) / log_sds
            return value + float(away @ away), slope + 2 * away / log_sds
        return value, slope

    turn = _turn(criterion, start)

    def turned(x: FloatArray) -> tuple[float, FloatArray]:
        value, slope = criterion(start + turn @ x)
        return value, slope @ turn

    found = minimize(turned, np.zeros(count), jac=True, method="L-BFGS-B", options=dict(OPTIONS))
    return sds_at(start + turn @ found.x)


def _turn(criterion: Callable[[FloatArray], tuple[float, FloatArray]], start: FloatArray) -> FloatArray:
    """Coordinates in which the criterion's curvature at `start` is the unit matrix."""
    slope = criterion(start)[1]
    curvature = np.array([(criterion(start + STEP * one)[1] - slope) / STEP for one in np.eye(len(start))])
    sizes, axes = np.linalg.eigh((curvature + curvature.T) / 2)
    return np.asarray(axes / np.sqrt(np.maximum(np.abs(sizes), FLATTEST)))


def _one_dimension(given: Assumptions) -> Assumptions:
    held = given.variances
    if held is None:
        return given
    joined = Variances(*_of_one_dimension(held))
    return Assumptions(joined, given.dimension_variances, given.means, given.priors)


def _outcome(pool: Pool, scale: Scale, equations: Equations, means: FloatArray) -> Outcome:
    layout, unit, n_roles = equations.layout, scale.unit, equations.layout.n_roles
    n_candidates = len(pool.candidates)
    weights = weigh_outputs(equations, scale.share)
    profiles = Profiles(equations, weights, pool.role_of, unit)
    roles = equations.effects[:n_roles] if n_roles else np.zeros(1)
    levels = np.append(scale.share @ means, means) + unit * (weights.levels @ equations.means)
    averages = levels + unit * roles[:, None]  # (n_roles, d + 1)
    peers = unit * equations.met[:n_candidates]
    scores = averages[pool.role_of] + peers[:, None] + unit * (equations.own[:n_candidates] @ weights.outputs.T)
    common = float(equations.sds[1] ** 2 / layout.n_raters)
    effects, variance = profiles.spread_out(n_candidates)
    sds = unit * np.sqrt(np.maximum(variance - common, SMALLEST**2))
    sds[:, 1:][:, ~layout.known] = (scale.highest - scale.lowest) / 2 / Z_90
    raters = equations.inverse.diagonal()[len(means) + n_roles : len(means) + layout.n_effects]
    variances = Variances(*(float(unit * sd) for sd in equations.sds))
    whole = _as_met(variances, layout)
    alone = Variances(*_of_one_dimension(whole))
    estimates = [
        Estimates(
            score=scores[:, output],
            sd=sds[:, output],
            leniency=unit * equations.effects[n_roles:],
            leniency_sd=unit * np.sqrt(raters),
            averages=averages[:, output],
            evidence=1 - weights.of_role[layout.pattern[:n_candidates], output],
            variances=whole.of_score(scale.share) if output == 0 else alone,
            joint=Joint(effects, equations.factor, unit, unit**2 * common, profiles) if output == 0 else None,
        )
        for output in range(len(means) + 1)
    ]
    return Outcome(estimates[0], tuple(estimates[1:]), variances, means, peers)


def _as_met(variances: Variances, layout: Layout) -> Variances:
    """What candidates differ by, their interviewers' other candidates included: of α, Σ shares² are between them."""
    share = layout.share[layout.pattern]
    spread = np.hypot(variances.candidate, variances.peers * share[share > 0].mean() ** 0.5)
    return replace(variances, candidate=float(spread), peers=0.0)


def _of_one_dimension(held: Variances) -> tuple[float, float, float]:
    return float(np.hypot(held.candidate, held.dimension)), held.rater, float(np.hypot(held.error, held.halo))
