"""Who assessed which dimensions, set out so that equal arrangements are computed once.

A *set* is the dimensions that a scorecard assesses; a *pack* is one unit's scorecards with the same set; a *pattern* is
what units have in common whose packs have equal sets and sizes; a *cell* is one of a pattern's sets. Nothing here depends
on levels or on standard deviations.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import sparse

from candidates.scoring.pool import Pool, inverse_or_zero, total_by
from candidates.scoring.values import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Rows:
    """The scorecards that assess something, in order of unit and set.

    `order`: their places in the pool; `start`: (n_units + 1,) where each unit's rows begin; `effects`: (n_rows, n_effects).
    """

    order: IntArray
    unit: IntArray
    rater: IntArray
    set: IntArray
    pack: IntArray
    cell: IntArray
    start: IntArray
    effects: sparse.csr_array


@dataclass(frozen=True, eq=False)
class Packs:
    """`count`: scorecards in it; `place`: which of its unit's packs; `effects`: how often it carries each effect."""

    unit: IntArray
    set: IntArray
    count: IntArray
    place: IntArray
    effects: sparse.csr_array
    spread: sparse.csr_array  # (n_units * d, n_packs) the dimensions of each


@dataclass(frozen=True, eq=False)
class Cells:
    """In order of pattern; `count`: scorecards in one unit's pack; `effects`: over all units of the pattern."""

    pattern: IntArray
    set: IntArray
    count: FloatArray
    effects: sparse.csr_array


@dataclass(frozen=True, eq=False)
class Layout:
    """Everything together; effects are roles, when there are several, then raters; peers, when wanted, stand apart.

    `share`: (n_patterns,) of one scorecard in a candidate's; `peers`: (n_units, n_peers) of each rater, none of samples,
    `pattern_peers` over all units of a pattern. `sizes`: the distinct numbers of dimensions in a set; `size_of`: (n_sets,) which of them. `pairs`: (n_sizes + n_pairs,
    n_effects²): Σ x xᵀ over rows of a size, then Σ x yᵀ over the rows of two cells (`pair_first`, `pair_second`) that
    stand in one unit.
    """

    rows: Rows
    packs: Packs
    cells: Cells
    sets: FloatArray  # (n_sets, d), 1 where assessed
    sizes: FloatArray
    size_of: IntArray
    pattern: IntArray  # (n_units,)
    pattern_size: FloatArray  # how many units
    flat: BoolArray  # (n_patterns,) of calibration samples, whose own levels have no prior
    pair_first: IntArray
    pair_second: IntArray
    pairs: sparse.csr_array
    known: BoolArray  # (d,) assessed for some candidate
    n_roles: int
    n_raters: int
    share: FloatArray
    peers: sparse.csr_array
    pattern_peers: sparse.csr_array
    n_free: int  # ratings less flat effects

    @property
    def n_units(self) -> int:
        return len(self.pattern)

    @property
    def n_effects(self) -> int:
        return self.n_roles + self.n_raters

    @property
    def n_peers(self) -> int:
        return int(self.peers.shape[1])

    @property
    def met(self) -> slice:
        """The raters among the effects; none without peers."""
        return slice(self.n_roles, self.n_roles + self.n_peers)


def build_layout(pool: Pool, *, peers: bool) -> Layout:
    """At least one candidate's scorecard must assess something. `peers`: whether raters' candidates have effects."""
    assessed = ~np.isnan(pool.ratings)
    n_roles = len(pool.roles) if len(pool.roles) > 1 else 0
    order, row_set, sets = _sorted_rows(pool, assessed)
    sizes, size_of = np.unique(sets.sum(axis=1), return_inverse=True)
    columns = _effect_columns(pool, order, n_roles)
    effects = _indicators(columns, n_roles + len(pool.raters))
    packs, row_pack = _pack(pool, order, row_set, sets, effects)
    is_sample = np.arange(pool.n_units) >= len(pool.candidates)
    pattern, model = _patterns(is_sample, packs)
    cells, pack_cell = _cells(packs, pattern, model)
    rows = _rows(pool, order, row_set, row_pack, pack_cell[row_pack], effects)
    pair_first, pair_second, pairs = _pairs(columns, rows, cells.pattern, size_of, len(sizes), effects.shape[1])
    known = np.asarray(assessed[: pool.n_forms].any(axis=0))
    share = np.where(is_sample, 0.0, inverse_or_zero(np.diff(rows.start).astype(np.float64)))
    met = _met(rows, share, len(pool.raters) if peers else 0)
    return Layout(
        rows=rows,
        packs=packs,
        cells=cells,
        sets=sets,
        sizes=sizes,
        size_of=size_of,
        pattern=pattern,
        pattern_size=total_by(pattern, np.ones(pool.n_units), len(model)),
        flat=is_sample[model],
        pair_first=pair_first,
        pair_second=pair_second,
        pairs=pairs,
        known=known,
        n_roles=n_roles,
        n_raters=len(pool.raters),
        share=share[model],
        peers=met,
        pattern_peers=_grouping(pattern, len(model)) @ met,
        n_free=int(assessed.sum() - known.sum()) - _sample_levels(pool, assessed),
    )


