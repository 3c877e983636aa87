"""Mixed-model equations with one random factor absorbed.

z_n = m + a_role + θ_unit + b_rater + e_n on candidates' rows, z_n = v_sample + b_rater + e_n on samples' rows; b, θ, a
random, m and v flat, Var e_n = σe² g_n. Henderson's equations are reduced exactly by eliminating the factor with more
levels, which leaves a small dense system for the rest (Searle, Casella & McCulloch 1992, ch. 7; the absorption is that of
animal breeding). Absorbing units is what the method's description writes out; absorbing raters is the same algebra
with the two factors exchanged, and gives the same numbers.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from candidates.scoring.pool import Pool, inverse_or_zero, total_by
from candidates.scoring.values import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Design:
    """Everything that does not depend on the ratings' values or on the variances.

    Columns of the reduced system: 0 the mean, then `n_roles`, then the kept factor's levels. Absorbed levels that are
    random are grouped by their information n = Σ 1/g (`information`, `group`, `group_size`), because f depends on n alone.
    `pairs`: (n_groups, p²), row v = Σ c cᵀ over the levels of group v; `base`: the rest of the matrix, without priors.
    """

    absorbs_units: bool
    precision: FloatArray  # (n_rows,) 1/g, 0 on rows left out
    absorbed: IntArray  # (n_rows,)
    level_information: FloatArray  # (n_levels,) Σ 1/g
    flat_level: BoolArray  # (n_levels,) absorbed without a prior: calibration samples
    group: IntArray  # (n_levels,)
    information: FloatArray  # (n_groups,)
    group_size: FloatArray  # (n_groups,)
    columns: sparse.csr_array  # (n_rows, p) which effects a row carries
    contents: sparse.csr_array  # (n_levels, p) c = Σ x/g
    grouped: sparse.csr_array  # (n_levels, n_groups * p) the same, set apart by group; empty for flat levels
    pairs: sparse.csr_array
    base: FloatArray  # (p, p)
    n_roles: int
    random_column: BoolArray  # (p,) the kept factor's columns that have a prior
    idle_column: BoolArray  # (p,) flat columns no row carries
    n_rows: int
    n_flat: int

    @property
    def size(self) -> int:
        return len(self.base)


def build_design(pool: Pool, precision: FloatArray) -> Design:
    """`precision`: (n_rows,) 1/g, 0 for a row that is not used. At least one candidate's row must be."""
    n_candidates, n_raters = len(pool.candidates), len(pool.raters)
    absorbs_units = n_raters <= pool.n_units
    n_roles = len(pool.roles) if len(pool.roles) > 1 else 0
    absorbed, kept = (pool.unit, pool.rater) if absorbs_units else (pool.rater, pool.unit)
    n_levels, n_kept = (pool.n_units, n_raters) if absorbs_units else (n_raters, pool.n_units)
    used = precision > 0
    columns = _columns(pool, kept, n_roles, n_kept)
    weighted = sparse.diags_array(precision) @ columns
    incidence = sparse.csr_array((np.ones(len(used)), (absorbed, np.arange(len(used)))), shape=(n_levels, len(used)))
    contents = (incidence @ weighted).tocsr()
    contents.eliminate_zeros()
    information = total_by(absorbed, precision, n_levels)
    flat = np.arange(n_levels) >= n_candidates if absorbs_units else np.zeros(n_levels, dtype=bool)
    values, group = np.unique(np.round(information, 10), return_inverse=True)
    grouped = _grouped(contents, group, len(values), ~flat)
    size = columns.shape[1]
    base = (columns.T @ weighted).toarray()
    kept_number = np.arange(size) - 1 - n_roles
    random_column = (kept_number >= 0) & (kept_number < (n_kept if absorbs_units else n_candidates))
    sample_column = (kept_number >= 0) & ~random_column
    idle = sample_column & (base.diagonal() == 0)
    flat_contents = sparse.diags_array(np.where(flat, inverse_or_zero(information), 0.0)) @ contents
    return Design(
        absorbs_units=absorbs_units,
        precision=precision,
        absorbed=absorbed,
        level_information=information,
        flat_level=flat,
        group=group,
        information=values,
        group_size=total_by(group, ~flat, len(values)),
        columns=columns,
        contents=contents,
        grouped=grouped,
        pairs=(grouped.T @ contents).tocoo().reshape((len(values), size * size)).tocsr(),
        base=base - (contents.T @ flat_contents).toarray(),
        n_roles=n_roles,
        random_column=random_column,
        idle_column=idle,
        n_rows=int(used.sum()),
        n_flat=1 + int((flat & (information > 0)).sum()) + int((sample_column & ~idle).sum()),
    )


@dataclass(frozen=True, eq=False)
class Response:
    """One outcome's sums over a design; `level_sums`: (n_levels,) s = Σ z/g."""

    design: Design
    level_sums: FloatArray
    right: FloatArray  # (p,) t, flat levels already absorbed
    squares: float  # Σ z²/g, likewise
    group_squares: FloatArray  # (n_groups,) Σ s²
    group_right: FloatArray  # (n_groups, p) Σ s c


def build_response(design: Design, outcome: FloatArray) -> Response:
    """`outcome`: (n_rows,) z; its value on rows left out is ignored."""
    weighted = design.precision * np.where(design.precision > 0, outcome, 0.0)
    sums = total_by(design.absorbed, weighted, len(design.level_information))
    flat = np.where(design.flat_level, sums * inverse_or_zero(design.level_information), 0.0)
    random = np.where(design.flat_level, 0.0, sums)
    return Response(
        design=design,
        level_sums=sums,
        right=design.columns.T @ weighted - design.contents.T @ flat,
        squares=float(weighted @ np.where(design.precision > 0, outcome, 0.0) - flat @ sums),
        group_squares=total_by(design.group, random**2, len(design.information)),
        group_right=(design.grouped.T @ sums).reshape(len(design.information), design.size),
    )


def _columns(pool: Pool, kept: IntArray, n_roles: int, n_kept: int) -> sparse.csr_array:
    rows = np.arange(len(kept))
    forms = rows[: pool.n_forms]
    carried = [(forms, np.zeros_like(forms)), (rows, 1 + n_roles + kept)]
    if n_roles:
        carried.append((forms, 1 + pool.role[forms]))
    row, column = (np.concatenate(part) for part in zip(*carried, strict=True))
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(rows), 1 + n_roles + n_kept))


def _grouped(contents: sparse.csr_array, group: IntArray, n_groups: int, random: BoolArray) -> sparse.csr_array:
    n_levels, size = contents.shape
    row = np.repeat(np.arange(n_levels), np.diff(contents.indptr))
    column = group[row] * size + contents.indices
    return sparse.csr_array((contents.data * random[row], (row, column)), shape=(n_levels, n_groups * size))
