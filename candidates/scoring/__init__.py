"""From scorecards to scores one can defend: NumPy in, NumPy out; no clock, no database, no chance without a seed."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from candidates.scoring.agreement import Agreement, agreement
from candidates.scoring.assignment import AssignmentCheck, check_assignment
from candidates.scoring.evidence import Reason, word_reasons
from candidates.scoring.explaining import Explanation, Step, explain
from candidates.scoring.fingerprints import fingerprint
from candidates.scoring.panel import METHODS, NOTES, PanelScores, score_panel
from candidates.scoring.panel_1 import Z_90
from candidates.scoring.ranking import Ranking, difference, rank
from candidates.scoring.reliability import (
    IntraclassCorrelations,
    decision_study,
    halo,
    intraclass_correlations,
    krippendorff_alpha,
    weighted_kappa,
)
from candidates.scoring.validity import PredictiveValidity, predictive_validity
from candidates.scoring.values import RatingSheet, Scale, Variances

if TYPE_CHECKING:
    from candidates.scoring.fairness import Impact, ScoringRate, impact_ratios, scoring_rate_ratios

__all__ = [
    "METHODS",
    "NOTES",
    "Z_90",
    "Agreement",
    "AssignmentCheck",
    "Explanation",
    "Impact",
    "IntraclassCorrelations",
    "PanelScores",
    "PredictiveValidity",
    "Ranking",
    "RatingSheet",
    "Reason",
    "Scale",
    "ScoringRate",
    "Step",
    "Variances",
    "agreement",
    "check_assignment",
    "decision_study",
    "difference",
    "explain",
    "fingerprint",
    "halo",
    "impact_ratios",
    "intraclass_correlations",
    "krippendorff_alpha",
    "predictive_validity",
    "rank",
    "score_panel",
    "scoring_rate_ratios",
    "weighted_kappa",
    "word_reasons",
]

WHEN_ASKED_FOR = {
    "Impact": "fairness",
    "ScoringRate": "fairness",
    "impact_ratios": "fairness",
    "scoring_rate_ratios": "fairness",
}
"""Names that need scipy.stats, which is a quarter of a second and 24 MB to every process that never calls them."""


def __getattr__(name: str) -> Any:
    if name not in WHEN_ASKED_FOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{WHEN_ASKED_FOR[name]}"), name)
