"""Times of the statistics on one thread, printed: `python -m tests.bench.bench_scoring`. Nothing here is asserted."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np

from candidates.scoring import RatingSheet, Scale, fingerprint, rank, score_panel

SCALE = Scale(weights=[2, 2, 2, 2, 1], lowest=1, highest=5, floors=[3, None, None, None, None], bar=3.5)
ROUNDS = 5


def simulated(n_candidates: int, n_raters: int, *, per_candidate: int = 4, n_dimensions: int = 5) -> RatingSheet:
    """Complete scorecards with levels 1 to 5."""
    generator = np.random.default_rng(1)
    candidate = np.repeat(np.arange(n_candidates), per_candidate)
    # A start and steps without common place: different raters for each candidate, in no time.
    first, step = generator.integers(0, n_raters, (2, n_candidates, 1))
    rater = ((first + np.arange(per_candidate) * (1 + step % (n_raters // per_candidate))) % n_raters).ravel()
    ability, leniency = generator.normal(0, 0.6, n_candidates), generator.normal(0, 0.4, n_raters)
    own = generator.normal(0, 0.7, (len(candidate), n_dimensions))
    levels = np.clip(np.round(3 + (ability[candidate] + leniency[rater])[:, None] + own), 1, 5)
    return RatingSheet(candidate, rater, np.zeros(len(candidate), dtype=int), levels)


def timed(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        before = perf_counter()
        action()
        times.append(perf_counter() - before)
    return median(times)


def main() -> None:
    pool = simulated(10_000, 200)
    panel = score_panel(pool, SCALE)
    kept = partial(score_panel, pool, SCALE, variances=panel.variances, dimension_variances=panel.dimension_variances)
    role = score_panel(simulated(500, 30), SCALE)
    print("one thread, median of", ROUNDS)
    print(f"fit and intervals, 40,000 scorecards, 5 dimensions: {timed(lambda: score_panel(pool, SCALE)):8.3f} s")
    print(f"the same, standard deviations kept:                 {timed(kept):8.3f} s")
    print(f"2,000 draws for 500 candidates:                     {timed(lambda: rank(role, 0, k=10, seed=1)):8.3f} s")
    print(f"fingerprint of 40,000 scorecards:                   {timed(lambda: fingerprint(pool, SCALE)):8.3f} s")
    print("scorecards  raters  seconds")
    for n_candidates, n_raters in ((250, 20), (2_500, 100), (25_000, 500), (250_000, 1_000)):
        sheet = simulated(n_candidates, n_raters)
        seconds = timed(partial(score_panel, sheet, SCALE), rounds=3 if n_candidates < 100_000 else 1)
        print(f"{4 * n_candidates:>10,}  {n_raters:>6,}  {seconds:7.3f}")


if __name__ == "__main__":
    main()
