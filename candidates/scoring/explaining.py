"""How one candidate's score came about, figure by figure."""

from collections.abc import Hashable
from dataclasses import dataclass
from math import nan

import numpy as np

from candidates.scoring.panel import PanelScores
from candidates.scoring.panel_1 import Z_90, composite
from candidates.scoring.pool import build_pool
from candidates.scoring.values import FloatArray, RatingSheet, Scale


@dataclass(frozen=True)
class Step:
    """One scorecard on the way to the score; all in levels except the shares.

    `levels`: NaN = not assessed. `raw_mean`: their weighted mean. `levelled`: the same as if every dimension had been
    assessed (equal to `raw_mean` on a full scorecard). `leniency` with its 90 % interval; `corrected` = levelled -
    leniency; `weight`: this scorecard's share of the candidate's evidence; `completeness`: share of weights assessed.
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


@dataclass(frozen=True)
class Explanation:
    """`score` = average + evidence × (corrected_mean - average), exactly.

    `corrected_mean`: the steps' corrected values by weight; NaN without any. `average`: what an average candidate of the
    role scores. `evidence`: 0 to 1. `pull` = score - corrected_mean, what thin evidence took towards the average, 0 without any.
    `half_width`: of the 90 % interval now; `half_width_with_one_more`: after one more full scorecard by an interviewer
    whose leniency is as well known as is usual here.
    """

    candidate: Hashable
    role: Hashable
    steps: tuple[Step, ...]
    raw_mean: float
    corrected_mean: float
    average: float
    evidence: float
    pull: float
    score: float
    sd: float
    lower: float
    upper: float
    half_width: float
    half_width_with_one_more: float
    dimension_means: tuple[float, ...]
    dimension_scores: tuple[float, ...]
    dimension_sds: tuple[float, ...]
    notes: tuple[str, ...]


def explain(panel: PanelScores, sheet: RatingSheet, scale: Scale, candidate: Hashable) -> Explanation:
    """Take one candidate's score apart. `sheet` and `scale` are those the panel was computed from.

    KeyError when the candidate is not in the panel.
    """
    place = panel.position(candidate)
    steps = _steps(panel, sheet, scale, candidate)
    corrected = sum(step.weight * step.corrected for step in steps) if steps else nan
    score, sd = float(panel.score[place]), float(panel.sd[place])
    return Explanation(
        candidate=candidate,
        role=panel.roles[place],
        steps=steps,
        raw_mean=float(panel.raw_mean[place]),
        corrected_mean=corrected,
        average=float(panel.average[place]),
        evidence=float(panel.evidence[place]),
        pull=score - corrected if steps else 0.0,
        score=score,
        sd=sd,
        lower=float(panel.lower[place]),
        upper=float(panel.upper[place]),
        half_width=Z_90 * sd,
        half_width_with_one_more=Z_90 * _sd_with_one_more(panel, sd),
        dimension_means=tuple(panel.dimension_means[place].tolist()),
        dimension_scores=tuple(panel.dimension_scores[place].tolist()),
        dimension_sds=tuple(panel.dimension_sds[place].tolist()),
        notes=panel.notes,
    )


def _steps(panel: PanelScores, sheet: RatingSheet, scale: Scale, candidate: Hashable) -> tuple[Step, ...]:
    chosen = [row for row, name in enumerate(sheet.candidates) if name == candidate]
    own = RatingSheet(
        candidates=[candidate] * len(chosen),
        raters=[sheet.raters[row] for row in chosen],
        roles=[sheet.roles[row] for row in chosen],
        ratings=sheet.ratings[chosen],
    )
    outcome, precision = composite(build_pool(own, scale, None), scale, panel.pool_means)
    levelled = float(scale.share @ panel.pool_means) + outcome
    weight = precision / precision.sum() if precision.any() else precision
    used = np.flatnonzero(precision > 0).tolist()
    return tuple(
        _step(panel, scale, own.raters[row], own.ratings[row], float(levelled[row]), float(weight[row])) for row in used
    )


def _step(
    panel: PanelScores, scale: Scale, rater: Hashable, levels: FloatArray, levelled: float, weight: float
) -> Step:
    place = panel.raters.index(rater)
    leniency, sd = float(panel.leniency[place]), float(panel.leniency_sd[place])
    assessed = ~np.isnan(levels)
    completeness = float(scale.share[assessed].sum())
    return Step(
        rater=rater,
        levels=tuple(levels.tolist()),
        completeness=completeness,
        raw_mean=float(scale.share[assessed] @ levels[assessed]) / completeness,
        levelled=levelled,
        leniency=leniency,
        leniency_lower=leniency - Z_90 * sd,
        leniency_upper=leniency + Z_90 * sd,
        corrected=levelled - leniency,
        weight=weight,
    )


def _sd_with_one_more(panel: PanelScores, sd: float) -> float:
    """A further independent look at the score: precisions add (normal theory)."""
    leniency = float(np.mean(panel.leniency_sd**2)) if len(panel.leniency_sd) else panel.variances.rater**2
    return float((sd**-2 + 1 / (panel.variances.error**2 + leniency)) ** -0.5)
