"""Method panel-2's equations solved at given standard deviations, and the restricted likelihood with its slopes.

The slopes follow from Fisher's identity: a derivative of the likelihood is the expected derivative of the likelihood of
data and effects together. With C = S⁻¹ and c = Σ R⁻¹ x over a unit's scorecards, x with what belongs to the unit as a
whole, the deviance's derivative along G is
Σ P - PVP - (I - PV)(c C cᵀ + ρ ρᵀ)(I - VP) over units, ρ = q - c β; the error's slope is what the others leave of the
number of free ratings, because the likelihood knows its scale.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from candidates.scoring.blocks import Blocks, build_blocks
from candidates.scoring.fitting import ROLE_SD
from candidates.scoring.patterns import Layout
from candidates.scoring.pool import total_by
from candidates.scoring.values import FloatArray


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
    rows, n_sizes = layout.rows, len(layout.sizes)
    size, row_sums = layout.size_of[rows.set], centred.sum(axis=1)
    return Levels(
        row_sums=row_sums,
        pack_sums=total_by(rows.pack, row_sums, len(layout.packs.set)),
        unit_sums=np.stack([total_by(rows.unit, column, layout.n_units) for column in centred.T], axis=1),
        squares=float((centred**2).sum()),
        size_squares=total_by(size, row_sums**2, n_sizes),
        size_effects=np.stack([rows.effects.T @ np.where(size == one, row_sums, 0.0) for one in range(n_sizes)]),
    )


@dataclass(frozen=True, eq=False)
class Equations:
    """`factor`: lower Cholesky factor of S; S⁻¹ is the covariance of β: `means`, then `effects`, roles and raters, then peers.

    `met`: (n_units,) ᾱ; `residual`: (n_units, d) ρ; `quadratic`: yᵀPy of the likelihood.
    """

    blocks: Blocks
    levels: Levels
    sds: FloatArray
    factor: FloatArray
    means: FloatArray
    effects: FloatArray
    peers: FloatArray
    met: FloatArray
    residual: FloatArray
    quadratic: float

    @property
    def layout(self) -> Layout:
        return self.blocks.layout

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
        """-2 log of the restricted likelihood, up to a constant. Patterson & Thompson (1971)."""
        layout, blocks = self.layout, self.blocks
        counts = _rows_by_size(layout)
        return float(
            counts @ (layout.sizes - 1) * np.log(blocks.error)
            - counts @ np.log(blocks.size_weight)
            + layout.pattern_size @ blocks.log_determinants
            + 2 * np.log(self.factor.diagonal()).sum()
            + layout.n_raters * np.log(blocks.rater)
            + layout.n_peers * np.log(blocks.peers)
            + layout.n_roles * np.log(ROLE_SD**2)
            + self.quadratic
        )

    def slopes(self) -> FloatArray:
        """The deviance's slope along the logarithms of the six standard deviations."""
        layout, blocks, n_roles = self.layout, self.blocks, self.layout.n_roles
        moments = self.inverse.diagonal()[len(layout.known) :] + np.append(self.effects, self.peers) ** 2
        roles = n_roles - moments[:n_roles].sum() / ROLE_SD**2
        rater = layout.n_raters - moments[n_roles : layout.n_effects].sum() / blocks.rater
        peers = layout.n_peers - moments[layout.n_effects :].sum() / blocks.peers
        shared = _share(self)
        candidate, dimension = self._own_slopes(shared)
        halo = self._halo_slope(shared)
        rest = candidate + dimension + rater + halo + roles + peers
        return 2 * np.array([candidate, rater, layout.n_free - self.quadratic - rest, dimension, halo, peers])

    def _own_slopes(self, shared: "Shared") -> tuple[float, float]:
        """Along the log variances of θ and δ."""
        blocks, number = self.blocks, self.layout.pattern_size[:, None, None]
        rest = blocks.rest
        left = number * (rest @ blocks.precision) - rest @ shared.spread @ rest.transpose(0, 2, 1)
        left, own = left.sum(axis=0), blocks.by_unit(rest, self.residual)
        candidate = blocks.candidate * (left.sum() - (own.sum(axis=1) ** 2).sum())
        return float(candidate), float(blocks.dimension * (np.trace(left) - (own**2).sum()))

    def _halo_slope(self, shared: "Shared") -> float:
        """Along the log variance of φ, which moves P and the weights: dP = -w² 1 1ᵀ, dw = -n w²."""
        layout, blocks, cells = self.layout, self.blocks, self.layout.cells
        masks, squares = blocks.cell_masks, blocks.cell_weight**2
        of_precision = (masks * blocks.by_cell(self._along_precision(shared), masks)).sum(axis=1)
        of_weight = 2 * (shared.crossed * blocks.cell_rest - shared.met * blocks.cell_covariance).sum(axis=1)
        residuals = total_by(layout.size_of[layout.rows.set], self._row_residuals() ** 2, len(layout.sizes))
        slope = (
            (_rows_by_size(layout) * layout.sizes) @ blocks.size_weight
            - (cells.count * squares) @ of_precision
            - (masks.sum(axis=1) * squares) @ of_weight
            - (layout.sizes * blocks.size_weight) ** 2 @ shared.by_size
            - blocks.size_weight**2 @ residuals
        )
        return blocks.halo * float(slope)

    def _along_precision(self, shared: "Shared") -> FloatArray:
        """Derivative of the logarithms of determinants along P, by pattern."""
        blocks, number = self.blocks, self.layout.pattern_size[:, None, None]
        covariance = blocks.covariance
        once = covariance @ blocks.precision @ shared.of_levels
        weighted = blocks.by_pattern(blocks.cell_weight[:, None] * blocks.cell_covariance, shared.crossed)
        twice = once + weighted
        straight = number * covariance + shared.of_levels + covariance @ shared.spread @ covariance
        return np.asarray(straight - twice - twice.transpose(0, 2, 1))

    def _row_residuals(self) -> FloatArray:
        """Sums of the residuals of each row's ratings."""
        layout, rows = self.layout, self.layout.rows
        size = layout.sizes[layout.size_of[rows.set]]
        explained = (layout.packs.spread.T @ (self.own + self.means + self.met[:, None]).ravel())[rows.pack]
        return np.asarray(self.levels.row_sums - size * (rows.effects @ self.effects) - explained)


