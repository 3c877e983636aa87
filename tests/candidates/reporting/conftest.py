from datetime import date

import pytest

from candidates.reporting import (
    CandidateData,
    DimensionData,
    DimensionEstimate,
    EstimateData,
    EvidenceData,
    GapData,
    MethodData,
    OverrideData,
    PanelData,
    ReportData,
    ScaleData,
    ScopeAnswer,
    SpreadData,
)


def estimate(score: float, half: float = 0.5) -> EstimateData:
    return EstimateData(score=score, lower=score - half, upper=score + half)


def panel(score: float) -> PanelData:
    dimensions = tuple(DimensionEstimate(dimension=key, estimate=estimate(score)) for key in ("ownership", "mentoring"))
    return PanelData(interviewers=3, total=estimate(score), raw_mean=score + 0.11, dimensions=dimensions)


def incident(text: str) -> EvidenceData:
    return EvidenceData(
        dimension="ownership",
        incident=text,
        happened="March 2025",
        did="Rolled back within the hour.",
        outcome="No wrong payment left the building.",
        interviewer="Interviewer A",
    )


@pytest.fixture
def report() -> ReportData:
    zoe = CandidateData(
        name="Zoë Okafor",
        position=1,
        summary="Keeps systems honest.",
        location="Bangkok",
        evidence=(incident("The claims model approved duplicates"),),
        panel=panel(3.97),
    )
    ali = CandidateData(
        name="Ali Brandt",
        position=2,
        summary="Explains before being asked.",
        gaps=(GapData(dimension="mentoring", text="The panel ran out of time."),),
        flags=("One scorecard was imported.",),
        panel=PanelData(
            interviewers=2,
            total=None,
            raw_mean=2.83,
            why_here="Available in January.",
            flags=("Below the floor on production ownership.",),
            overrides=(
                OverrideData(waived="Below a floor", reason="Embargoed work", by="Ploy Srisuk", approved_by="M. Weber"),
            ),
        ),
    )
    return ReportData(
        title="The people we would ask you to meet",
        client="Northwind Claims",
        role="Senior AI Engineer",
        number=2,
        rendering="after",
        dated=date(2026, 11, 23),
        scope=(ScopeAnswer(question="What will break?", answer="Claims triage."),),
        method=MethodData(
            rubric="Senior AI Engineer, version 2",
            interviewers=7,
            scorecards=274,
            candidates=135,
            evidence_from=4,
            spread=SpreadData(candidates=0.58, interviewers=0.31, error=0.49),
        ),
        scale=ScaleData(lowest=1, highest=5, level_names=("none", "generic", "working", "senior", "raises others")),
        dimensions=(
            DimensionData(key="ownership", name="Production ownership", weight=1, floor=3),
            DimensionData(key="mentoring", name="Mentoring", weight=0.5),
        ),
        bar=3.5,
        candidates=(zoe, ali),
    )
