"""What goes into the statistics: scorecards, the scale they are on, standard deviations."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]
Floats = Sequence[float] | FloatArray
Ids = Sequence[Hashable] | NDArray[Any]


def without_infinity(name: str, given: Floats) -> FloatArray:
    """The numbers as an array; ValueError names the first that is infinite, by row and column. NaN, a gap, may stay."""
    table = np.asarray(given, dtype=np.float64)
    if np.isinf(table).any():
        place = np.argwhere(np.isinf(table))[0]
        where = ", ".join(f"{axis} {number}" for axis, number in zip(("row", "column"), place, strict=False))
        raise ValueError(f"{name}: {where} is {table[tuple(place)]}")
    return table


@dataclass(frozen=True, eq=False)
class RatingSheet:
    """Submitted scorecards, one a row.

    `candidates`, `raters`, `roles`: three sequences of hashable ids, length n_forms; a candidate is an application and
    so belongs to one role. `ratings`: levels, shape (n_forms, n_dimensions), NaN = not assessed.
    ValueError when lengths differ, or a candidate stands under two roles (the row is named, counted from 0).
    """

    candidates: Ids
    raters: Ids
    roles: Ids
    ratings: FloatArray

    def __post_init__(self) -> None:
        for name in ("candidates", "raters", "roles"):
            given = getattr(self, name)
            object.__setattr__(self, name, tuple(given.tolist() if isinstance(given, np.ndarray) else given))
        ratings = np.asarray(self.ratings, dtype=np.float64)
        if ratings.ndim == 1 and ratings.size == 0:
            ratings = ratings.reshape(0, 0)
        if ratings.ndim != 2:  # noqa: PLR2004  # rows and columns
            raise ValueError(f"ratings: expected rows and columns, got {ratings.ndim} dimension(s)")
        object.__setattr__(self, "ratings", ratings)
        for name in ("candidates", "raters", "roles"):
            if len(getattr(self, name)) != len(ratings):
                raise ValueError(f"{name}: {len(getattr(self, name))} ids for {len(ratings)} rows of ratings")
        self._check_roles()

    def _check_roles(self) -> None:
        role_of = dict(zip(self.candidates, self.roles, strict=True))
        if len(set(zip(self.candidates, self.roles, strict=True))) == len(role_of):
            return
        # Only now is it worth the time to find out where.
        pairs = list(zip(self.candidates, self.roles, strict=True))
        first = dict(reversed(pairs))
        row = next(row for row, (candidate, role) in enumerate(pairs) if role != first[candidate])
        candidate, role = pairs[row]
        raise ValueError(f"row {row}: candidate {candidate!r} is in role {role!r} and in {first[candidate]!r}")


@dataclass(frozen=True)
class Scale:
    """How levels are weighed and judged.

    `weights`: > 0, shape (n_dimensions,), any sum; `share` is them summing to 1. `lowest`, `highest`: the first and last
    level. `floors`: must-have floors in levels, NaN or None where there is none. `bar`: the score a candidate should
    reach, in levels, one for all or {role: bar}; NaN, or a role left out, when there is none. ValueError names what is wrong.
    """

    weights: Floats
    lowest: float
    highest: float
    floors: Sequence[float | None] | FloatArray | None = None
    bar: float | Mapping[Any, float] = field(default=nan)

    def __post_init__(self) -> None:
        weights = tuple(float(weight) for weight in self.weights)
        object.__setattr__(self, "weights", weights)
        given = [None] * len(weights) if self.floors is None else self.floors
        floors = tuple(nan if floor is None else float(floor) for floor in given)
        object.__setattr__(self, "floors", floors)
        if not (isfinite(self.lowest) and isfinite(self.highest) and self.lowest < self.highest):
            raise ValueError(f"scale: the lowest level, {self.lowest}, must be below the highest, {self.highest}")
        if not weights:
            raise ValueError("weights: at least one dimension is needed")
        if len(floors) != len(weights):
            raise ValueError(f"floors: {len(floors)} for {len(weights)} dimensions")
        for column, (weight, floor) in enumerate(zip(weights, floors, strict=True)):
            if not (isfinite(weight) and weight > 0):
                raise ValueError(f"weights: column {column} is {weight}; a weight is above 0")
            if floor < self.lowest or floor > self.highest:
                raise ValueError(f"floors: column {column} is {floor}, outside {self.lowest}-{self.highest}")

    @property
    def share(self) -> FloatArray:
        """Weights that sum to 1, shape (n_dimensions,)."""
        weights = np.asarray(self.weights)
        return np.asarray(weights / weights.sum())

    @property
    def floor_levels(self) -> FloatArray:
        """Floors, shape (n_dimensions,), NaN where there is none."""
        return np.asarray(self.floors, dtype=np.float64)

    @property
    def unit(self) -> float:
        """How many levels one level of a 1-5 scale is worth here."""
        return (self.highest - self.lowest) / 4

    def bar_of(self, role: Hashable) -> float:
        return float(self.bar.get(role, nan) if isinstance(self.bar, Mapping) else self.bar)


@dataclass(frozen=True)
class Variances:
    """Standard deviations, in levels: between candidates, between raters (leniency), and of what is left over.

    Of method panel-2 also `dimension`, between a candidate's dimensions, `halo`, what the ratings of one scorecard share,
    and `peers`, between those whom one interviewer met and those whom another did; a model without them has 0. ValueError
    unless error > 0 and the others ≥ 0.
    """

    candidate: float
    rater: float
    error: float
    dimension: float = 0.0
    halo: float = 0.0
    peers: float = 0.0

    def __post_init__(self) -> None:
        for name in ("candidate", "rater", "error", "dimension", "halo", "peers"):
            value = getattr(self, name)
            if not isfinite(value) or value < 0 or (name == "error" and value == 0):
                raise ValueError(
                    f"variances: {name} is {value}; a standard deviation is not below 0, the error's above 0"
                )

    def of_score(self, share: FloatArray) -> "Variances":
        """Of a weighted average of dimensions, whole scorecards, when these are a single rating's; `share` sums to 1."""
        squares = float(share @ share)
        candidate = sqrt(self.candidate**2 + self.dimension**2 * squares)
        return Variances(candidate, self.rater, sqrt(self.halo**2 + self.error**2 * squares))