def solve_levels(layout: Layout, levels: Levels, sds: FloatArray) -> Equations:
    """`sds`: candidate, rater, error, dimension, halo, peers. ArithmeticError when they are too far apart."""
    blocks, packs, n_dimensions = build_blocks(layout, sds), layout.packs, len(layout.known)
    upper, failed = lapack.dpotrf(blocks.matrix().T, lower=0, clean=1, overwrite_a=1)
    if failed:
        raise ArithmeticError(f"the normal equations broke down at standard deviations {sds}")
    size = layout.size_of[packs.set]
    weight = blocks.size_weight[size]
    informed = levels.unit_sums / blocks.error - blocks.gather(blocks.size_common[size] * levels.pack_sums)  # q
    shrunk = blocks.by_unit(blocks.covariance, informed)
    effects = blocks.size_weight @ levels.size_effects - packs.effects.T @ (weight * (packs.spread.T @ shrunk.ravel()))
    left = blocks.by_unit(blocks.rest, informed)
    right = np.concatenate([left.sum(axis=0), effects, layout.peers.T @ left.sum(axis=1)])
    beta, _ = lapack.dpotrs(upper, right, lower=0)
    means, effects, peers = np.split(beta, [n_dimensions, n_dimensions + layout.n_effects])
    met = layout.peers @ peers
    carried = blocks.gather(weight * (packs.effects @ effects))
    squares = levels.squares / blocks.error - blocks.size_common @ levels.size_squares
    return Equations(
        blocks=blocks,
        levels=levels,
        sds=np.asarray(sds, dtype=np.float64),
        factor=upper.T,
        means=means,
        effects=effects,
        peers=peers,
        met=met,
        residual=informed - blocks.by_unit(blocks.precision, means + met[:, None]) - carried,
        quadratic=float(squares - (informed * shrunk).sum() - right @ beta),
    )


@dataclass(frozen=True, eq=False)
class Shared:
    """Sums of C over what units carry: their levels, μ + ᾱ, and their scorecards' effects.

    `of_levels`: (n_patterns, d, d); `crossed`: (n_cells, d) levels with effects; `met`: (n_cells, d) effects with the others
    of the unit; `by_size`: effects alone; `spread`: (n_patterns, d, d) Σ c C cᵀ.
    """

    of_levels: FloatArray
    crossed: FloatArray
    met: FloatArray
    by_size: FloatArray
    spread: FloatArray


def _share(equations: Equations) -> Shared:
    layout, blocks, n_dimensions = equations.layout, equations.blocks, len(equations.layout.known)
    effects = slice(n_dimensions, n_dimensions + layout.n_effects)
    between = layout.pairs @ equations.inverse[effects, effects].ravel()
    by_size, by_pair = between[: len(layout.sizes)], between[len(layout.sizes) :]
    weighted = by_pair * blocks.cell_weight[layout.pair_second]
    masks = blocks.cell_masks[layout.pair_second].T
    met = np.stack([total_by(layout.pair_first, weighted * mask, len(blocks.cell_masks)) for mask in masks], axis=1)
    of_levels, crossed = _share_levels(equations, effects)
    precision = blocks.precision
    reach = blocks.by_cell(precision, crossed) + met / 2
    half = blocks.by_pattern(blocks.cell_weight[:, None] * blocks.cell_masks, reach)
    half = half + precision @ of_levels @ precision / 2
    return Shared(of_levels, crossed, met, by_size, half + half.transpose(0, 2, 1))


def _share_levels(equations: Equations, effects: slice) -> tuple[FloatArray, FloatArray]:
    """`of_levels` and `crossed`; ᾱ is on all dimensions alike."""
    layout, inverse, n_dimensions = equations.layout, equations.inverse, len(equations.layout.known)
    of_levels = layout.pattern_size[:, None, None] * inverse[:n_dimensions, :n_dimensions]
    crossed = layout.cells.effects @ inverse[effects, :n_dimensions]
    if not layout.n_peers:
        return of_levels, crossed
    placed = np.zeros((2, layout.n_effects, layout.n_effects))
    placed[0][:, layout.met] = inverse[effects, effects.stop :]
    placed[1][layout.met, layout.met] = inverse[effects.stop :, effects.stop :]
    of_effects, own = (layout.pairs @ placed.reshape(2, -1).T)[len(layout.sizes) :].T
    pattern, first = layout.cells.pattern, layout.pair_first
    crossed = crossed + (layout.share[pattern] * total_by(first, of_effects, len(pattern)))[:, None]
    with_means = (layout.pattern_peers @ inverse[effects.stop :, :n_dimensions])[:, :, None]
    own = layout.share**2 * total_by(pattern[first], own, len(layout.flat))
    return of_levels + with_means + with_means.transpose(0, 2, 1) + own[:, None, None], crossed


def _rows_by_size(layout: Layout) -> FloatArray:
    size = layout.size_of[layout.rows.set]
    return np.bincount(size, minlength=len(layout.sizes)).astype(np.float64)
