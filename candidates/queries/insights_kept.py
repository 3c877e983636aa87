"""Insights as a run keeps them: computed by the worker once, shown by pages without computing anything."""

from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np

from candidates.queries.insights_input import Practice, Questions
from candidates.scoring import Z_90, PanelScores, RatingSheet, Scale, decision_study
from candidates.scoring.insights import Association, agreement, question_discrimination, rater_habits

FEWEST_ASKED = 20
"""Candidates a question was put to, below which nothing is said of it."""
RATERS = (1, 2, 3, 4, 5, 6, 8)
"""For how many interviewers a candidate it is said how far the score could be relied on."""


@dataclass(frozen=True)
class Computed:
    """A run as it was computed, and what it was computed from; `keys` of the dimensions."""

    panel: PanelScores
    sheet: RatingSheet
    scale: Scale
    keys: tuple[str, ...]


def keep_statistics(run: Computed, questions: Questions, practice: Practice) -> dict[str, Any]:
    """What a run's insights need, as JSON; a figure that cannot be had is null."""
    overall = asdict(agreement(run.sheet, run.scale))
    return {
        "raters": _raters(run, practice),
        "questions": _questions(run, questions),
        "agreement": {
            name: [known(one) for one in value] if isinstance(value, tuple) else known(value)
            for name, value in overall.items()
        },
        "variances": asdict(run.panel.score_variances),
        "planning": _planning(run.panel),
    }


def _raters(run: Computed, practice: Practice) -> list[dict[str, Any]]:
    leniency = dict(zip(run.panel.raters, zip(run.panel.leniency, run.panel.leniency_sd, strict=True), strict=True))
    rows: dict[Any, list[int]] = {}
    for row, rater in enumerate(run.sheet.raters):
        rows.setdefault(rater, []).append(row)
    return [
        {
            "rater": habit.rater,
            "scorecards": habit.n_scorecards,
            "candidates": habit.n_candidates,
            "leniency": float(leniency[habit.rater][0]),
            "leniency_sd": float(leniency[habit.rater][1]),
            "spread": known(habit.spread),
            "halo": known(habit.halo),
            "agreement": _association(habit.agreement),
            "hours": _middle(practice.hours[rows[habit.rater]]),
            "followed": _mean(practice.followed[rows[habit.rater]]),
        }
        for habit in rater_habits(run.panel, run.sheet, run.scale)
    ]


def _questions(run: Computed, questions: Questions) -> list[dict[str, Any]]:
    """By the signals heard; where these are too few, by the levels of the dimensions a question informs."""
    heard = question_discrimination(run.panel, run.sheet, run.scale, questions.items)
    levels = question_discrimination(run.panel, run.sheet, run.scale, _levels(run, questions))
    rows = []
    for place, (by_signals, by_levels) in enumerate(zip(heard, levels, strict=True)):
        enough = by_signals is not None and by_signals.n >= FEWEST_ASKED
        rows.append(
            {
                "key": questions.keys[place],
                "prompt": questions.prompts[place],
                "basis": "signals" if enough else "levels",
                "rest": _association(by_signals if enough else by_levels),
            }
        )
    return rows


def _levels(run: Computed, questions: Questions) -> Any:
    """(n_cards, n_questions): mean distance from the pool's levels on the dimensions a question informs, where it was put."""
    centred = run.sheet.ratings - run.panel.pool_means
    known = ~np.isnan(centred)
    informs = np.array([[key in dimensions for key in run.keys] for dimensions in questions.informs], dtype=float)
    count = known @ informs.reshape(-1, len(run.keys)).T
    total = np.where(known, centred, 0.0) @ informs.reshape(-1, len(run.keys)).T
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=(count > 0) & questions.asked)


def _planning(panel: PanelScores) -> list[dict[str, float]]:
    """By number of interviewers: reliability before and after correcting, and half the width of the 90 % interval."""
    variances = panel.score_variances
    plain = decision_study(variances, raters=RATERS, adjusted=False)
    adjusted = decision_study(variances, raters=RATERS, adjusted=True)
    return [
        {
            "raters": count,
            "plain": float(plain[place]),
            "adjusted": float(adjusted[place]),
            "half_width": Z_90 * variances.candidate * float(np.sqrt(1 - adjusted[place])),
        }
        for place, count in enumerate(RATERS)
    ]


def _association(found: Association | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)


def known(value: float) -> float | None:
    return None if isnan(value) else value


def _middle(values: Any) -> float | None:
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else None


def _mean(values: Any) -> float | None:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else None