def _sorted_rows(pool: Pool, assessed: BoolArray) -> tuple[IntArray, IntArray, FloatArray]:
    used = np.flatnonzero(assessed.any(axis=1))
    sets, row_set = _distinct_sets(assessed[used])
    sorting = np.lexsort((row_set, pool.unit[used]))
    return used[sorting], row_set[sorting], sets


def _pack(
    pool: Pool, order: IntArray, row_set: IntArray, sets: FloatArray, effects: sparse.csr_array
) -> tuple[Packs, IntArray]:
    """The packs, and each row's."""
    unit = pool.unit[order]
    first = np.flatnonzero(np.diff(unit * len(sets) + row_set, prepend=-1))
    count = np.diff(first, append=len(order))
    row_pack = np.repeat(np.arange(len(first)), count)
    pack_unit, pack_set = unit[first], row_set[first]
    packs = Packs(
        unit=pack_unit,
        set=pack_set,
        count=count,
        place=np.arange(len(first)) - np.searchsorted(pack_unit, pack_unit),
        effects=_grouping(row_pack, len(first)) @ effects,
        spread=_spread(sets, pack_set, pack_unit, pool.n_units),
    )
    return packs, row_pack


def _cells(packs: Packs, pattern: IntArray, model: IntArray) -> tuple[Cells, IntArray]:
    """The cells of a pattern are the packs of its first unit, `model`; and each pack's cell."""
    of_pack = pattern[packs.unit]
    chosen = np.flatnonzero(model[of_pack] == packs.unit)
    chosen = chosen[np.argsort(of_pack[chosen], kind="stable")]
    pack_cell = np.searchsorted(of_pack[chosen], of_pack) + packs.place
    cells = Cells(
        pattern=of_pack[chosen],
        set=packs.set[chosen],
        count=packs.count[chosen].astype(np.float64),
        effects=_grouping(pack_cell, len(chosen)) @ packs.effects,
    )
    return cells, pack_cell


def _rows(
    pool: Pool, order: IntArray, row_set: IntArray, pack: IntArray, cell: IntArray, effects: sparse.csr_array
) -> Rows:
    unit = pool.unit[order]
    start = np.searchsorted(unit, np.arange(pool.n_units + 1))
    return Rows(order, unit, pool.rater[order], row_set, pack, cell, start, effects)


def _met(rows: Rows, share: FloatArray, n_peers: int) -> sparse.csr_array:
    counts = rows.rater < n_peers
    place = (rows.unit[counts], rows.rater[counts])
    return sparse.csr_array((share[rows.unit[counts]], place), shape=(len(share), n_peers))


def _distinct_sets(assessed: BoolArray) -> tuple[FloatArray, IntArray]:
    packed = np.packbits(assessed, axis=1)
    code = np.zeros(len(packed), dtype=np.intp)
    for column in packed.T:
        code = np.unique(code * 256 + column, return_inverse=True)[1]
    _, first = np.unique(code, return_index=True)
    return assessed[first].astype(np.float64), code


def _patterns(is_sample: BoolArray, packs: Packs) -> tuple[IntArray, IntArray]:
    """Which pattern each unit has, and the first unit of each pattern; packs are compared one place after the other."""
    kind = np.unique(packs.set * (packs.count.max() + 1) + packs.count, return_inverse=True)[1] + 1
    code = is_sample.astype(np.intp)
    for number in range(int(packs.place.max()) + 1):
        here = np.flatnonzero(packs.place == number)
        longer = code[packs.unit[here]] * (int(kind.max()) + 1) + kind[here]
        code[packs.unit[here]] = np.unique(longer, return_inverse=True)[1] + len(code)
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
    rows: Rows,
    cell_pattern: IntArray,
    size_of: IntArray,
    n_sizes: int,
    n_effects: int,
) -> tuple[IntArray, IntArray, sparse.csr_array]:
    first, second = _crossed(rows.unit)
    pair_first, pair_second = _crossed(cell_pattern)
    start = np.searchsorted(pair_first, np.arange(len(cell_pattern)))
    begins = np.searchsorted(cell_pattern, cell_pattern)
    pair = start[rows.cell[first]] + rows.cell[second] - begins[rows.cell[second]]
    every = np.arange(len(rows.unit))
    groups, places = [], []
    for group, one, other in ((size_of[rows.set], every, every), (n_sizes + pair, first, second)):
        for left, right in product(columns, repeat=2):
            there = (left[one] >= 0) & (right[other] >= 0)
            groups.append(group[there])
            places.append(left[one][there] * n_effects + right[other][there])
    group, place = np.concatenate(groups), np.concatenate(places)
    shape = (n_sizes + len(pair_first), n_effects**2)
    return pair_first, pair_second, sparse.csr_array((np.ones(len(group)), (group, place)), shape=shape)


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
