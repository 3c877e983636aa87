"""The equations of method panel-2 at given standard deviations, one small dense block a pattern, and their likelihood.

y = μ_d + a_role + θ_unit + δ_unit,d + b_rater + φ_scorecard + ε. A unit's own levels u_d = θ + δ_d have covariance
G = σθ² J + σδ² I, a scorecard's noise R = σε² I + σφ² J, with R⁻¹ = I/σε² - k J. With P = Σ R⁻¹ over a unit's scorecards
(each on its own dimensions) and q = Σ R⁻¹ y, the unit is absorbed by V = (G⁻¹ + P)⁻¹: what is left is a dense system in μ,
a and b (Searle, Casella & McCulloch 1992, ch. 7; Woodbury's identity twice). Slopes follow from Fisher's identity: a
derivative of the likelihood is the expected derivative of the complete-data likelihood.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from candidates.scoring.fitting import ROLE_SD
from candidates.scoring.patterns import Layout
from candidates.scoring.pool import sum_runs, total_by
from candidates.scoring.values import FloatArray

SMALLEST_RATER = 1e-8


@dataclass(frozen=True, eq=False)
class Levels:
    """The ratings as sums over a layout, in units of a 1-5 scale's level, less each dimension's plain mean."""

    row_sums: FloatArray
    pack_sums: FloatArray
    unit_sums: FloatArray  # (n_units, d)
    squares: float
    size_squares: FloatArray  # (n_sizes,) Σ of squared row sums
    size_effects: FloatArray  # (n_sizes, n_effects) Σ of row sums


def sum_levels(layout: Layout, centred: FloatArray) -> Levels:
    """`centred`: (n_rows, d) along the layout's rows, 0 where not assessed."""
    n_sizes, size = len(layout.sizes), layout.size_of[layout.row_set]
    row_sums = centred.sum(axis=1)
    unit_sums = np.stack([total_by(layout.row_unit, column, layout.n_units) for column in centred.T], axis=1)
    return Levels(
        row_sums=row_sums,
        pack_sums=total_by(layout.row_pack, row_sums, len(layout.pack_set)),
        unit_sums=unit_sums,
        squares=float((centred**2).sum()),
        size_squares=total_by(size, row_sums**2, n_sizes),
        size_effects=np.stack([layout.effects.T @ np.where(size == one, row_sums, 0.0) for one in range(n_sizes)]),
    )


class Blocks:
    """What each pattern's block comes to at standard deviations `sds`: candidate, rater, error, dimension, halo."""

    def __init__(self, layout: Layout, sds: FloatArray) -> None:
        self.layout = layout
        candidate, rater, error, dimension, halo = np.asarray(sds, dtype=np.float64) ** 2
        self.candidate, self.error, self.dimension, self.halo = candidate, error, dimension, halo
        self.rater = max(rater, SMALLEST_RATER**2)
        self.sum_weight = 1 / (error + layout.set_size * halo)  # (n_sets,) 1ᵀR⁻¹ on a set's dimensions
        self.common = halo / error * self.sum_weight  # (n_sets,) k
        n_dimensions = layout.sets.shape[1]
        eye = np.eye(n_dimensions)
        self.own_covariance = dimension * eye + candidate
        outer = layout.sets[:, :, None] * layout.sets[:, None, :]
        of_set = outer * (eye / error - self.common[:, None, None])
        weighted = of_set[layout.cell_set] * layout.cell_count[:, None, None]
        self.precision = sum_runs(weighted, layout.cell_pattern, len(layout.flat))  # P
        grown = eye + self.precision @ self.own_covariance
        open_ = (self.precision.diagonal(axis1=1, axis2=2) == 0)[:, :, None] * eye
        grown = np.where(layout.flat[:, None, None], self.precision + open_, grown)
        inverse = np.linalg.inv(grown)
        flat = np.where(layout.flat[:, None, None], inverse - open_, self.own_covariance @ inverse)
        self.covariance = (flat + flat.transpose(0, 2, 1)) / 2  # V
        self.rest = eye - self.precision @ self.covariance  # Z = I - PV
        self.log_determinants = np.linalg.slogdet(grown)[1]
        self.cell_masks = layout.sets[layout.cell_set]
        self.cell_weight = self.sum_weight[layout.cell_set]
        self.cell_covariance = np.einsum("cij,cj->ci", self.covariance[layout.cell_pattern], self.cell_masks)  # V 1
        self.cell_rest = np.einsum("cij,cj->ci", self.rest[layout.cell_pattern], self.cell_masks)  # Z 1

    def matrix(self) -> FloatArray:
        """S, the reduced system: dimensions, roles, raters."""
        layout, n_dimensions = self.layout, self.layout.sets.shape[1]
        size = n_dimensions + layout.n_effects
        matrix = np.zeros((size, size))
        means = (layout.pattern_size[:, None, None] * (self.rest @ self.precision)).sum(axis=0)
        matrix[:n_dimensions, :n_dimensions] = (means + means.T) / 2 + np.diag(~layout.known)
        mixed = layout.cell_effects.T @ (self.cell_weight[:, None] * self.cell_rest)
        matrix[n_dimensions:, :n_dimensions] = mixed
        matrix[:n_dimensions, n_dimensions:] = mixed.T
        shape = (layout.n_effects, layout.n_effects)
        matrix[n_dimensions:, n_dimensions:] = (layout.pairs.T @ self._pair_weights()).reshape(shape)
        prior = np.repeat([0, 1 / ROLE_SD**2, 1 / self.rater], [n_dimensions, layout.n_roles, layout.n_raters])
        matrix[np.diag_indices(size)] += prior
        return matrix

    def _pair_weights(self) -> FloatArray:
        layout = self.layout
        weight = self.cell_weight[:, None]
        left, right = weight * self.cell_covariance, weight * self.cell_masks
        products = np.einsum("ij,ij->i", left[layout.pair_first], right[layout.pair_second])
        return np.concatenate([layout.sizes * self._size_weights(), -products])

    def _size_weights(self) -> FloatArray:
        return np.asarray(1 / (self.error + self.layout.sizes * self.halo))

    def size_common(self) -> FloatArray:
        return np.asarray(self.halo / self.error * self._size_weights())

    def by_unit(self, blocks: FloatArray, vectors: FloatArray) -> FloatArray:
        """Each unit's vector times its pattern's block: (n_units, d)."""
        if len(blocks) == 1:
            return np.asarray(vectors @ blocks[0].T)
        return np.einsum("nij,nj->ni", blocks[self.layout.pattern], vectors)

    def gather(self, per_pack: FloatArray) -> FloatArray:
        """One number a pack, summed over its dimensions: (n_units, d)."""
        return np.asarray((self.layout.spread @ per_pack).reshape(self.layout.n_units, -1))


