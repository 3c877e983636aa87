"""The study's results as tables, each as aligned text and as Markdown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from candidates.scoring.values import FloatArray
from tests.study.designs import KITS, LENIENCY_SDS, Cell
from tests.study.measures import RAW
from tests.study.study import Mean, Result
from tests.study.targets import Verdict, is_judged, judge
from tests.study.truth import DIMENSIONS, SHARE


@dataclass(frozen=True)
class Table:
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        lines = [self.head, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        aligned = ["  ".join(part.rjust(width) for part, width in zip(line, widths, strict=True)) for line in lines]
        return "\n".join([self.title, "", aligned[0], "-" * len(aligned[0]), *aligned[1:], ""])

    def markdown(self) -> str:
        lines = [self.head, ("---:",) * len(self.head), *self.rows]
        return "\n".join([f"## {self.title}", "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def tables(results: Sequence[Result], repeated: Sequence[Result] = ()) -> list[Table]:
    methods = results[0].methods
    return [
        summary(results),
        cells(results),
        targets(results),
        *(missed(results, method) for method in methods),
        related(results),
        *(calibrated(results, kind) for kind in ("top", "bar")),
        weights([*results, *repeated]),
    ]


def plain(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1)


def _number(mean: Mean, sign: str = "") -> str:
    return f"{mean.value:{sign}.3f} ±{mean.error:.3f}".replace("0.", ".")


def _cell(cell: Cell) -> tuple[str, ...]:
    return (
        f"{cell.leniency_sd:g}",
        str(cell.per_candidate),
        str(cell.candidates),
        "by ability" if cell.related else "random",
        "yes" if cell.samples else "no",
        "divided" if cell.divided else "full",
    )


CELL = ("leniency", "raters", "candidates", "assignment", "samples", "kits")


def cells(results: Sequence[Result]) -> Table:
    """Everything measured, a row a cell; the Monte-Carlo standard error behind each ±."""
    methods = results[0].methods
    head = [*CELL, "recall raw"]
    for name, wanted in (("recall above raw", methods), ("RMSE", (RAW, *methods))):
        head += [f"{name}, {method}" if method != RAW else f"{name} raw" for method in wanted]
    head += [f"{name}, {method}" for name in ("coverage", "width", "rank coverage") for method in methods]
    return Table("Every cell", (*head, "suspected"), tuple(_cell_row(result) for result in results))


def _cell_row(result: Result) -> tuple[str, ...]:
    methods = result.methods
    return (
        *_cell(result.cell),
        _number(result.mean("raw recall")),
        *(_number(result.gain(method), "+") for method in methods),
        *(_number(result.rmse(name)) for name in (RAW, *methods)),
        *(_number(result.mean(f"{method} covered")) for method in methods),
        *(plain(result.mean(f"{method} width").value) for method in methods),
        *(_number(result.mean(f"{method} ranked")) for method in methods),
        f"{result.mean('suspected').value:.0%}",
    )


CONDITIONS: tuple[tuple[str, Callable[[Cell], bool]], ...] = (
    ("random", lambda cell: not cell.related and not cell.samples),
    ("random, samples", lambda cell: not cell.related and cell.samples),
    ("by ability, samples", lambda cell: cell.related and cell.samples),
    ("by ability", lambda cell: cell.related and not cell.samples),
)


def summary(results: Sequence[Result]) -> Table:
    """Means over raters and candidates, and the worst cell of each: what fits on a page."""
    methods = results[0].methods
    head = ["kits", "assignment", "leniency", "recall raw", *methods]
    for name in ("least gain", "RMSE", "coverage", "rank coverage"):
        head += [f"{name}, {method}" for method in methods]
    rows = []
    for divided in (False, True):
        for name, condition in CONDITIONS:
            for leniency in LENIENCY_SDS:
                chosen = [
                    result
                    for result in results
                    if result.cell.divided == divided and result.cell.leniency_sd == leniency and condition(result.cell)
                ]
                if chosen:
                    rows.append(("divided" if divided else "full", name, f"{leniency:g}", *_summary(chosen, methods)))
    return Table("Means over 2, 3, 4 raters and 60, 400 candidates", tuple(head), tuple(rows))


def _summary(chosen: Sequence[Result], methods: Sequence[str]) -> tuple[str, ...]:
    def mean(name: str) -> str:
        return plain(float(np.mean([result.mean(name).value for result in chosen])))

    def extent(name: str) -> str:
        values = [result.mean(name).value for result in chosen]
        return f"{plain(min(values))}-{plain(max(values))}"

    return (
        mean("raw recall"),
        *(mean(f"{method} recall") for method in methods),
        *(f"{min(result.gain(method).value for result in chosen):+.3f}".replace("0.", ".") for method in methods),
        *(plain(float(np.mean([result.rmse(method).value for result in chosen]))) for method in methods),
        *(extent(f"{method} covered") for method in methods),
        *(extent(f"{method} ranked") for method in methods),
    )


def targets(results: Sequence[Result]) -> Table:
    rows = []
    for method in results[0].methods:
        verdicts = judge(results, method)
        for target in dict.fromkeys(verdict.target for verdict in verdicts):
            asked = [verdict for verdict in verdicts if verdict.target == target]
            values = [verdict.found.value for verdict in asked]
            missed_ones = [verdict for verdict in asked if not verdict.met]
            rows.append((
                method, target, str(len(asked)), str(len(asked) - len(missed_ones)),
                str(sum(verdict.near for verdict in missed_ones)),
                f"{min(values):+.3f} to {max(values):+.3f}",
            ))  # fmt: skip
    head = ("method", "target", "cells", "met", "missed by < 2 errors", "found")
    return Table("Targets, for random assignment and for any with samples", head, tuple(rows))


def missed(results: Sequence[Result], method: str) -> Table:
    verdicts: Iterable[Verdict] = (verdict for verdict in judge(results, method) if not verdict.met)
    rows = tuple(
        (*_cell(verdict.cell), verdict.target, _number(verdict.found, "+"), "yes" if verdict.near else "no")
        for verdict in verdicts
    )
    return Table(f"Targets missed, {method}", (*CELL, "target", "found", "within 2 errors"), rows)


def related(results: Sequence[Result]) -> Table:
    """Assignment by ability without samples beside random assignment: what it costs, and how often it is noticed."""
    found = {result.cell: result for result in results}
    methods = results[0].methods
    rows = []
    for cell, result in found.items():
        random = found.get(Cell(**{**vars(cell), "related": False}))
        if is_judged(cell) or random is None:
            continue
        rows.append((
            *_cell(cell),
            *(_number(result.gain(method), "+") for method in methods),
            *(f"{plain(result.rmse(method).value)} ({plain(random.rmse(method).value)})" for method in methods),
            *(plain(result.mean(f"{method} covered").value) for method in methods),
            f"{result.mean('suspected').value:.0%}",
            f"{random.mean('suspected').value:.0%}",
        ))  # fmt: skip
    head = [*CELL, *(f"recall above raw, {method}" for method in methods)]
    head += [f"RMSE (random), {method}" for method in methods]
    head += [f"coverage, {method}" for method in methods]
    return Table("By ability without samples", (*head, "noticed", "false alarms"), tuple(rows))


def calibrated(results: Sequence[Result], kind: str) -> Table:
    """Predicted against observed, over all cells in which leniency can be told apart."""
    chosen = [result for result in results if is_judged(result.cell)]
    methods = results[0].methods
    counts = {method: np.sum([result.sums[f"{method} {kind}"] for result in chosen], axis=0) for method in methods}
    rows = []
    for tenth in range(len(counts[methods[0]])):
        row = [f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}"]
        for method in methods:
            n, predicted, observed = counts[method][tenth]
            row += [f"{n:,.0f}", *(plain(part / n) if n else "" for part in (predicted, observed))]
        rows.append(tuple(row))
    rows.append(("Brier", *_brier(chosen, methods, kind, counts)))
    head = ["predicted"]
    for method in methods:
        head += [f"n, {method}", "predicted", "observed"]
    title = {"top": "P(among the first tenth)", "bar": "P(score ≥ bar)"}[kind]
    return Table(f"Calibration of {title}", tuple(head), tuple(rows))


def _brier(
    chosen: Sequence[Result], methods: Sequence[str], kind: str, counts: dict[str, FloatArray]
) -> tuple[str, ...]:
    """The score, and in the last column what predicting the plain frequency for everybody would give."""
    row: list[str] = []
    for method in methods:
        n, _, happened = counts[method].sum(axis=0)
        size = np.array([result.cell.candidates for result in chosen])
        score = np.average([result.mean(f"{method} brier {kind}").value for result in chosen], weights=size)
        row += ["", plain(float(score)), plain(float(happened / n * (1 - happened / n)))]
    return tuple(row)


def weights(results: Sequence[Result]) -> Table:
    """What a level more on one dimension really moves a score by, as a share: least squares on the planted levels."""
    rows = [("declared", "", *(plain(share) for share in SHARE))]
    for number, divided in [(number, True) for number in KITS] + [(number, False) for number in KITS]:
        chosen = [
            result
            for result in results
            if result.cell.divided == divided and result.cell.per_candidate == number and not result.cell.related
        ]
        for method in (RAW, *results[0].methods) if chosen else ():
            moved = effective_weights(chosen, method)
            kits = f"{min(number, 4)} kits, {number} raters" if divided else f"full, {number} raters"
            rows.append((kits, method, *(plain(share) for share in moved)))
    return Table("What a dimension counts, random assignment", ("kits", "method", *DIMENSIONS), tuple(rows))


def effective_weights(results: Sequence[Result], method: str) -> FloatArray:
    spread = np.sum([result.sums["levels"] for result in results], axis=0)
    moved = np.linalg.solve(spread, np.sum([result.sums[f"{method} weights"] for result in results], axis=0))
    return np.asarray(moved / moved.sum())
