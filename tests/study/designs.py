"""Who interviews whom, on what: the cells of the study."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import ndtr

from candidates.scoring import RatingSheet, Scale
from candidates.scoring.values import BoolArray, FloatArray, IntArray
from tests.study.truth import (
    ARCHITECTURE,
    COMMUNICATION,
    HIGHEST,
    LOWEST,
    MENTORING,
    OBSERVABILITY,
    OWNERSHIP,
    SHARE,
    WEIGHTS,
    Truth,
    rater_of_each,
    written_levels,
)

BAR = 3.5
SCALE = Scale(weights=WEIGHTS, lowest=LOWEST, highest=HIGHEST, bar=BAR)
LENIENCY_SDS = (0.0, 0.25, 0.5, 1.0)
RATERS_OF = {60: 12, 400: 30}
FOUR_KITS = ((OWNERSHIP,), (ARCHITECTURE,), (OBSERVABILITY, COMMUNICATION), (MENTORING,))
KITS: dict[int, tuple[tuple[int, ...], ...]] = {
    2: ((OWNERSHIP, ARCHITECTURE), (OBSERVABILITY, COMMUNICATION, MENTORING)),
    3: ((OWNERSHIP,), (ARCHITECTURE, MENTORING), (OBSERVABILITY, COMMUNICATION)),
    4: FOUR_KITS,
    8: 2 * FOUR_KITS,
    12: 3 * FOUR_KITS,
}
"""For each number of interviewers, which dimensions each of them has where kits divide them."""
RATERS_OF_A_CANDIDATE = (2, 3, 4)
IMPRESSION = 0.5
"""Correlation with ability of what decides who gets whom, where assignment is related to ability."""
REACH = 0.15
"""How far from an impression, in shares of the ranking, its raters are looked for: smaller is stricter."""
SAMPLES = tuple(
    (dimension, level) for dimension in (OWNERSHIP, ARCHITECTURE, OBSERVABILITY) for level in (2.0, 3.0, 4.0)
)
"""Calibration samples like the shipped rubrics': written answers to three questions, each scored on one dimension."""


@dataclass(frozen=True, order=True)
class Cell:
    leniency_sd: float
    per_candidate: int
    candidates: int
    related: bool
    samples: bool
    divided: bool

    @property
    def raters(self) -> int:
        return RATERS_OF[self.candidates]

    @property
    def k(self) -> int:
        """How many are a tenth of the candidates: the shortlist whose recall is measured."""
        return self.candidates // 10

    @property
    def key(self) -> tuple[int, ...]:
        """The cell as whole numbers: with seed and replication, all that its random numbers depend on."""
        return (
            round(100 * self.leniency_sd),
            self.per_candidate,
            self.candidates,
            self.related,
            self.samples,
            self.divided,
        )


GRID = tuple(
    Cell(*values)
    for values in product(LENIENCY_SDS, RATERS_OF_A_CANDIDATE, RATERS_OF, (False, True), (False, True), (False, True))
)


REPEATED = tuple(Cell(0.5, number, 60, related=False, samples=False, divided=True) for number in (8, 12))
"""Four kits, each given by two and by three interviewers: what does a dimension count once there is evidence enough?"""


def assign(generator: np.random.Generator, cell: Cell, truth: Truth) -> IntArray:
    """(n_candidates, per_candidate) different raters of each candidate.

    At random; or by seniority: raters stand in an order that has nothing to do with their leniency, candidates in one
    that has to do with their ability, and those who stand near each other meet.
    """
    chance = generator.gumbel(size=(cell.candidates, cell.raters))
    if cell.related:
        ability = (truth.ability - truth.ability.mean()) / truth.ability.std()
        impression = IMPRESSION * ability + np.sqrt(1 - IMPRESSION**2) * generator.standard_normal(cell.candidates)
        seniority = (np.arange(cell.raters) + 0.5) / cell.raters
        chance -= np.abs(ndtr(impression)[:, None] - seniority) / REACH
    return np.argsort(-chance, axis=1)[:, : cell.per_candidate]


def interview(generator: np.random.Generator, cell: Cell, truth: Truth) -> RatingSheet:
    candidate, rater = rater_of_each(assign(generator, cell, truth))
    levels = written_levels(generator, truth.profile[candidate] + truth.leniency[rater, None])
    if cell.divided:
        levels[~np.tile(kits(cell.per_candidate), (cell.candidates, 1))] = np.nan
    return RatingSheet(candidate, rater, np.zeros_like(candidate), levels)


def kits(per_candidate: int) -> BoolArray:
    """(per_candidate, n_dimensions) which dimensions each of a candidate's raters is given."""
    return np.array([[dimension in kit for dimension in range(len(SHARE))] for kit in KITS[per_candidate]])


def read_samples(generator: np.random.Generator, truth: Truth) -> RatingSheet:
    """Every rater scores every sample, on the one dimension it was written for."""
    raters, samples = len(truth.leniency), len(SAMPLES)
    rater, sample = np.divmod(np.arange(raters * samples), samples)
    dimension, level = (np.array(part) for part in zip(*SAMPLES, strict=True))
    latent = np.broadcast_to((level[sample] + truth.leniency[rater])[:, None], (len(rater), len(SHARE)))
    levels: FloatArray = written_levels(generator, latent)
    levels[np.arange(len(SHARE)) != dimension[sample][:, None]] = np.nan
    return RatingSheet([f"sample {number}" for number in sample], rater, np.zeros_like(rater), levels)
