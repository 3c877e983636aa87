import re
from collections import defaultdict
from collections.abc import Sequence

from candidates.enums import InterviewState
from candidates.models import Evidence, Rating, Scorecard
from rubrics.gates.base import Missing
from rubrics.models import Dimension

DATED = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
"""A year, a month or a day: 2025, 2025-03, 2025-03-14."""


def dimensions_covered(scorecard: Scorecard) -> list[Dimension]:
    """The dimensions that the questions of the interview's kit inform, in the order of the rubric."""
    kit = scorecard.interview.kit_id
    return list(Dimension.objects.filter(informed_by__question__kits=kit).order_by("position").distinct())


def missing_to_submit(scorecard: Scorecard, dimensions: Sequence[Dimension] | None = None) -> list[Missing]:
    """What keeps a scorecard from being sealed.

    Every dimension of the kit is rated, or marked not assessed with why; from `evidence_from` up a rating carries
    evidence with a dated incident; the overall recommendation comes last. Imported scorecards need no evidence.
    Whoever has loaded the dimensions of the kit already may pass them.
    """
    interview = scorecard.interview
    if interview.state not in {InterviewState.SCHEDULED, InterviewState.HELD}:
        return [Missing("interview", f"The interview is marked “{interview.get_state_display().lower()}”.")]
    ratings = {rating.dimension_id: rating for rating in scorecard.ratings.all()}
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for item in scorecard.evidence.all():
        evidence[item.dimension_id].append(item)
    evidence_from = None if scorecard.is_imported else interview.kit.version.evidence_from
    missing = []
    for dimension in dimensions_covered(scorecard) if dimensions is None else dimensions:
        missing += _missing_on(dimension, ratings.get(dimension.pk), evidence[dimension.pk], evidence_from)
    if not missing and not scorecard.recommendation and not scorecard.is_imported:
        missing.append(Missing("recommendation", "Your overall recommendation comes last; it is still missing."))
    return missing


def _missing_on(
    dimension: Dimension, rating: Rating | None, evidence: list[Evidence], evidence_from: int | None
) -> list[Missing]:
    key, name = dimension.key, dimension.name
    if rating is None or (rating.level is None and not rating.not_assessed):
        return [Missing(f"rating:{key}", f"{name}: choose a level, or mark it as not assessed.")]
    if rating.not_assessed:
        if rating.not_assessed_reason.strip():
            return []
        return [Missing(f"reason:{key}", f"{name}: say why it was not assessed.")]
    if evidence_from is None or rating.level is None or rating.level < evidence_from:
        return []
    return _missing_evidence(dimension, rating.level, evidence)


def _missing_evidence(dimension: Dimension, level: int, evidence: list[Evidence]) -> list[Missing]:
    key, name = dimension.key, dimension.name
    told = [item for item in evidence if item.incident.strip()]
    if not told:
        return [Missing(f"evidence:{key}", f"{name}: a level of {level} needs evidence. What happened?")]
    if not any(DATED.fullmatch(item.happened.strip()) for item in told):
        return [
            Missing(f"evidence_date:{key}", f"{name}: say when the incident happened, as 2025, 2025-03 or 2025-03-14.")
        ]
    return []
