"""Scores of everybody in a pool, with what is needed to store, rank and explain them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.special import ndtr

from candidates.scoring import panel_1, panel_2
from candidates.scoring.evidence import Evidence, Reason, weigh_evidence
from candidates.scoring.panel_1 import Z_90, Assumptions, Joint, Outcome
from candidates.scoring.pool import Pool, build_pool
from candidates.scoring.values import BoolArray, FloatArray, Floats, IntArray, RatingSheet, Scale, Variances

METHODS: Mapping[str, Callable[[Pool, Scale, Assumptions], Outcome]] = {
    "panel-1": panel_1.estimate,
    "panel-2": panel_2.estimate,
}

NOTES = {
    "one_rater": "There is one interviewer, so strictness cannot be told apart from the candidates: scores are not corrected for it.",
    "same_panel": "Every candidate met the same interviewers, so correcting for strictness changes nothing.",
    "separate_groups": "Some interviewers share no candidate with the others, so their candidates are ranked apart.",
    "related_assignment": "Some interviewers met stronger candidates than others did, more so than by chance, and their scores cannot tell this from leniency: have every interviewer score the calibration samples.",
}
"""When adjusting does nothing or cannot be done, in words; `PanelScores.notes` holds the keys, `check_assignment` finds the last."""


@dataclass(frozen=True, eq=False)
class PanelScores:
    """Figures of a pool, in levels. Arrays run over `candidates` (n,), `raters` (r,) and dimensions (d,).

    `lower`, `upper`: the 90 % interval of the score from all interviewers, not clipped to the scale. `raw_mean` is NaN
    for a candidate without ratings, `dimension_means` where nobody assessed; nothing else is ever NaN except `p_bar`
    where there is no bar. `below_floor`: (n, d), a must-have whose plain mean is below its floor. `component`: numbered
    from the largest group; candidates with different numbers cannot be compared. `evidence`: the share of a candidate's
    distance from `average` + `peers` that their own ratings decide; the rest is pulled in. `average`: of the role; `peers`:
    by how much those whom the candidate's interviewers meet are above it, leniency out. `dimension_averages`: the
    role's average on each dimension, (n, d). `leniency` > 0 is lenient. `variances`: of the model; `score_variances`: of the
    score, from full scorecards, which is what reliability is computed from.
    """

    method: str
    candidates: tuple[Hashable, ...]
    roles: tuple[Hashable, ...]
    score: FloatArray
    sd: FloatArray
    lower: FloatArray
    upper: FloatArray
    raw_mean: FloatArray
    n_raters: IntArray
    completeness: FloatArray
    p_bar: FloatArray
    rankable: BoolArray
    reasons: tuple[tuple[Reason, ...], ...]
    below_floor: BoolArray
    component: IntArray
    average: FloatArray
    peers: FloatArray
    evidence: FloatArray
    dimension_averages: FloatArray
    dimension_scores: FloatArray
    dimension_sds: FloatArray
    dimension_means: FloatArray
    dimension_raters: IntArray
    effective_weights: FloatArray
    pool_means: FloatArray
    raters: tuple[Hashable, ...]
    leniency: FloatArray
    leniency_sd: FloatArray
    variances: Variances
    score_variances: Variances
    dimension_variances: tuple[Variances, ...]
    notes: tuple[str, ...]
    joint: Joint | None = field(repr=False)

    def position(self, candidate: Hashable) -> int:
        """The index of a candidate; KeyError names one that is not in the pool."""
        try:
            return self.candidates.index(candidate)
        except ValueError:
            raise KeyError(f"candidate {candidate!r} is not in this pool") from None


def score_panel(
    sheet: RatingSheet,
    scale: Scale,
    *,
    method: str = "panel-1",
    variances: Variances | None = None,
    dimension_variances: Sequence[Variances] | None = None,
    means: Floats | None = None,
    priors: bool = True,
    samples: RatingSheet | None = None,
) -> PanelScores:
    """Score every candidate of a pool: rater leniency out, thin evidence pulled to the average, uncertainty kept.

    "panel-1" is a mixed model z = m + a_role + θ_candidate + b_rater + e on each scorecard's weighted average, solved by
    Henderson's equations (Searle, Casella & McCulloch 1992), standard deviations by restricted maximum likelihood (Patterson &
    Thompson 1971) times weak lognormal priors, or alone with `priors=False`. Why: independent ratings, combined
    mechanically, predict best (Sackett et al. 2022; Huffcutt 2013; Conway 1995; Campion 1997; Kahneman 2021). "panel-2" is
    the same of each rating, y = μ_d + a_role + ᾱ_candidate + θ_candidate + δ_candidate,d + b_rater + φ_scorecard + ε, for
    scorecards that divide the dimensions and interviewers who meet candidates of different ability, ᾱ; it fits everything at once, so that `dimension_variances` and `means` change nothing in it.

    `variances`, `dimension_variances` (one for each dimension), `means` ((n_dimensions,), in levels) are estimated unless
    given. `samples`: calibration samples, one row for each rater of each, their ids apart from the candidates'.
    ValueError: an unknown method, shapes that do not fit, a level outside the scale (row and column named).
    ArithmeticError: given standard deviations so far apart that the equations cannot be solved.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r} is unknown; choose from {', '.join(METHODS)}")
    _check_fixed(scale, dimension_variances, means)
    pool = build_pool(sheet, scale, samples)
    fixed = None if dimension_variances is None else tuple(dimension_variances)
    outcome = METHODS[method](pool, scale, Assumptions(variances, fixed, means, priors))
    _, precision = panel_1.composite(pool, scale, outcome.means)
    evidence = weigh_evidence(pool, scale, precision, as_declared=method == "panel-2")
    return _assemble(method, pool, scale, outcome, evidence, precision > 0)


