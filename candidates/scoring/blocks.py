"""The small dense block of each pattern at given standard deviations, for method panel-2.

y = μ_d + a_role + ᾱ_unit + θ_unit + δ_unit,d + b_rater + φ_scorecard + ε, ᾱ the mean α of the unit's raters. A unit's own levels u_d = θ + δ_d have covariance
G = σθ² J + σδ² I, a scorecard's noise R = σε² I + σφ² J, with R⁻¹ = I/σε² - k J. With P = Σ R⁻¹ over a unit's scorecards,
each on its own dimensions, and q = Σ R⁻¹ y, the unit is absorbed by V = (G⁻¹ + P)⁻¹ = G (I + P G)⁻¹. What is left is a
dense system in μ, a, b and α (Searle, Casella & McCulloch 1992, ch. 7; Woodbury's identity, twice).
"""

from dataclasses import dataclass

import numpy as np

from candidates.scoring.fitting import ROLE_SD
from candidates.scoring.patterns import Layout
from candidates.scoring.pool import sum_runs
from candidates.scoring.values import FloatArray

SMALLEST = 1e-8


@dataclass(frozen=True, eq=False)
class Blocks:
    """Standard deviations squared, and by set, cell or pattern what follows from them; 1 stands for a set's dimensions."""

    layout: Layout
    candidate: float
    rater: float
    error: float
    dimension: float
    halo: float
    peers: float
    size_weight: FloatArray  # (n_sizes,) 1/(σε² + n σφ²): 1ᵀR⁻¹ on each of the dimensions
    size_common: FloatArray  # (n_sizes,) k
    precision: FloatArray  # (n_patterns, d, d) P
    covariance: FloatArray  # V
    rest: FloatArray  # I - PV
    log_determinants: FloatArray  # (n_patterns,) of I + PG; of P where the unit's own levels have no prior
    cell_masks: FloatArray  # (n_cells, d) 1
    cell_weight: FloatArray  # (n_cells,)
    cell_covariance: FloatArray  # (n_cells, d) V 1
    cell_rest: FloatArray  # (n_cells, d) (I - PV) 1

    def matrix(self) -> FloatArray:
        """S, the reduced system: dimensions' means, roles, raters, peers; its lower half."""
        layout, n_dimensions, n_effects = self.layout, len(self.layout.known), self.layout.n_effects
        informed = self.rest @ self.precision  # on the level of a unit: (P⁻¹ + G)⁻¹
        means = (layout.pattern_size[:, None, None] * informed).sum(axis=0)
        of_pairs = (layout.pairs.T @ self._pair_weights(informed)).T.reshape(-1, n_effects, n_effects)
        effects, peers = n_dimensions, n_dimensions + n_effects
        matrix = np.zeros((peers + layout.n_peers, peers + layout.n_peers))
        matrix[:effects, :effects] = (means + means.T) / 2 + np.diag(~layout.known)
        matrix[effects:peers, :effects] = layout.cells.effects.T @ (self.cell_weight[:, None] * self.cell_rest)
        matrix[effects:peers, effects:peers] = of_pairs[0]
        if layout.n_peers:
            matrix[peers:, :effects] = layout.pattern_peers.T @ informed.sum(axis=2)
            matrix[peers:, effects:peers] = of_pairs[1][:, layout.met].T
            matrix[peers:, peers:] = of_pairs[2][layout.met, layout.met]
        counts = [n_dimensions, layout.n_roles, layout.n_raters, layout.n_peers]
        matrix[np.diag_indices_from(matrix)] += np.repeat([0, 1 / ROLE_SD**2, 1 / self.rater, 1 / self.peers], counts)
        return matrix

    def _pair_weights(self, informed: FloatArray) -> FloatArray:
        """Of effects with effects, and with peers, effects with peers and peers with peers: (n_sizes + n_pairs, 1 or 3)."""
        layout, weight = self.layout, self.cell_weight[:, None]
        left, right = weight * self.cell_covariance, weight * self.cell_masks
        products = np.einsum("ij,ij->i", left[layout.pair_first], right[layout.pair_second])
        columns = [np.concatenate([layout.sizes * self.size_weight, -products])]
        if layout.n_peers:
            pattern = layout.cells.pattern
            of_effects = layout.share[pattern] * self.cell_weight * self.cell_rest.sum(axis=1)
            of_peers = (layout.share**2 * informed.sum(axis=(1, 2)))[pattern]
            none = np.zeros(len(layout.sizes))
            columns += [np.concatenate([none, of_cell[layout.pair_first]]) for of_cell in (of_effects, of_peers)]
        return np.stack(columns, axis=1)

    def by_unit(self, blocks: FloatArray, vectors: FloatArray) -> FloatArray:
        """Each unit's vector times its pattern's block: (n_units, d)."""
        if len(blocks) == 1:
            return np.asarray(vectors @ blocks[0].T)
        return np.asarray(np.einsum("nij,nj->ni", blocks[self.layout.pattern], vectors))

    def by_cell(self, blocks: FloatArray, vectors: FloatArray) -> FloatArray:
        """Each cell's vector times its pattern's block: (n_cells, d)."""
        return np.asarray(np.einsum("cij,cj->ci", blocks[self.layout.cells.pattern], vectors))

    def by_pattern(self, left: FloatArray, right: FloatArray) -> FloatArray:
        """Σ of left rightᵀ over each pattern's cells: (n_patterns, d, d)."""
        cells = self.layout.cells
        return sum_runs(left[:, :, None] * right[:, None, :], cells.pattern, len(self.layout.flat))

    def gather(self, per_pack: FloatArray) -> FloatArray:
        """One number a pack, summed on its dimensions: (n_units, d)."""
        return np.asarray((self.layout.packs.spread @ per_pack).reshape(self.layout.n_units, -1))


