"""What interviewers write, as the services take it."""

from candidates.models import Scorecard
from candidates.services.drafts import EvidenceDraft, RatingDraft, ScorecardDraft
from tests.factories.candidates import dimensions_of


def evidence_on(dimension: int, incident: str = "Precision fell from 0.91 to 0.84") -> EvidenceDraft:
    return EvidenceDraft(dimension, incident, "2025-03", "Rolled the parser back the same evening", "Back at 0.90")


def whole_draft(scorecard: Scorecard, levels: list[int | None], *, recommendation: str = "yes") -> ScorecardDraft:
    """A draft that may be sealed: one level a dimension of the kit, in the rubric's order, None for not assessed."""
    dimensions = dimensions_of(scorecard.interview)
    return ScorecardDraft(
        ratings=tuple(
            RatingDraft(dimension.pk, level, level is None, "no time" if level is None else "")
            for dimension, level in zip(dimensions, levels, strict=True)
        ),
        evidence=tuple(
            evidence_on(dimension.pk) for dimension, level in zip(dimensions, levels, strict=True) if level is not None
        ),
        recommendation=recommendation,
        comment="Calm, precise about what was theirs.",
    )
