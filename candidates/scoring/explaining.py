"""How one candidate's score came about, figure by figure."""

from collections.abc import Hashable
from dataclasses import dataclass
from math import nan

import numpy as np

from candidates.scoring.influence import Influence, influence_of
from candidates.scoring.panel import PanelScores
from candidates.scoring.panel_1 import Z_90
from candidates.scoring.values import FloatArray, RatingSheet, Scale


@dataclass(frozen=True)
class Step:
    """One scorecard on the way to the score; all in levels except the shares.

    `levels`: NaN = not assessed. `raw_mean`: their weighted mean. `levelled`: what they say of all dimensions: the role's
    average, and the distances from the dimensions' averages as they count. `leniency` with its 90 % interval; `corrected`
    = levelled - leniency; `weight`: this scorecard's share of the candidate's evidence; `completeness`: share of weights
    assessed. `moves`: by how much one level more on a dimension would raise the score, everybody else's figures as they
    are; 0 where not assessed.
    """

    rater: Hashable
    levels: tuple[float, ...]
    completeness: float
    raw_mean: float
    levelled: float
    leniency: float
    leniency_lower: float
    leniency_upper: float
    corrected: float
    weight: float
    moves: tuple[float, ...]


@dataclass(frozen=True)
class Explanation:
    """`score` = average + peers + evidence × (corrected_mean - average - peers), exactly.

    `levelled_mean`, `corrected_mean`: the steps' levelled and corrected values by weight; NaN without any. `average`: what an average candidate of the
    role scores; `peers`: by how much those whom the same interviewers met are above it, leniency out; 0 by panel-1. `evidence`: 0 to
    1. `pull` = score - corrected_mean, what thin evidence took towards average + peers, 0 without any.
    `half_width`: of the 90 % interval now; `half_width_with_one_more`: after one more full scorecard by an interviewer
    whose leniency is as well known as is usual here. By panel-2 a dimension's part in the score is its weight times
    score less average: together they are score less average.
    """

    candidate: Hashable
    role: Hashable
    steps: tuple[Step, ...]
    raw_mean: float
    levelled_mean: float
    corrected_mean: float
    average: float
    peers: float
    evidence: float
    pull: float
    score: float
    sd: float
    lower: float
    upper: float
    half_width: float
    half_width_with_one_more: float
    dimension_means: tuple[float, ...]
    dimension_averages: tuple[float, ...]
    dimension_scores: tuple[float, ...]
    dimension_sds: tuple[float, ...]
    notes: tuple[str, ...]


def explain(panel: PanelScores, sheet: RatingSheet, scale: Scale, candidate: Hashable) -> Explanation:
    """Take one candidate's score apart. `sheet` and `scale` are those the panel was computed from.

    KeyError when the candidate is not in the panel.
    """
    place = panel.position(candidate)
    steps = _steps(panel, sheet, scale, place)
    levelled = sum(step.weight * step.levelled for step in steps) if steps else nan
    corrected = sum(step.weight * step.corrected for step in steps) if steps else nan
    score, sd = float(panel.score[place]), float(panel.sd[place])
    return Explanation(
        candidate=candidate,
        role=panel.roles[place],
        steps=steps,
        raw_mean=float(panel.raw_mean[place]),
        levelled_mean=levelled,
        corrected_mean=corrected,
        average=float(panel.average[place]),
        peers=float(panel.peers[place]),
        evidence=float(panel.evidence[place]),
        pull=score - corrected if steps else 0.0,
        score=score,
        sd=sd,
        lower=float(panel.lower[place]),
        upper=float(panel.upper[place]),
        half_width=Z_90 * sd,
        half_width_with_one_more=Z_90 * _sd_with_one_more(panel, scale, place),
        dimension_means=tuple(panel.dimension_means[place].tolist()),
        dimension_averages=tuple(panel.dimension_averages[place].tolist()),
        dimension_scores=tuple(panel.dimension_scores[place].tolist()),
        dimension_sds=tuple(panel.dimension_sds[place].tolist()),
        notes=panel.notes,
    )


def _steps(panel: PanelScores, sheet: RatingSheet, scale: Scale, place: int) -> tuple[Step, ...]:
    rows = [row for row, name in enumerate(sheet.candidates) if name == panel.candidates[place]]
    rows = [row for row in rows if not np.isnan(sheet.ratings[row]).all()]
    if not rows:
        return ()
    own = influence_of(panel, scale, place, sheet.ratings[rows])
    return tuple(
        _step(panel, scale, sheet.raters[row], sheet.ratings[row], own, number) for number, row in enumerate(rows)
    )


def _step(panel: PanelScores, scale: Scale, rater: Hashable, levels: FloatArray, own: Influence, number: int) -> Step:
    place = panel.raters.index(rater)
    leniency, sd = float(panel.leniency[place]), float(panel.leniency_sd[place])
    assessed = ~np.isnan(levels)
    completeness = float(scale.share[assessed].sum())
    return Step(
        rater=rater,
        levels=tuple(levels.tolist()),
        completeness=completeness,
        raw_mean=float(scale.share[assessed] @ levels[assessed]) / completeness,
        levelled=float(own.levelled[number]),
        leniency=leniency,
        leniency_lower=leniency - Z_90 * sd,
        leniency_upper=leniency + Z_90 * sd,
        corrected=float(own.levelled[number]) - leniency,
        weight=float(own.weight[number]),
        moves=tuple(own.moves[number].tolist()),
    )


def _sd_with_one_more(panel: PanelScores, scale: Scale, place: int) -> float:
    """A further independent look at the score, or at all dimensions at once: precisions add (normal theory)."""
    held, joint, sd = panel.variances, panel.joint, float(panel.sd[place])
    common = joint.common if joint is not None else 0.0
    known = max(float(np.mean(panel.leniency_sd**2)) - common, 0.0) if len(panel.leniency_sd) else held.rater**2
    if joint is None or joint.profiles is None:
        return float((sd**-2 + 1 / (held.error**2 + known)) ** -0.5)
    now = joint.profiles.covariance(place) - common
    noise = np.eye(len(now)) * held.error**2 + held.halo**2 + known
    return float(np.sqrt(scale.share @ (now - now @ np.linalg.solve(now + noise, now)) @ scale.share))
