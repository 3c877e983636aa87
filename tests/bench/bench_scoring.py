"""Times of the statistics on one thread, printed: `python -m tests.bench.bench_scoring`, or with the others, `make bench`.

In seconds of processor time, which on one thread is what an idle machine takes, however busy this one is.

SCREENING_RATINGS may name a CSV file (also .gz) with columns candidate, rater, rating on 1-5, to be fitted as one pool.
Nothing here is asserted.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gzip
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from csv import DictReader
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

import numpy as np

from candidates.scoring import METHODS, PanelScores, RatingSheet, Scale, Variances, fingerprint, rank, score_panel

SCALE = Scale(weights=[2, 2, 2, 2, 1], lowest=1, highest=5, floors=[3, None, None, None, None], bar=3.5)
KITS = np.array([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1]], dtype=bool)
ROUNDS = 7


class Taken(NamedTuple):
    seconds: float
    megabytes: float  # the most the process ever had, Python and the ratings included
    variances: Variances


def simulated(n_candidates: int, n_raters: int, *, per_candidate: int = 4, n_dimensions: int = 5) -> RatingSheet:
    """Complete scorecards with levels 1 to 5."""
    generator = np.random.default_rng(1)
    candidate = np.repeat(np.arange(n_candidates), per_candidate)
    # A start and steps without common place: different raters for each candidate, in no time.
    first, step = generator.integers(0, n_raters, (2, n_candidates, 1))
    rater = ((first + np.arange(per_candidate) * (1 + step % (n_raters // per_candidate))) % n_raters).ravel()
    profile = generator.normal(0, 0.5, (n_candidates, 1)) + generator.normal(0, 0.4, (n_candidates, n_dimensions))
    seen = profile[candidate] + generator.normal(0, 0.4, n_raters)[rater][:, None]
    own = generator.normal(0, 0.4, (len(candidate), 1)) + generator.normal(0, 0.6, seen.shape)
    levels = np.clip(np.round(3 + seen + own), 1, 5)
    return RatingSheet(candidate, rater, np.zeros(len(candidate), dtype=int), levels)


def in_kits(sheet: RatingSheet) -> RatingSheet:
    return _left_out(sheet, ~KITS[np.arange(len(sheet.ratings)) % len(KITS)])


def with_gaps(sheet: RatingSheet) -> RatingSheet:
    return _left_out(sheet, np.random.default_rng(2).random(sheet.ratings.shape) < 0.1)


def _left_out(sheet: RatingSheet, gone: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> RatingSheet:
    return RatingSheet(sheet.candidates, sheet.raters, sheet.roles, np.where(gone, np.nan, sheet.ratings))


def one_more(sheet: RatingSheet) -> RatingSheet:
    candidates, raters, roles = ([*ids, ids[0]] for ids in (sheet.candidates, sheet.raters, sheet.roles))
    return RatingSheet(candidates, raters, roles, np.vstack([sheet.ratings, sheet.ratings[:1]]))


def timed(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        before = process_time()
        action()
        times.append(process_time() - before)
    return median(times)


def alone(action: Callable[[], Taken]) -> Taken:
    """In a process of its own, so that its memory is known."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(action).result()


def take(sheet: Callable[[], RatingSheet], scale: Scale, method: str, rounds: int, *, priors: bool = True) -> Taken:
    pool, found = sheet(), []
    seconds = timed(lambda: found.append(score_panel(pool, scale, method=method, priors=priors).variances), rounds)
    kilobytes = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    return Taken(seconds, int(kilobytes) / 1000, found[0])


def read_ratings(path: str) -> RatingSheet:
    with gzip.open(path, "rt") if path.endswith(".gz") else Path(path).open() as file:
        rows = [(row["candidate"], row["rater"], float(row["rating"])) for row in DictReader(file)]
    candidates, raters, levels = zip(*rows, strict=True)
    return RatingSheet(candidates, raters, [0] * len(rows), np.array(levels)[:, None])


def print_pool() -> None:
    full = simulated(10_000, 200)
    print(
        f"\none thread, median of {ROUNDS}: 10,000 candidates × 4 interviewers of 200 × 5 dimensions, in seconds of processor time"
    )
    print(f"{'':28}{'fit and intervals':>20}{'one more, sds kept':>20}")
    for name, sheet in (
        ("whole scorecards", full),
        ("one in ten not assessed", with_gaps(full)),
        ("four kits", in_kits(full)),
    ):
        for method in METHODS:
            panel = score_panel(sheet, SCALE, method=method)
            fit = timed(partial(score_panel, sheet, SCALE, method=method))
            print(f"{method} {name:24}{fit:15.3f}{timed(partial(_again, one_more(sheet), panel)):20.3f}")
    role = score_panel(simulated(500, 30), SCALE, method="panel-2")
    print(f"2,000 draws for 500 candidates: {timed(lambda: rank(role, 0, k=10, seed=1)):.3f} s")
    print(f"fingerprint of 40,000 scorecards: {timed(lambda: fingerprint(full, SCALE)):.3f} s")


def _again(sheet: RatingSheet, panel: PanelScores) -> PanelScores:
    held = panel.dimension_variances
    return score_panel(
        sheet, SCALE, method=panel.method, variances=panel.variances, dimension_variances=held, means=panel.pool_means
    )


def print_growth() -> None:
    print("\nwhole scorecards of 5 dimensions, fit and intervals")
    print(f"{'scorecards':>10}{'raters':>8}" + "".join(f"{method:>16} s{'MB':>8}" for method in METHODS))
    for n_candidates, n_raters in ((250, 20), (2_500, 100), (25_000, 500), (250_000, 1_000)):
        sheet = partial(simulated, n_candidates, n_raters)
        rounds = ROUNDS if n_candidates < 10_000 else 3 if n_candidates < 100_000 else 1
        taken = [alone(partial(take, sheet, SCALE, method, rounds)) for method in METHODS]
        figures = "".join(f"{one.seconds:16.3f}{one.megabytes:10.0f}" for one in taken)
        print(f"{4 * n_candidates:>10,}{n_raters:>8,}{figures}")


def print_file(path: str) -> None:
    for method in METHODS:
        found = alone(partial(take, partial(read_ratings, path), Scale([1], 1, 5), method, 3, priors=False))
        print(f"{method}, {path}, no priors: {found.seconds:.2f} s, {found.megabytes:.0f} MB, {found.variances}")


def test_times_are_printed() -> None:
    print_pool()
    print_growth()
    if "SCREENING_RATINGS" in os.environ:
        print_file(os.environ["SCREENING_RATINGS"])


if __name__ == "__main__":
    test_times_are_printed()
