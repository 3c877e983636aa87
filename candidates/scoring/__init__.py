"""From scorecards to scores one can defend: NumPy in, NumPy out; no clock, no database, no chance without a seed."""

from candidates.scoring.evidence import Reason, word_reasons
from candidates.scoring.explaining import Explanation, Step, explain
from candidates.scoring.fingerprints import fingerprint
from candidates.scoring.panel import METHODS, NOTES, PanelScores, score_panel
from candidates.scoring.ranking import Ranking, rank
from candidates.scoring.values import RatingSheet, Scale, Variances

__all__ = [
    "METHODS",
    "NOTES",
    "Explanation",
    "PanelScores",
    "Ranking",
    "RatingSheet",
    "Reason",
    "Scale",
    "Step",
    "Variances",
    "explain",
    "fingerprint",
    "rank",
    "score_panel",
    "word_reasons",
]
