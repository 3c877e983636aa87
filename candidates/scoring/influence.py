"""How each of a candidate's ratings bears on the score: a score is linear in the ratings, given everybody's leniency."""

from dataclasses import dataclass

import numpy as np

from candidates.scoring.panel import PanelScores
from candidates.scoring.panel_1 import precision_of
from candidates.scoring.values import BoolArray, FloatArray, Scale, Variances


@dataclass(frozen=True, eq=False)
class Influence:
    """Of a candidate's scorecards, (n,): what they say of all dimensions, in levels, and their shares of the evidence.

    `moves`: (n, d), levels of score for one level of rating, 0 where not assessed.
    score = average + peers + Σ moves (rating - leniency - average of the dimension - peers).
    """

    levelled: FloatArray
    weight: FloatArray
    moves: FloatArray


def influence_of(panel: PanelScores, scale: Scale, place: int, ratings: FloatArray) -> Influence:
    """`ratings`: (n, d), the candidate's scorecards that assess anything."""
    assessed = ~np.isnan(ratings)
    if panel.joint is not None and panel.joint.profiles is not None:
        shares, averages = _by_rating(panel.variances, scale.share, assessed), panel.dimension_averages[place]
    else:
        # The dimensions' own fits play no part in the score: it is about the pool's plain means, and the role's average.
        shares = _by_scorecard(scale, assessed)
        averages = panel.pool_means + panel.average[place] - scale.share @ panel.pool_means
    counts = shares.sum(axis=1)
    distance = (np.where(assessed, ratings - averages, 0.0) * shares).sum(axis=1) / counts
    return Influence(
        levelled=panel.average[place] + distance,
        weight=counts / counts.sum(),
        moves=panel.evidence[place] * shares / counts.sum(),
    )


def _by_scorecard(scale: Scale, assessed: BoolArray) -> FloatArray:
    """Relative influence by panel-1: a scorecard's weight, divided as the assessed dimensions are weighed."""
    weights = assessed * scale.share
    return np.asarray(weights / weights.sum(axis=1, keepdims=True) * precision_of(assessed, scale.share)[:, None])


def _by_rating(variances: Variances, share: FloatArray, assessed: BoolArray) -> FloatArray:
    """Relative influence by panel-2: R⁻¹ V w on each scorecard's dimensions, V = (G⁻¹ + Σ R⁻¹)⁻¹ (see `blocks`).

    A scorecard's sum is above 0, since G⁻¹ + Σ R⁻¹ has no positive number off its diagonal and its inverse no negative
    one; a single rating's is not where a dimension weighs little and the halo is far larger than other differences.
    """
    n_dimensions, masks = len(share), assessed.astype(np.float64)
    error, halo = variances.error**2, variances.halo**2
    common = halo / error / (error + masks.sum(axis=1) * halo)
    precision = np.diag(masks.sum(axis=0)) / error - (masks.T * common) @ masks
    # Without any spread between candidates nothing bears on the score; what would is the limit of very little.
    spread = max(variances.candidate**2, 0.0 if variances.dimension else 1e-12 * error)
    own = variances.dimension**2 * np.eye(n_dimensions) + spread
    taken = own @ np.linalg.solve(np.eye(n_dimensions) + precision @ own, share)
    return np.asarray(masks * taken / error - masks * (common * (masks @ taken))[:, None])