class Equations:
    """The reduced system solved for one set of levels. `factor`: lower Cholesky factor of S; S⁻¹ is β's covariance."""

    def __init__(self, layout: Layout, levels: Levels, sds: FloatArray) -> None:
        self.layout, self.levels, self.sds = layout, levels, sds
        blocks = self.blocks = Blocks(layout, sds)
        upper, failed = lapack.dpotrf(blocks.matrix().T, lower=0, clean=1, overwrite_a=1)
        if failed:
            raise ArithmeticError(f"the normal equations broke down at standard deviations {sds}")
        self.factor = upper.T
        common, weight = blocks.common[layout.pack_set], blocks.sum_weight[layout.pack_set]
        informed = levels.unit_sums / blocks.error - blocks.gather(common * levels.pack_sums)  # q
        shrunk = blocks.by_unit(blocks.covariance, informed)  # V q
        left_over = blocks.by_unit(blocks.rest, informed).sum(axis=0)
        explained = weight * (layout.spread.T @ shrunk.ravel())
        effects = blocks._size_weights() @ levels.size_effects - layout.pack_effects.T @ explained
        right = np.concatenate([left_over, effects])
        self.beta, _ = lapack.dpotrs(upper, right, lower=0)
        n_dimensions = len(layout.known)
        self.means, self.effects = self.beta[:n_dimensions], self.beta[n_dimensions:]
        self.quadratic = float(
            levels.squares / blocks.error
            - blocks.size_common() @ levels.size_squares
            - (informed * shrunk).sum()
            - right @ self.beta
        )
        carried = blocks.gather(weight * (layout.pack_effects @ self.effects))
        of_means = (blocks.precision @ self.means)[layout.pattern]
        self.residual = informed - of_means - carried  # q - c β, (n_units, d)

    @cached_property
    def own(self) -> FloatArray:
        """û: each unit's own levels, about the average of its role, (n_units, d)."""
        return self.blocks.by_unit(self.blocks.covariance, self.residual)

    @cached_property
    def inverse(self) -> FloatArray:
        """S⁻¹."""
        half, _ = lapack.dpotri(self.factor.T, lower=0)
        lower = np.tril(half.T)
        return np.asarray(lower + np.tril(lower, -1).T)

    def deviance(self) -> float:
        """-2 log of the restricted likelihood, up to a constant."""
        layout, blocks = self.layout, self.blocks
        size = layout.set_size[layout.row_set]
        return float(
            ((size - 1).sum()) * np.log(blocks.error)
            - np.log(blocks.sum_weight[layout.row_set]).sum()
            + layout.pattern_size @ blocks.log_determinants
            + 2 * np.log(self.factor.diagonal()).sum()
            + layout.n_raters * np.log(blocks.rater)
            + layout.n_roles * np.log(ROLE_SD**2)
            + self.quadratic
        )

    def slopes(self) -> FloatArray:
        """The deviance's slope along the logarithms of the five standard deviations."""
        layout, blocks, n_roles = self.layout, self.blocks, self.layout.n_roles
        moments = self.inverse.diagonal()[len(layout.known) :] + self.effects**2
        roles = n_roles - moments[:n_roles].sum() / ROLE_SD**2
        rater = layout.n_raters - moments[n_roles:].sum() / blocks.rater
        candidate, dimension, halo = self._block_slopes()
        rest = candidate + dimension + rater + halo + roles
        return 2 * np.array([candidate, rater, layout.n_free - self.quadratic - rest, dimension, halo])

    def _block_slopes(self) -> tuple[float, float, float]:
        """Along the log variances of θ, δ and φ."""
        layout, blocks = self.layout, self.blocks
        n_dimensions = len(layout.known)
        of_means = self.inverse[:n_dimensions, :n_dimensions]
        crossed = layout.cell_effects @ self.inverse[n_dimensions:, :n_dimensions]  # (n_cells, d)
        shared = layout.pairs @ self.inverse[n_dimensions:, n_dimensions:].ravel()
        by_size, by_pair = shared[: len(layout.sizes)], shared[len(layout.sizes) :]
        weighted = by_pair * blocks.cell_weight[layout.pair_second]
        met = np.zeros_like(crossed)
        for column in range(n_dimensions):
            values = weighted * blocks.cell_masks[layout.pair_second, column]
            met[:, column] = total_by(layout.pair_first, values, len(met))
        precision, number = blocks.precision, layout.pattern_size[:, None, None]
        reach = np.einsum("cij,cj->ci", precision[layout.cell_pattern], crossed) + met / 2
        half = self._by_pattern(blocks.cell_weight[:, None] * blocks.cell_masks, reach)
        spread = number * (precision @ of_means @ precision) + half + half.transpose(0, 2, 1)  # Σ c C cᵀ
        rest = blocks.rest
        left = (number * (rest @ precision) - rest @ spread @ rest.transpose(0, 2, 1)).sum(axis=0)
        own = blocks.by_unit(rest, self.residual)
        candidate = blocks.candidate * (left.sum() - (own.sum(axis=1) ** 2).sum())
        dimension = blocks.dimension * (np.trace(left) - (own**2).sum())
        return float(candidate), float(dimension), blocks.halo * self._halo_slope(spread, crossed, met, by_size)

    def _halo_slope(self, spread: FloatArray, crossed: FloatArray, met: FloatArray, by_size: FloatArray) -> float:
        layout, blocks = self.layout, self.blocks
        covariance, number = blocks.covariance, layout.pattern_size[:, None, None]
        of_means = self.inverse[: len(layout.known), : len(layout.known)]
        once = covariance @ blocks.precision @ of_means
        weighted = self._by_pattern(blocks.cell_weight[:, None] * blocks.cell_covariance, crossed)
        along = number * (covariance + of_means - once - once.transpose(0, 2, 1)) + covariance @ spread @ covariance
        along = along - weighted - weighted.transpose(0, 2, 1)
        cell_size = layout.set_size[layout.cell_set]
        masks = blocks.cell_masks
        of_precision = np.einsum("ci,cij,cj->c", masks, along[layout.cell_pattern], masks)
        weight_slope = -cell_size * blocks.cell_weight**2
        of_weight = 2 * ((crossed * blocks.cell_rest).sum(axis=1) - (met * blocks.cell_covariance).sum(axis=1))
        size_weight = blocks._size_weights()
        counts = np.bincount(layout.size_of[layout.row_set], minlength=len(layout.sizes))
        squares = total_by(layout.size_of[layout.row_set], self._row_residuals() ** 2, len(layout.sizes))
        return float(
            counts * layout.sizes @ size_weight
            - (layout.cell_count * blocks.cell_weight**2) @ of_precision
            + weight_slope @ of_weight
            - (layout.sizes * size_weight) ** 2 @ by_size
            - size_weight**2 @ squares
        )

    def _row_residuals(self) -> FloatArray:
        """Sums of the residuals of each row's ratings."""
        layout = self.layout
        size = layout.set_size[layout.row_set]
        explained = (layout.spread.T @ (self.own + self.means).ravel())[layout.row_pack]
        return np.asarray(self.levels.row_sums - size * (layout.effects @ self.effects) - explained)

    def _by_pattern(self, left: FloatArray, right: FloatArray) -> FloatArray:
        """Σ of left rightᵀ over each pattern's cells."""
        return sum_runs(left[:, :, None] * right[:, None, :], self.layout.cell_pattern, len(self.layout.flat))
