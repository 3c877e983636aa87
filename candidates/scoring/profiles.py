"""The candidates' scores and dimensions of method panel-2 as sums over the reduced system, and their joint uncertainty.

An output is the score or a dimension's score: output = of_means μ + of_role (a + ᾱ) + Σ over scorecards of_cell b + own part. The
own part is independent of β and between candidates; all weights but the columns depend on the pattern alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from candidates.scoring.equations import Equations
from candidates.scoring.fitting import Effects
from candidates.scoring.pool import sum_runs
from candidates.scoring.values import FloatArray, IntArray

BLOCK = 2_000_000
"""Numbers of the covariance taken up at a time, so that a large pool does not take a gigabyte."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Outputs run from the score (0) over the dimensions."""

    of_means: FloatArray  # (n_patterns, d + 1, d)
    of_role: FloatArray  # (n_patterns, d + 1)
    of_cell: FloatArray  # (n_cells, d + 1)
    own: FloatArray  # (n_patterns, d + 1) variances
    outputs: FloatArray  # (d + 1, d) of a candidate's own levels
    levels: FloatArray  # (d + 1, d) of the means: a dimension nobody assessed stands at the average of the others


def weigh_outputs(equations: Equations, share: FloatArray) -> Weights:
    layout, blocks = equations.layout, equations.blocks
    average = np.where(layout.known, share, 0.0) / share[layout.known].sum()
    outputs = np.vstack([share, np.eye(len(share))])
    levels = np.vstack([average, np.where(layout.known[:, None], np.eye(len(share)), average)])
    taken = outputs @ blocks.covariance
    of_cell = -blocks.cell_weight[:, None] * (blocks.cell_covariance @ outputs.T)
    counted = layout.cells.count[:, None] * of_cell
    return Weights(
        of_means=levels - taken @ blocks.precision,
        of_role=1 + sum_runs(counted, layout.cells.pattern, len(layout.flat)),
        of_cell=of_cell,
        own=np.einsum("pod,od->po", taken, outputs),
        outputs=outputs,
        levels=levels,
    )


@dataclass(frozen=True, eq=False)
class Profiles:
    equations: Equations
    weights: Weights
    role: IntArray  # (n_candidates,)
    unit: float

    def spread_out(self, n_candidates: int) -> tuple[Effects, FloatArray]:
        """The scores' effects, and the variances of all outputs, (n_candidates, d + 1), in units of a 1-5 scale's level."""
        inverse, pattern = self.equations.inverse, self.equations.layout.pattern[:n_candidates]
        own = self.weights.own[pattern]
        variances = own.copy()
        parts = []
        for units in self._alike(n_candidates):
            columns, weights = self._sums(units)
            shared = inverse[columns[:, :, None], columns[:, None, :]]
            variances[units] += ((weights @ shared) * weights).sum(axis=2)
            parts.append((np.repeat(units, columns.shape[1]), columns.ravel(), weights[:, 0].ravel()))
        row, column, data = (np.concatenate(part) for part in zip(*parts, strict=True))
        rows = sparse.csr_array((data, (row, column)), shape=(n_candidates, len(inverse)))
        return Effects(np.zeros(n_candidates), rows, own[:, 0]), variances

    def covariance(self, place: int) -> FloatArray:
        columns, weights = self._sums(np.array([place]))
        shared = self.equations.inverse[np.ix_(columns[0], columns[0])]
        own = self.equations.blocks.covariance[self.equations.layout.pattern[place]]
        return np.asarray(self.unit**2 * (weights[0, 1:] @ shared @ weights[0, 1:].T + own))

    def _alike(self, n_candidates: int) -> Iterator[IntArray]:
        """Candidates with equally many scorecards, a block at a time."""
        counts = np.diff(self.equations.layout.rows.start)[:n_candidates]
        for count in np.unique(counts):
            units = np.flatnonzero(counts == count)
            width = len(self.equations.layout.known) + 1 + int(count)
            step = max(1, BLOCK // width**2)
            yield from (units[first : first + step] for first in range(0, len(units), step))

    def _sums(self, units: IntArray) -> tuple[IntArray, FloatArray]:
        """Columns of β that matter to units with equally many scorecards, (n, c), and their weights, (n, d + 1, c)."""
        layout, weights = self.equations.layout, self.weights
        n_dimensions, pattern = len(layout.known), layout.pattern[units]
        start = layout.rows.start[units]
        rows = start[:, None] + np.arange(layout.rows.start[units[0] + 1] - start[0])
        columns = [np.broadcast_to(np.arange(n_dimensions), (len(units), n_dimensions))]
        parts = [weights.of_means[pattern]]
        if layout.n_roles:
            columns.append(n_dimensions + self.role[units][:, None])
            parts.append(weights.of_role[pattern][:, :, None])
        raters = n_dimensions + layout.n_roles + layout.rows.rater[rows]
        columns.append(raters)
        parts.append(weights.of_cell[layout.rows.cell[rows]].transpose(0, 2, 1))
        if layout.n_peers:
            columns.append(raters + layout.n_raters)
            of_each = weights.of_role[pattern] * layout.share[pattern][:, None]
            parts.append(np.repeat(of_each[:, :, None], rows.shape[1], axis=2))
        return np.concatenate(columns, axis=1), np.concatenate(parts, axis=2)
