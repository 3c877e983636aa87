"""Rating sheets for the tests, small ones by hand and random ones from a seed."""

from collections.abc import Sequence

import numpy as np

from candidates.scoring import RatingSheet, Scale

FIVE = Scale(weights=[2, 2, 2, 2, 1], lowest=1, highest=5, floors=[3, None, None, None, None], bar=3.5)


def sheet_of(rows: Sequence[tuple[object, object, Sequence[float]]], role: object = "role") -> RatingSheet:
    """Rows of (candidate, rater, levels), all in one role."""
    return RatingSheet(
        candidates=[row[0] for row in rows],
        raters=[row[1] for row in rows],
        roles=[role] * len(rows),
        ratings=np.array([row[2] for row in rows], dtype=np.float64),
    )


def random_sheet(
    seed: int,
    *,
    n_candidates: int = 12,
    n_raters: int = 5,
    per_candidate: int = 3,
    n_dimensions: int = 5,
    gaps: float = 0.0,
    n_roles: int = 1,
) -> RatingSheet:
    """Levels 1 to 5 of candidates of differing ability from raters of differing leniency; `gaps`: share not assessed."""
    generator = np.random.default_rng(seed)
    candidate = np.repeat(np.arange(n_candidates), per_candidate)
    raters = np.argsort(generator.random((n_candidates, n_raters)), axis=1)[:, :per_candidate].ravel()
    ability, leniency = generator.normal(0, 0.7, n_candidates), generator.normal(0, 0.4, n_raters)
    noise = generator.normal(0, 0.6, (len(candidate), n_dimensions))
    levels = np.clip(np.round(3 + (ability[candidate] + leniency[raters])[:, None] + noise), 1, 5)
    levels[generator.random(levels.shape) < gaps] = np.nan
    return RatingSheet(
        candidates=[f"c{number}" for number in candidate],
        raters=[f"r{number}" for number in raters],
        roles=[f"role{number % n_roles}" for number in candidate],
        ratings=levels,
    )


def reordered(sheet: RatingSheet, order: Sequence[int]) -> RatingSheet:
    return RatingSheet(
        candidates=[sheet.candidates[row] for row in order],
        raters=[sheet.raters[row] for row in order],
        roles=[sheet.roles[row] for row in order],
        ratings=sheet.ratings[list(order)],
    )


def with_ratings(sheet: RatingSheet, ratings: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> RatingSheet:
    return RatingSheet(sheet.candidates, sheet.raters, sheet.roles, ratings)


def in_kits(sheet: RatingSheet) -> RatingSheet:
    """Four kits in turn: the first dimension, the second, the next two, the fifth."""
    kits = np.array([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1]], dtype=bool)
    return with_ratings(sheet, np.where(kits[np.arange(len(sheet.ratings)) % 4], sheet.ratings, np.nan))
