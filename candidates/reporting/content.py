"""From a report's values to what its template sets: plain JSON, numbers already in words."""

import hashlib
import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from candidates.reporting.data import (
    CandidateData,
    DimensionData,
    EstimateData,
    EvidenceData,
    MethodData,
    PanelData,
    ReportData,
    ScaleData,
)

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "candidates" / "reports"

Json = dict[str, Any]

LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\v\f]")
# Controls, lone surrogates, non-characters, byte-order marks, and the marks that turn the direction
# of all that follows: none of them is text, and a tagged PDF may hold none.
NOT_TEXT = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufeff\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff]"
)


def fingerprint(report: ReportData) -> str:
    """SHA-256, in hexadecimal, of everything the report says and of the template that sets it."""
    return hashlib.sha256(f"{_template_digest()}\n{canonical(content(report))}".encode()).hexdigest()


def canonical(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content(report: ReportData) -> Json:
    """All that reaches the page.

    Before the client's own evaluation candidates stand in the order of the alphabet and without a
    position, since the order too is the panel's opinion.
    """
    after = report.rendering == "after"
    key = _position if after else _alphabet
    whole = {
        "title": report.title,
        "client": report.client,
        "role": report.role,
        "number": report.number,
        "version": report.version if report.version > 1 else None,
        "changes": [words for words in (*report.changes, report.order_change if after else "") if words],
        "after": after,
        "scope": [{"question": item.question, "answer": item.answer} for item in report.scope],
        "method": _method(report.method, after=after),
        "levels": _levels(report.scale),
        "dimensions": _dimensions(report.dimensions, report.scale),
        "bar": _mark(report.bar, report.scale) if after else None,
        "candidates": [_candidate(each, report) for each in sorted(report.candidates, key=key)],
    }
    cleaned: Json = _clean(whole)
    return cleaned


def _position(candidate: CandidateData) -> tuple[int, str]:
    return candidate.position, candidate.name


def _alphabet(candidate: CandidateData) -> tuple[str, str, str]:
    plain = unicodedata.normalize("NFKD", candidate.name)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold(), candidate.name, candidate.summary


def _method(method: MethodData, *, after: bool) -> Json:
    spread = method.spread if after else None
    return {
        "rubric": method.rubric,
        "interviewers": method.interviewers,
        "scorecards": method.scorecards,
        "candidates": method.candidates,
        "evidence_from": method.evidence_from,
        "spread": spread and {name: f"{value:.2f}" for name, value in vars(spread).items()},
        "notes": list(method.notes) if after else [],
    }


def _levels(scale: ScaleData) -> list[Json]:
    return [
        {"value": str(value), "name": name, "at": _place(value, scale)}
        for value, name in enumerate(scale.level_names, start=scale.lowest)
    ]


def _dimensions(dimensions: tuple[DimensionData, ...], scale: ScaleData) -> list[Json]:
    whole = sum(dimension.weight for dimension in dimensions)
    return [
        {
            "key": dimension.key,
            "name": dimension.name,
            "share": f"{100 * dimension.weight / whole:.0f} %",
            "floor": _mark(dimension.floor, scale),
            "strong": dimension.strong,
        }
        for dimension in dimensions
    ]


def _candidate(candidate: CandidateData, report: ReportData) -> Json:
    rests = _rests(candidate, report)
    return {
        "name": candidate.name,
        "facts": [fact for fact in (candidate.location, candidate.zone, candidate.overlap) if fact],
        "summary": candidate.summary,
        "rests": [_cited(mark, item, report) for mark, item in enumerate(rests, start=1)],
        "flags": list(candidate.flags),
        "evidence": [_evidence(dimension, candidate, rests) for dimension in report.dimensions],
        "gaps": [
            {"dimension": dimension.name, "text": gap.text}
            for dimension in report.dimensions
            for gap in candidate.gaps
            if gap.dimension == dimension.key
        ],
        "position": candidate.position if report.rendering == "after" else None,
        "panel": candidate.panel and _panel(candidate.panel, report),
    }


def _rests(candidate: CandidateData, report: ReportData) -> list[EvidenceData]:
    """What the summary rests on, in the order in which the evidence stands."""
    return [
        item
        for dimension in report.dimensions
        for item in candidate.evidence
        if item.cited and item.dimension == dimension.key
    ]


def _cited(mark: int, item: EvidenceData, report: ReportData) -> Json:
    name = next(dimension.name for dimension in report.dimensions if dimension.key == item.dimension)
    return {"mark": mark, "incident": item.incident, "when": item.happened, "dimension": name}


def _evidence(dimension: DimensionData, candidate: CandidateData, rests: list[EvidenceData]) -> Json:
    items = [
        _incident(item, mark=rests.index(item) + 1 if item.cited else None)
        for item in candidate.evidence
        if item.dimension == dimension.key
    ]
    assessed = all(gap.dimension != dimension.key for gap in candidate.gaps)
    return {"dimension": dimension.name, "assessed": assessed, "items": items}


def _incident(item: EvidenceData, *, mark: int | None) -> Json:
    return {
        "mark": mark,
        "incident": item.incident,
        "when": item.happened,
        "interviewer": item.interviewer,
        "did": item.did,
        "outcome": item.outcome,
    }


def _panel(panel: PanelData, report: ReportData) -> Json:
    estimates = {item.dimension: item.estimate for item in panel.dimensions}
    return {
        "interviewers": panel.interviewers,
        "total": _interval(panel.total, report.scale, digits=2),
        "raw": _mark(panel.raw_mean, report.scale, form=".2f"),
        "dimensions": {key: _interval(estimate, report.scale, digits=1) for key, estimate in estimates.items()},
        "why": panel.why_here,
        "flags": list(panel.flags),
        "overrides": [vars(override) for override in panel.overrides],
    }


def _interval(estimate: EstimateData | None, scale: ScaleData, *, digits: int) -> Json | None:
    if estimate is None:
        return None
    lower, upper = max(estimate.lower, scale.lowest), min(estimate.upper, scale.highest)
    return {
        "score": f"{estimate.score:.{digits}f}",
        "range": f"{lower:.{digits}f}–{upper:.{digits}f}",
        "at": _place(estimate.score, scale),
        "from": _place(lower, scale),
        "to": _place(upper, scale),
    }


def _mark(value: float | None, scale: ScaleData, *, form: str = "g") -> Json | None:
    return None if value is None else {"text": format(value, form), "at": _place(value, scale)}


def _place(value: float, scale: ScaleData) -> float:
    """Where on the scale, from 0 to 1; rounded, so that noise of computation makes no other report."""
    return round(min(max((value - scale.lowest) / (scale.highest - scale.lowest), 0.0), 1.0), 4)


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, str):
        return NOT_TEXT.sub("", LINE_ENDS.sub("\n", unicodedata.normalize("NFC", value))).replace("\t", " ").strip()
    return value


@cache
def _template_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.glob("*.typ")):
        digest.update(path.name.encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()
