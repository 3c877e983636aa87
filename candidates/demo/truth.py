"""What the generator knows and the program has to find out: true abilities, leniencies, and the levels they lead to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ABILITY_SD, PROFILE_SD, LENIENCY_SD, ERROR_SD = 0.6, 0.35, 0.4, 0.55


@dataclass(frozen=True)
class Truth:
    """Standard deviations away from the pool's mean, in levels.

    `ability` (n_people,), `profile` (n_people, n_dimensions), `leniency` (n_raters,).
    """

    ability: NDArray[np.float64]
    profile: NDArray[np.float64]
    leniency: NDArray[np.float64]

    def levels(
        self,
        people: NDArray[np.int64],
        raters: NDArray[np.int64],
        *,
        lowest: int,
        highest: int,
        rng: np.random.Generator,
    ) -> NDArray[np.int64]:
        """What these raters give these people, one row a scorecard: truth, leniency and error, rounded and clipped."""
        middle = (lowest + highest) / 2 + 0.1
        given = middle + self.ability[people, None] + self.profile[people] + self.leniency[raters, None]
        given = given + rng.normal(0, ERROR_SD, given.shape)
        return np.clip(np.rint(given), lowest, highest).astype(np.int64)


def draw_truth(*, people: int, dimensions: int, raters: int, seed: int) -> Truth:
    rng = np.random.default_rng([seed, 1])
    return Truth(
        ability=rng.normal(0, ABILITY_SD, people),
        profile=rng.normal(0, PROFILE_SD, (people, dimensions)),
        leniency=np.random.default_rng([seed, 2]).normal(0, LENIENCY_SD, raters),
    )
