"""Replications of every cell, on several processes, put together in a way that does not depend on how they were spread."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from candidates.scoring import METHODS
from candidates.scoring.values import FloatArray
from tests.study.designs import GRID, Cell
from tests.study.keeping import Kept
from tests.study.measures import Replication, measure

CHUNK = 25
"""Replications of a cell that one process does in a row."""


@dataclass(frozen=True)
class Mean:
    """`error`: the Monte-Carlo standard error, what the mean would differ by with other random numbers."""

    value: float
    error: float


@dataclass(frozen=True, eq=False)
class Result:
    """`figures`: (n_replications,) each; `sums`: added up over the replications."""

    cell: Cell
    methods: tuple[str, ...]
    figures: dict[str, FloatArray]
    sums: dict[str, FloatArray]

    def mean(self, name: str) -> Mean:
        return mean_of(self.figures[name])

    def gain(self, method: str) -> Mean:
        """Recall above the raw mean's, on the same replications."""
        return mean_of(self.figures[f"{method} recall"] - self.figures["raw recall"])

    def rmse(self, name: str) -> Mean:
        square = self.mean(f"{name} square")
        return Mean(square.value**0.5, square.error / (2 * square.value**0.5))


def mean_of(values: FloatArray) -> Mean:
    spread = float(values.std(ddof=1)) if len(values) > 1 else float("nan")
    return Mean(float(values.mean()), spread / len(values) ** 0.5)


@dataclass(frozen=True)
class _Chunk:
    cell: Cell
    numbers: range
    seed: int
    methods: tuple[str, ...]


def run_study(
    *,
    replications: int,
    seed: int,
    processes: int = 1,
    cells: Sequence[Cell] = GRID,
    methods: Sequence[str] = tuple(METHODS),
    quiet: bool = True,
    kept_in: Path | None = None,
) -> list[Result]:
    """The cells' results, in the order given. Each replication has random numbers of its own, by cell and number.

    What was computed before, of the same and by the same code, is taken from the folder `kept_in` and added to.
    """
    chunks = [
        _Chunk(cell, range(first, min(first + CHUNK, replications)), seed, tuple(methods))
        for cell in cells
        for first in range(0, replications, CHUNK)
    ]
    kept = Kept(kept_in, chunks) if kept_in else None
    done = dict(kept.found) if kept else {}
    todo = [number for number in range(len(chunks)) if number not in done]
    with get_context("spawn").Pool(processes) if processes > 1 else nullcontext() as pool:
        work = (chunks[number] for number in todo)
        results = pool.imap(_run_chunk, work) if pool else map(_run_chunk, work)
        for number, found in zip(todo, results, strict=True):
            done[number] = found
            if kept:
                kept.add(number, found)
            _tell(len(done), len(chunks), quiet=quiet)
    by_cell: dict[Cell, list[Replication]] = {cell: [] for cell in cells}
    for number, chunk in enumerate(chunks):
        by_cell[chunk.cell].extend(done[number])
    return [_put_together(cell, tuple(methods), found) for cell, found in by_cell.items()]


def _run_chunk(chunk: _Chunk) -> list[Replication]:
    return [measure(chunk.cell, number=number, seed=chunk.seed, methods=chunk.methods) for number in chunk.numbers]


def _tell(done: int, total: int, *, quiet: bool) -> None:
    """How far it is, every two hundredths."""
    if not quiet and (done * 50 // total) > ((done - 1) * 50 // total):
        sys.stderr.write(f"\r{done / total:4.0%}")
        sys.stderr.flush()


def _put_together(cell: Cell, methods: tuple[str, ...], found: Sequence[Replication]) -> Result:
    first = found[0]
    return Result(
        cell=cell,
        methods=methods,
        figures={name: np.array([one.figures[name] for one in found]) for name in first.figures},
        sums={name: np.sum([one.sums[name] for one in found], axis=0) for name in first.sums},
    )
