"""The report of a shortlist: frozen values in, a PDF and its fingerprint out."""

from candidates.reporting.content import fingerprint
from candidates.reporting.data import (
    CandidateData,
    DimensionData,
    DimensionEstimate,
    EstimateData,
    EvidenceData,
    GapData,
    MethodData,
    OverrideData,
    PanelData,
    Rendering,
    ReportData,
    ScaleData,
    ScopeAnswer,
    SpreadData,
    without_panel,
)
from candidates.reporting.rendering import FontsMissing, render

__all__ = [
    "CandidateData",
    "DimensionData",
    "DimensionEstimate",
    "EstimateData",
    "EvidenceData",
    "FontsMissing",
    "GapData",
    "MethodData",
    "OverrideData",
    "PanelData",
    "Rendering",
    "ReportData",
    "ScaleData",
    "ScopeAnswer",
    "SpreadData",
    "fingerprint",
    "render",
    "without_panel",
]
