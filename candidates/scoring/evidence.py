"""How much evidence a candidate has: plain figures, must-have floors, and whether it suffices for a rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from candidates.scoring.pool import Pool, sum_by
from candidates.scoring.values import BoolArray, FloatArray, IntArray, Scale

RATERS_NEEDED = 2
COMPLETENESS_NEEDED = 0.8
WEIGHT_TOLERANCE = 0.05
ROUNDING = 1e-9
NUMBERS = ("no", "one", "two", "three", "four", "five")


class Reason(NamedTuple):
    """Why a candidate has no rank. Stores as a JSON list; `dimension` is a column, None when it is about all of them.

    `few_raters`: has so many interviewers, needs so many. `must_have`: a must-have that too few interviewers assessed.
    `not_assessed`: a dimension nobody assessed. `counts_too_little`, `counts_too_much`: its share of the score is not
    the declared one.
    """

    code: str
    dimension: int | None
    has: float
    needs: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """Plain figures, no model. Per candidate: (n_candidates,) or (n_candidates, n_dimensions)."""

    raw_mean: FloatArray  # mean over scorecards of Σ w y / W; NaN without any
    n_raters: IntArray
    completeness: FloatArray  # Σ w over the dimensions anyone assessed
    dimension_means: FloatArray  # NaN where nobody assessed
    dimension_raters: IntArray
    effective_weights: FloatArray  # rows sum to 1, or are 0 without a scorecard
    below_floor: BoolArray
    rankable: BoolArray
    reasons: tuple[tuple[Reason, ...], ...]
    same_panel: bool


def weigh_evidence(pool: Pool, scale: Scale, precision: FloatArray, *, as_declared: bool = False) -> Evidence:
    """`precision`: (n_rows,) 1/g, how much each scorecard counts; `as_declared`: the method weighs dimensions as declared."""
    n_candidates, forms, share = len(pool.candidates), pool.forms, scale.share
    unit, counts = pool.unit[: pool.n_forms], precision[: pool.n_forms]
    assessed = ~np.isnan(forms)
    weight = assessed @ share
    levels = np.where(assessed, forms, 0.0)
    row_means = np.nan_to_num(_ratio(levels @ share, weight))
    row_shares = assessed * share * np.nan_to_num(_ratio(counts, weight))[:, None]
    totals = sum_by(unit, np.column_stack([row_means, weight > 0, counts, row_shares]), n_candidates)
    dimension_means = _ratio(
        sum_by(unit, levels, n_candidates), sum_by(unit, assessed.astype(np.float64), n_candidates)
    )
    n_raters, dimension_raters = _distinct_raters(pool, assessed)
    completeness = (dimension_raters > 0) @ share
    effective = np.nan_to_num(_ratio(totals[:, 3:], totals[:, 2:3]))
    if as_declared:
        effective = np.where(totals[:, 1:2] > 0, share, 0.0)
    reasons = _all_reasons(scale, n_raters, dimension_raters, completeness, effective)
    return Evidence(
        raw_mean=_ratio(totals[:, 0], totals[:, 1]),
        n_raters=n_raters,
        completeness=completeness,
        dimension_means=dimension_means,
        dimension_raters=dimension_raters,
        effective_weights=effective,
        below_floor=dimension_means < scale.floor_levels - ROUNDING,
        rankable=np.array([not missing for missing in reasons], dtype=bool),
        reasons=reasons,
        same_panel=bool((n_raters == len(pool.raters)).all()),
    )


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """The quotient, NaN where the whole is 0."""
    quotient = np.full(part.shape, np.nan)
    np.divide(part, whole, out=quotient, where=np.broadcast_to(whole, part.shape) > 0)
    return quotient


def _distinct_raters(pool: Pool, assessed: BoolArray) -> tuple[IntArray, IntArray]:
    """Different raters of each candidate, in all and on each dimension; two scorecards by one rater are one rater."""
    pair = pool.unit[: pool.n_forms] * len(pool.raters) + pool.rater[: pool.n_forms]
    pairs, place = np.unique(pair, return_inverse=True)
    touched = sum_by(place, assessed.astype(np.float64), len(pairs)) > 0
    candidate = pairs // max(1, len(pool.raters))
    every = np.column_stack([touched.any(axis=1), touched]).astype(np.float64)
    counts = sum_by(candidate, every, len(pool.candidates)).astype(np.intp)
    return counts[:, 0], counts[:, 1:]


def _all_reasons(
    scale: Scale, n_raters: IntArray, dimension_raters: IntArray, completeness: FloatArray, effective: FloatArray
) -> tuple[tuple[Reason, ...], ...]:
    share, must = scale.share, ~np.isnan(scale.floor_levels)
    few = n_raters < RATERS_NEEDED
    incomplete = completeness < COMPLETENESS_NEEDED - ROUNDING
    thin = must & (dimension_raters < RATERS_NEEDED)
    rated = n_raters[:, None] > 0
    skewed = rated & (np.abs(effective - share) > WEIGHT_TOLERANCE + ROUNDING)
    lacking = few | incomplete | thin.any(axis=1) | skewed.any(axis=1)
    reasons: list[tuple[Reason, ...]] = [()] * len(n_raters)
    # A pool has few ways of falling short; each is put into reasons once.
    figures, known = np.column_stack([n_raters, dimension_raters, effective]), dict[bytes, tuple[Reason, ...]]()
    for row in np.flatnonzero(lacking).tolist():
        way = figures[row].tobytes()
        if way not in known:
            missing = thin[row], skewed[row], (dimension_raters[row] == 0) & (incomplete[row] | skewed[row])
            found = [Reason("few_raters", None, float(n_raters[row]), RATERS_NEEDED)] if few[row] else []
            known[way] = (
                *found,
                *_of_dimensions(share, dimension_raters[row], effective[row], missing, alone=not found),
            )
        reasons[row] = known[way]
    return tuple(reasons)


def _of_dimensions(
    share: FloatArray,
    raters: IntArray,
    effective: FloatArray,
    missing: tuple[BoolArray, BoolArray, BoolArray],
    *,
    alone: bool,
) -> list[Reason]:
    """What is `missing`: too few raters of a must-have, a share too far from the declared one, anybody at all."""
    found, too_much = [], []
    for column, (thin, skewed, nobody) in enumerate(zip(*missing, strict=True)):
        has, needs = round(float(effective[column]), 4), float(share[column])
        if thin:
            found.append(Reason("must_have", column, float(raters[column]), RATERS_NEEDED))
        elif nobody:
            found.append(Reason("not_assessed", column, 0.0, 1.0))
        elif skewed and effective[column] < share[column]:
            found.append(Reason("counts_too_little", column, has, needs))
        elif skewed:
            too_much.append(Reason("counts_too_much", column, has, needs))
    # What counts too much does so because something else counts too little: that is what one can act on.
    return found or (too_much if alone else [])


def word_reasons(reasons: Sequence[Sequence[Any]], labels: Sequence[str]) -> list[str]:
    """Reasons in words a recruiter can act on. `reasons`: Reason rows, or the lists they were stored as.

    `labels`: the dimensions' names in column order. ValueError on an unknown code.
    """
    return [_word(Reason(*reason), labels) for reason in reasons]


def _word(reason: Reason, labels: Sequence[str]) -> str:
    missing = int(reason.needs - reason.has)
    label = "" if reason.dimension is None else labels[reason.dimension]
    match reason.code:
        case "few_raters":
            return f"{NUMBERS[missing]} more interviewer{'s' if missing > 1 else ''}"
        case "must_have" if reason.has == 0:
            return f"{label} assessed by nobody; a must-have needs {NUMBERS[int(reason.needs)]} interviewers"
        case "must_have":
            return f"{NUMBERS[missing]} more interviewer on {label}, a must-have"
        case "not_assessed":
            return f"{label} assessed by nobody"
        case "counts_too_little":
            return f"{label} assessed by too few: it counts {_percent(reason.has)} instead of {_percent(reason.needs)}"
        case "counts_too_much":
            return f"other dimensions assessed by too few: {label} counts {_percent(reason.has)} instead of {_percent(reason.needs)}"
    raise ValueError(f"reasons: unknown code {reason.code!r}")


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