def build_blocks(layout: Layout, sds: FloatArray) -> Blocks:
    """`sds`: candidate, rater, error, dimension, halo, peers, in units of a 1-5 scale's level."""
    candidate, rater, error, dimension, halo, peers = (float(sd) ** 2 for sd in sds)
    size_weight = 1 / (error + layout.sizes * halo)
    size_common = halo / error * size_weight
    eye, cells = np.eye(len(layout.known)), layout.cells
    outer = layout.sets[:, :, None] * layout.sets[:, None, :]
    of_set = outer * (eye / error - size_common[layout.size_of, None, None])
    precision = sum_runs(of_set[cells.set] * cells.count[:, None, None], cells.pattern, len(layout.flat))
    covariance, log_determinants = _absorb(layout, precision, dimension * eye + candidate)
    rest = eye - precision @ covariance
    masks = layout.sets[cells.set]
    return Blocks(
        layout=layout,
        candidate=candidate,
        rater=max(rater, SMALLEST**2),
        error=error,
        dimension=dimension,
        halo=halo,
        peers=max(peers, SMALLEST**2),
        size_weight=size_weight,
        size_common=size_common,
        precision=precision,
        covariance=covariance,
        rest=rest,
        log_determinants=log_determinants,
        cell_masks=masks,
        cell_weight=size_weight[layout.size_of[cells.set]],
        cell_covariance=np.einsum("cij,cj->ci", covariance[cells.pattern], masks),
        cell_rest=np.einsum("cij,cj->ci", rest[cells.pattern], masks),
    )


def _absorb(layout: Layout, precision: FloatArray, own: FloatArray) -> tuple[FloatArray, FloatArray]:
    """V and the logarithms of determinants. Without a prior V is P⁻¹ on the assessed dimensions, 0 elsewhere."""
    eye, flat = np.eye(len(own)), layout.flat[:, None, None]
    unassessed = (precision.diagonal(axis1=1, axis2=2) == 0)[:, :, None] * eye
    grown = np.where(flat, precision + unassessed, eye + precision @ own)
    inverse = np.linalg.inv(grown)
    covariance = np.where(flat, inverse - unassessed, own @ inverse)
    return (covariance + covariance.transpose(0, 2, 1)) / 2, np.linalg.slogdet(grown)[1]
