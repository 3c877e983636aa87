"""A rating sheet and its calibration samples as index arrays."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from candidates.scoring.values import BoolArray, FloatArray, Ids, IntArray, RatingSheet, Scale


@dataclass(frozen=True, eq=False)
class Pool:
    """Rows: the sheet's, then the samples'. A unit is who or what a row rates: a candidate, or, numbered after them, a sample.

    `unit`, `rater`, `role`: (n_rows,), role -1 on a sample; `ratings`: (n_rows, n_dimensions) in levels;
    `role_of`: (n_candidates,).
    """

    candidates: tuple[Hashable, ...]
    raters: tuple[Hashable, ...]
    roles: tuple[Hashable, ...]
    n_forms: int
    n_samples: int
    unit: IntArray
    rater: IntArray
    role: IntArray
    ratings: FloatArray
    role_of: IntArray

    @property
    def n_units(self) -> int:
        return len(self.candidates) + self.n_samples

    @property
    def forms(self) -> FloatArray:
        """Ratings of the candidates' own scorecards, (n_forms, n_dimensions)."""
        return self.ratings[: self.n_forms]


def build_pool(sheet: RatingSheet, scale: Scale, samples: RatingSheet | None) -> Pool:
    """ValueError names the row and the column of a rating that is not on the scale."""
    forms = _checked(sheet, scale, "row")
    extra = np.empty((0, forms.shape[1])) if samples is None else _checked(samples, scale, "samples: row")
    candidates, unit = numbered(sheet.candidates)
    roles, role = numbered(sheet.roles)
    raters, rater = numbered((*sheet.raters, *(() if samples is None else samples.raters)))
    sampled, sample_unit = numbered(() if samples is None else samples.candidates)
    role_of = np.zeros(len(candidates), dtype=np.intp)
    role_of[unit] = role
    return Pool(
        candidates=candidates,
        raters=raters,
        roles=roles,
        n_forms=len(forms),
        n_samples=len(sampled),
        unit=np.concatenate([unit, sample_unit + len(candidates)]),
        rater=rater,
        role=np.concatenate([role, np.full(len(extra), -1, dtype=np.intp)]),
        ratings=np.concatenate([forms, extra]),
        role_of=role_of,
    )


def numbered(ids: Ids) -> tuple[tuple[Hashable, ...], IntArray]:
    """The distinct ids in order of appearance, and each row's position among them."""
    position = {name: number for number, name in enumerate(dict.fromkeys(ids))}
    return tuple(position), np.fromiter(map(position.__getitem__, ids), dtype=np.intp, count=len(ids))


def total_by(index: IntArray, values: FloatArray | BoolArray, size: int) -> FloatArray:
    """Sums of the values, (n_rows,), that share an index: (size,)."""
    return np.bincount(index, weights=values, minlength=size).astype(np.float64, copy=False)


def sum_by(index: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sums of the rows of `values`, (n_rows, n_columns), that share an index: (size, n_columns)."""
    columns = [total_by(index, column, size) for column in values.T]
    return np.stack(columns, axis=1) if columns else np.zeros((size, 0))


def sum_runs(values: FloatArray, group: IntArray, size: int) -> FloatArray:
    """Sums of the rows of `values`, (n_rows, …), that share a group: (size, …); `group` is sorted."""
    total = np.zeros((size, *values.shape[1:]))
    first = np.flatnonzero(np.diff(group, prepend=-1))
    total[group[first]] = np.add.reduceat(values, first, axis=0)
    return total


def inverse_or_zero(values: FloatArray) -> FloatArray:
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def _checked(sheet: RatingSheet, scale: Scale, where: str) -> FloatArray:
    ratings = sheet.ratings if len(sheet.ratings) else np.empty((0, len(scale.weights)))
    if ratings.shape[1] != len(scale.weights):
        raise ValueError(f"ratings: {ratings.shape[1]} columns for {len(scale.weights)} weights")
    bad = (ratings < scale.lowest) | (ratings > scale.highest)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ValueError(
            f"{where} {row}, column {column}: {ratings[row, column]} is outside {scale.lowest}-{scale.highest}"
        )
    return ratings
