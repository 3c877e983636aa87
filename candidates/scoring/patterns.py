"""Who assessed which dimensions, set out so that equal arrangements are computed once.

A *set* is the dimensions that a scorecard assesses; a *pack* is one unit's scorecards with the same set; a *pattern* is
what units have in common whose packs have equal sets and sizes; a *cell* is one of a pattern's sets. Nothing here depends
on levels or on standard deviations.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from candidates.scoring.pool import Pool, total_by
from candidates.scoring.values import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Layout:
    """Rows are the scorecards that assess something, in order of unit and set; effects are roles, then raters.

    `order`: (n_rows,) their places in the pool; `row_start`: (n_units + 1,) where each unit's rows begin.
    `sizes`: the distinct numbers of dimensions in a set; `size_of`: (n_sets,) which of them.
    `pack_effects`, `cell_effects`: how often a pack, a cell carries each effect. `spread`: (n_units * d, n_packs), the
    dimensions of each pack. `pairs`: (n_sizes + n_pairs, n_effects²): Σ x xᵀ over rows of a size, then Σ x yᵀ over the
    rows of two cells (`pair_first`, `pair_second`) that stand in one unit.
    """

    order: IntArray
    row_unit: IntArray
    row_start: IntArray
    row_rater: IntArray
    row_set: IntArray
    row_pack: IntArray
    row_cell: IntArray
    effects: sparse.csr_array
    sets: FloatArray  # (n_sets, d), 1 where assessed
    set_size: FloatArray
    sizes: FloatArray
    size_of: IntArray
    pack_set: IntArray
    pack_unit: IntArray
    pack_effects: sparse.csr_array
    spread: sparse.csr_array
    pattern: IntArray  # (n_units,)
    pattern_size: FloatArray  # how many units
    flat: BoolArray  # (n_patterns,) of calibration samples, whose own levels have no prior
    cell_pattern: IntArray
    cell_set: IntArray
    cell_count: FloatArray  # scorecards in one unit's pack
    cell_effects: sparse.csr_array
    pair_first: IntArray
    pair_second: IntArray
    pairs: sparse.csr_array
    known: BoolArray  # (d,) assessed for some candidate
    n_roles: int
    n_raters: int
    n_free: int  # ratings less flat effects

    @property
    def n_effects(self) -> int:
        return self.n_roles + self.n_raters

    @property
    def n_units(self) -> int:
        return len(self.pattern)


def build_layout(pool: Pool) -> Layout:
    assessed = ~np.isnan(pool.ratings)
    used = np.flatnonzero(assessed.any(axis=1))
    sets, row_set = _distinct_sets(assessed[used])
    sorting = np.lexsort((row_set, pool.unit[used]))
    order, row_set = used[sorting], row_set[sorting]
    unit = pool.unit[order]
    first = np.flatnonzero(np.diff(unit * len(sets) + row_set, prepend=-1))
    row_pack = np.repeat(np.arange(len(first)), np.diff(first, append=len(order)))
    pack_unit, pack_set = unit[first], row_set[first]
    pack_count = np.bincount(row_pack, minlength=len(first))
    place = np.arange(len(first)) - np.searchsorted(pack_unit, pack_unit)
    is_sample = np.arange(pool.n_units) >= len(pool.candidates)
    pattern, model = _patterns(is_sample, pack_unit, place, pack_set * (len(order) + 1) + pack_count)
    # The cells of a pattern are the packs of its first unit.
    of_model = np.flatnonzero(model[pattern[pack_unit]] == pack_unit)
    of_model = of_model[np.argsort(pattern[pack_unit[of_model]], kind="stable")]
    cell_pattern = pattern[pack_unit[of_model]]
    pack_cell = np.searchsorted(cell_pattern, pattern[pack_unit]) + place
    n_roles = len(pool.roles) if len(pool.roles) > 1 else 0
    columns = _effect_columns(pool, order, n_roles)
    n_effects = n_roles + len(pool.raters)
    effects = _indicators(columns, n_effects)
    pack_effects = _grouping(row_pack, len(first)) @ effects
    sizes, size_of = np.unique(sets.sum(axis=1), return_inverse=True)
    pair_first, pair_second, pairs = _pairs(
        columns, unit, pack_cell[row_pack], cell_pattern, size_of[row_set], len(sizes), n_effects
    )
    known = assessed[: pool.n_forms].any(axis=0)
    return Layout(
        order=order,
        row_unit=unit,
        row_start=np.searchsorted(unit, np.arange(pool.n_units + 1)),
        row_rater=pool.rater[order],
        row_set=row_set,
        row_pack=row_pack,
        row_cell=pack_cell[row_pack],
        effects=effects,
        sets=sets,
        set_size=sets.sum(axis=1),
        sizes=sizes,
        size_of=size_of,
        pack_set=pack_set,
        pack_unit=pack_unit,
        pack_effects=pack_effects,
        spread=_spread(sets, pack_set, pack_unit, pool.n_units),
        pattern=pattern,
        pattern_size=total_by(pattern, np.ones(pool.n_units), len(model)),
        flat=is_sample[model],
        cell_pattern=cell_pattern,
        cell_set=pack_set[of_model],
        cell_count=pack_count[of_model].astype(np.float64),
        cell_effects=_grouping(pack_cell, len(of_model)) @ pack_effects,
        pair_first=pair_first,
        pair_second=pair_second,
        pairs=pairs,
        known=known,
        n_roles=n_roles,
        n_raters=len(pool.raters),
        n_free=int(assessed.sum() - known.sum()) - _sample_levels(pool, assessed),
    )


def _distinct_sets(assessed: BoolArray) -> tuple[FloatArray, IntArray]:
    packed = np.packbits(assessed, axis=1)
    code = np.zeros(len(packed), dtype=np.intp)
    for column in packed.T:
        code = np.unique(code * 256 + column, return_inverse=True)[1]
    _, first = np.unique(code, return_index=True)
    return assessed[first].astype(np.float64), code


def _patterns(is_sample: BoolArray, pack_unit: IntArray, place: IntArray, kind: IntArray) -> tuple[IntArray, IntArray]:
    """Which pattern each unit has, and the first unit of each pattern; packs are compared one place after the other."""
    kind = np.unique(kind, return_inverse=True)[1] + 1
    code = is_sample.astype(np.intp)
    for number in range(int(place.max(initial=-1)) + 1):
        here = place == number
        longer = code[pack_unit[here]] * (len(kind) + 2) + kind[here]
        code[pack_unit[here]] = np.unique(longer, return_inverse=True)[1] + len(code)
        code = np.unique(code, return_inverse=True)[1]
    _, model, pattern = np.unique(code, return_index=True, return_inverse=True)
    return pattern, model


def _effect_columns(pool: Pool, order: IntArray, n_roles: int) -> tuple[IntArray, ...]:
    """Columns of the effects of each row, -1 for none: (role and) rater."""
    rater = n_roles + pool.rater[order]
    return (pool.role[order], rater) if n_roles else (rater,)


def _indicators(columns: tuple[IntArray, ...], n_effects: int) -> sparse.csr_array:
    row = np.tile(np.arange(len(columns[0])), len(columns))
    column = np.concatenate(columns)
    there = column >= 0
    shape = (len(columns[0]), n_effects)
    return sparse.csr_array((np.ones(there.sum()), (row[there], column[there])), shape=shape)


def _grouping(group: IntArray, n_groups: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(n_groups, len(group)))


def _spread(sets: FloatArray, pack_set: IntArray, pack_unit: IntArray, n_units: int) -> sparse.csr_array:
    pack, dimension = np.nonzero(sets[pack_set])
    row = pack_unit[pack] * sets.shape[1] + dimension
    return sparse.csr_array((np.ones(len(pack)), (row, pack)), shape=(n_units * sets.shape[1], len(pack_set)))


def _pairs(
    columns: tuple[IntArray, ...],
    unit: IntArray,
    cell: IntArray,
    cell_pattern: IntArray,
    size: IntArray,
    n_sizes: int,
    n_effects: int,
) -> tuple[IntArray, IntArray, sparse.csr_array]:
    first, second = _crossed(unit)
    pair_first, pair_second = _crossed(cell_pattern)
    start = np.searchsorted(pair_first, np.arange(len(cell_pattern)))
    begins = np.searchsorted(cell_pattern, cell_pattern)
    pair = start[cell[first]] + cell[second] - begins[cell[second]]
    rows, places = [], []
    every = np.arange(len(unit))
    for group, one, other in ((size, every, every), (n_sizes + pair, first, second)):
        for left in columns:
            for right in columns:
                there = (left[one] >= 0) & (right[other] >= 0)
                rows.append(group[there])
                places.append(left[one][there] * n_effects + right[other][there])
    row, place = np.concatenate(rows), np.concatenate(places)
    shape = (n_sizes + len(pair_first), n_effects**2)
    return pair_first, pair_second, sparse.csr_array((np.ones(len(row)), (row, place)), shape=shape)


def _crossed(group: IntArray) -> tuple[IntArray, IntArray]:
    """All ordered pairs of places with the same group; `group` is sorted."""
    begin = np.searchsorted(group, group)
    count = np.searchsorted(group, group, side="right") - begin
    first = np.repeat(np.arange(len(group)), count)
    within = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    return first, begin[first] + within


def _sample_levels(pool: Pool, assessed: BoolArray) -> int:
    """How many sample × dimension levels are estimated without a prior."""
    sample, dimension = np.nonzero(assessed[pool.n_forms :])
    return len(np.unique(pool.unit[pool.n_forms :][sample] * assessed.shape[1] + dimension))