def _assemble(
    method: str, pool: Pool, scale: Scale, outcome: Outcome, evidence: Evidence, used: BoolArray
) -> PanelScores:
    overall = outcome.overall
    bars = np.array([scale.bar_of(role) for role in pool.roles], dtype=np.float64)[pool.role_of]
    component = _components(pool, used)
    return PanelScores(
        method=method,
        candidates=pool.candidates,
        roles=tuple(pool.roles[role] for role in pool.role_of),
        score=overall.score,
        sd=overall.sd,
        lower=overall.score - Z_90 * overall.sd,
        upper=overall.score + Z_90 * overall.sd,
        raw_mean=evidence.raw_mean,
        n_raters=evidence.n_raters,
        completeness=evidence.completeness,
        p_bar=ndtr((overall.score - bars) / overall.sd),
        rankable=evidence.rankable,
        reasons=evidence.reasons,
        below_floor=evidence.below_floor,
        component=component,
        average=overall.averages[pool.role_of],
        peers=outcome.peers,
        evidence=overall.evidence,
        dimension_averages=np.stack([one.averages[pool.role_of] for one in outcome.dimensions], axis=1),
        dimension_scores=np.stack([one.score for one in outcome.dimensions], axis=1),
        dimension_sds=np.stack([one.sd for one in outcome.dimensions], axis=1),
        dimension_means=evidence.dimension_means,
        dimension_raters=evidence.dimension_raters,
        effective_weights=evidence.effective_weights,
        pool_means=outcome.means,
        raters=pool.raters,
        leniency=overall.leniency,
        leniency_sd=overall.leniency_sd,
        variances=outcome.variances,
        score_variances=overall.variances,
        dimension_variances=tuple(one.variances for one in outcome.dimensions),
        notes=_notes(pool, evidence, component),
        joint=overall.joint,
    )


def _components(pool: Pool, used: BoolArray) -> IntArray:
    """Connected parts of the graph of units and raters, numbered by how many candidates they hold."""
    size = pool.n_units + len(pool.raters)
    links = (pool.unit[used], pool.n_units + pool.rater[used])
    graph = sparse.csr_array((np.ones(used.sum()), links), shape=(size, size))
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    found, first, place, counts = np.unique(
        label[: len(pool.candidates)], return_index=True, return_inverse=True, return_counts=True
    )
    number = np.empty(len(found), dtype=np.intp)
    number[np.lexsort((first, -counts))] = np.arange(len(found))
    return number[place]


def _notes(pool: Pool, evidence: Evidence, component: IntArray) -> tuple[str, ...]:
    rated = component[evidence.n_raters > 0]
    holds = {
        "one_rater": len(pool.raters) == 1,
        "same_panel": len(pool.raters) > 1 and evidence.same_panel and len(pool.candidates) > 1,
        "separate_groups": len(np.unique(rated)) > 1,
    }
    return tuple(code for code, true in holds.items() if true)


def _check_fixed(scale: Scale, dimension_variances: Sequence[Variances] | None, means: Floats | None) -> None:
    for name, given in (("dimension_variances", dimension_variances), ("means", means)):
        if given is not None and len(given) != len(scale.weights):
            raise ValueError(f"{name}: {len(given)} for {len(scale.weights)} dimensions")
    if means is not None and not np.isfinite(means).all():
        raise ValueError(f"means: column {int(np.flatnonzero(~np.isfinite(means))[0])} is not a number")
