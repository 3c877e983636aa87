"""What a shortlist report is made of, as frozen values: no database, no clock, no markup.

Scores are on the rubric's own scale and not clipped; shares of the weights need not add up to 1.
Everything a panel concluded about a candidate lives in `PanelData`, so that the rendering a client
reads before their own evaluation is one in which there is none.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Rendering = Literal["before", "after"]


@dataclass(frozen=True, kw_only=True)
class ScopeAnswer:
    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class ScaleData:
    lowest: int
    highest: int
    level_names: tuple[str, ...]  # from the lowest level to the highest

    def __post_init__(self) -> None:
        if self.highest <= self.lowest:
            raise ValueError("The highest level must lie above the lowest.")
        if len(self.level_names) != self.highest - self.lowest + 1:
            raise ValueError("Every level of the scale needs a name.")


@dataclass(frozen=True, kw_only=True)
class DimensionData:
    key: str
    name: str
    weight: float
    floor: float | None = None
    strong: str = ""  # what a strong answer shows, in one sentence


@dataclass(frozen=True, kw_only=True)
class SpreadData:
    """Standard deviations the scores rest on, in levels."""

    candidates: float
    interviewers: float
    error: float


@dataclass(frozen=True, kw_only=True)
class MethodData:
    rubric: str  # with its version, as "Senior AI Engineer, version 2"
    interviewers: int
    scorecards: int
    candidates: int  # scored together, on the shortlist or not
    evidence_from: int | None = None
    spread: SpreadData | None = None
    notes: tuple[str, ...] = ()  # such as "Every candidate met the same panel, so nothing was adjusted."


@dataclass(frozen=True, kw_only=True)
class EvidenceData:
    dimension: str  # key
    incident: str
    happened: str  # as recorded, "March 2025"
    did: str
    outcome: str
    interviewer: str | None = None
    pk: int = 0
    cited: bool = False  # the summary rests on it


@dataclass(frozen=True, kw_only=True)
class GapData:
    dimension: str  # key
    text: str


@dataclass(frozen=True, kw_only=True)
class OverrideData:
    waived: str  # what was missing, in words
    reason: str
    by: str
    approved_by: str


@dataclass(frozen=True, kw_only=True)
class EstimateData:
    score: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class DimensionEstimate:
    dimension: str  # key
    estimate: EstimateData


@dataclass(frozen=True, kw_only=True)
class PanelData:
    interviewers: int
    total: EstimateData | None  # None: not enough evidence
    raw_mean: float | None
    dimensions: tuple[DimensionEstimate, ...] = ()
    why_here: str = ""  # why the position departs from the order of the scores
    flags: tuple[str, ...] = ()  # what would give a level away: "Below the floor on mentoring"
    overrides: tuple[OverrideData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CandidateData:
    name: str  # in the form chosen for this shortlist: full or initials
    position: int
    summary: str
    location: str = ""
    zone: str = ""
    overlap: str = ""
    evidence: tuple[EvidenceData, ...] = ()
    gaps: tuple[GapData, ...] = ()
    flags: tuple[str, ...] = ()  # free of levels: "One of three scorecards was imported"
    panel: PanelData | None = None


@dataclass(frozen=True, kw_only=True)
class ReportData:
    title: str
    client: str
    role: str
    number: int
    rendering: Rendering
    dated: date  # on the cover; no part of the fingerprint
    method: MethodData
    scale: ScaleData
    dimensions: tuple[DimensionData, ...]
    scope: tuple[ScopeAnswer, ...] = ()
    bar: float | None = None
    candidates: tuple[CandidateData, ...] = ()
    version: int = 1
    changes: tuple[str, ...] = ()  # to the version before, in sentences
    order_change: str = ""  # the same of the order, which only the rendering with the panel speaks of

    def __post_init__(self) -> None:
        if self.rendering == "before" and any(candidate.panel for candidate in self.candidates):
            raise ValueError("The rendering before the client's own evaluation holds nothing of the panel.")
        unknown = {key for candidate in self.candidates for key in _keys(candidate)} - {d.key for d in self.dimensions}
        if unknown:
            raise ValueError(f"No such dimension: {', '.join(sorted(unknown))}.")


def without_panel(report: ReportData) -> ReportData:
    """The same report as a client may read it before their own evaluation."""
    candidates = tuple(replace(candidate, panel=None) for candidate in report.candidates)
    return replace(report, rendering="before", candidates=candidates, method=replace(report.method, spread=None))


def _keys(candidate: CandidateData) -> list[str]:
    estimates = candidate.panel.dimensions if candidate.panel else ()
    named: tuple[EvidenceData | GapData | DimensionEstimate, ...] = (*candidate.evidence, *candidate.gaps, *estimates)
    return [item.dimension for item in named]
