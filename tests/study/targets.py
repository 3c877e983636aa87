"""What the scores are asked to reach, where who meets whom is random or calibration samples tell leniency apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.study.designs import Cell
from tests.study.study import Mean, Result

LOSS = -0.015
GAIN = 0.05
COVERED = (0.87, 0.92)
RANKED = (0.88, 0.94)


@dataclass(frozen=True)
class Verdict:
    cell: Cell
    target: str
    found: Mean
    met: bool
    near: bool  # within two Monte-Carlo errors of the limit, so that other random numbers might decide otherwise


def is_judged(cell: Cell) -> bool:
    """Ability-related assignment without samples cannot be told apart from leniency; there the loss is reported."""
    return cell.samples or not cell.related


def judge(results: Sequence[Result], method: str) -> list[Verdict]:
    return [verdict for result in results if is_judged(result.cell) for verdict in _judge_one(result, method)]


def _judge_one(result: Result, method: str) -> list[Verdict]:
    cell, gain = result.cell, result.gain(method)
    asked = [
        ("recall at most .015 below raw", gain, LOSS, 1.0),
        ("coverage .87-.92", result.mean(f"{method} covered"), *COVERED),
        ("rank coverage .88-.94", result.mean(f"{method} ranked"), *RANKED),
    ]
    if (cell.leniency_sd, cell.per_candidate, cell.candidates) == (0.5, 2, 60):
        asked.append(("recall .05 above raw", gain, GAIN, 1.0))
    return [
        Verdict(
            cell=cell,
            target=name,
            found=found,
            met=lowest <= found.value <= highest,
            near=min(abs(found.value - lowest), abs(found.value - highest)) <= 2 * found.error,
        )
        for name, found, lowest, highest in asked
    ]
