"""A run's input as it is kept: plain lists under ids of its own, from which the same figures come again."""

from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from candidates.models import ScoringRun
from candidates.scoring import PanelScores, RatingSheet, Scale, Variances, score_panel

Sheets = tuple[RatingSheet, RatingSheet | None]
"""Of a pool, and of its calibration samples."""


def keep_input(sheet: RatingSheet, samples: RatingSheet | None) -> dict[str, Any]:
    return {"sheet": _keep(sheet), "samples": None if samples is None else _keep(samples)}


def keep_scale(scale: Scale, roles: dict[int, float | None]) -> dict[str, Any]:
    return {
        "weights": list(scale.weights),
        "lowest": scale.lowest,
        "highest": scale.highest,
        "floors": [None if np.isnan(floor) else float(floor) for floor in scale.floor_levels],
        "bars": [[role, bar] for role, bar in sorted(roles.items()) if bar is not None],
    }


def keep_variances(panel: PanelScores) -> dict[str, Any]:
    return {
        **asdict(panel.variances),
        "score": asdict(panel.score_variances),
        "dimensions": [asdict(one) for one in panel.dimension_variances],
        "means": [float(mean) for mean in panel.pool_means],
    }


def kept_score_variances(run: ScoringRun) -> Variances:
    """Of the score, whichever the method: what candidates differ by, and what one whole scorecard is off by."""
    found = run.variances.get("score", run.variances)
    return Variances(found["candidate"], found["rater"], found["error"])


def kept_sheet(run: ScoringRun) -> RatingSheet:
    """Raises LookupError when the run's input has been let go, because nothing cited it."""
    if run.input is None:
        raise LookupError(f"The input of run {run.pk} has not been kept.")
    return _thaw(run.input["sheet"])


def kept_scale(run: ScoringRun) -> Scale:
    kept = run.scale
    return Scale(
        weights=kept["weights"],
        lowest=kept["lowest"],
        highest=kept["highest"],
        floors=kept["floors"],
        bar={role: bar for role, bar in kept["bars"]},  # noqa: C416 -- JSON has lists where Python has pairs
    )


def kept_sheets(run: ScoringRun) -> Sheets:
    """Raises LookupError as `kept_sheet` does."""
    sheet = kept_sheet(run)
    samples = run.input["samples"] if run.input else None
    return sheet, None if samples is None else _thaw(samples)


def sheets_again(run: ScoringRun) -> Sheets:
    """`kept_sheets` of a run whose input was left unloaded: for what is computed again and again, as somebody tries."""
    return _sheets(run.pk, run.input_hash)


@lru_cache(maxsize=2)  # of a large pool some twenty megabytes
def _sheets(pk: int, input_hash: str) -> Sheets:
    return kept_sheets(ScoringRun.objects.only("input").get(pk=pk, input_hash=input_hash))


def repeat_run(run: ScoringRun, *, scale: Scale | None = None, sheets: Sheets | None = None) -> PanelScores:
    """The same computation again, with the variances the run found, on its own scale or on another one.

    Raises LookupError when the run's input is gone.
    """
    sheet, samples = sheets or kept_sheets(run)
    found = run.variances
    return score_panel(
        sheet,
        scale or kept_scale(run),
        method=run.method,
        variances=Variances(**{name: sd for name, sd in found.items() if name not in {"score", "dimensions", "means"}}),
        dimension_variances=[Variances(**one) for one in found["dimensions"]],
        means=found["means"],
        samples=samples,
    )


def _keep(sheet: RatingSheet) -> dict[str, Any]:
    return {
        "candidates": list(sheet.candidates),
        "raters": list(sheet.raters),
        "roles": list(sheet.roles),
        "ratings": [[None if np.isnan(level) else level for level in row] for row in sheet.ratings.tolist()],
    }


def _thaw(kept: dict[str, Any]) -> RatingSheet:
    ratings = np.array(kept["ratings"], dtype=float)  # None is a gap there as here
    return RatingSheet(candidates=kept["candidates"], raters=kept["raters"], roles=kept["roles"], ratings=ratings)
