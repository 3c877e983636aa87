"""People at work with their reviews, planted without the way there: what validity is computed from."""

from collections.abc import Sequence
from datetime import timedelta

from candidates.enums import Citation, Outcome
from candidates.models import (
    Application,
    Decision,
    Engagement,
    EngagementRating,
    EngagementReview,
    Score,
    ScoreSnapshot,
    ScoringRun,
)
from rubrics.enums import StageKind
from rubrics.models import Role
from screening.accounts.models import User
from tests.factories.accounts import RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, PresentedShortlistFactory, ShortlistEntryFactory


def a_run() -> ScoringRun:
    return ScoringRun.objects.create(
        pool_key="planted", method="panel-1", weights=[], scale={}, input_hash="0", variances={}, n_scorecards=1,
        n_candidates=1, n_raters=1, started_at=NOW, finished_at=NOW,
    )  # fmt: skip


def figures_of(role: Role, score: float) -> dict[str, object]:
    """A score with the same figure on every dimension."""
    assert role.rubric_version
    each = {"score": score, "lower": score - 0.5, "upper": score + 0.5}
    return {
        "subject": 0, "score": score, "sd": 0.3, "lower": score - 0.5, "upper": score + 0.5, "raw_mean": score,
        "n_raters": 2, "completeness": 1, "rankable": True, "component": 0,
        "dimensions": [{"key": one.key, "name": one.name, **each} for one in role.rubric_version.dimensions.all()],
    }  # fmt: skip


def applied(role: Role, score: float, run: ScoringRun, kind: StageKind = StageKind.SCORED) -> Application:
    application: Application = ApplicationFactory(role=role, kind=kind)
    Score.objects.create(application=application, role=role, run=run, computed_at=NOW, **figures_of(role, score))
    return application


def at_work(
    role: Role, score: float, run: ScoringRun, *, level: int, by: User | None = None, day: int = 90
) -> Engagement:
    """Hired on this score, and found at this level on every dimension later."""
    by = by or ReviewerFactory(client=role.client)
    application = applied(role, score, run, StageKind.HIRED)
    snapshot = ScoreSnapshot.objects.create(
        application=application, run=run, cited_by=Citation.DECISION, created_at=NOW, **figures_of(role, score)
    )
    listed = PresentedShortlistFactory(role=role, number=role.shortlists.count() + 1)
    Decision.objects.create(
        entry=ShortlistEntryFactory(shortlist=listed, application=application),
        outcome=Outcome.HIRE, why="Owns it.", decided_by=by, decider_name=by.name, decided_at=NOW, snapshot=snapshot,
    )  # fmt: skip
    engagement = Engagement.objects.create(
        application=application,
        rubric_version=role.rubric_version,
        started_on=NOW.date() - timedelta(days=400),
        created_by=RecruiterFactory(),
    )
    reviewed(engagement, [level] * len(figures_of(role, score)["dimensions"]), by=by, day=day)  # type: ignore[arg-type]  # a list
    return engagement


def reviewed(engagement: Engagement, levels: Sequence[int | None], *, by: User, day: int = 90) -> EngagementReview:
    version = engagement.rubric_version
    assert version
    review = EngagementReview.objects.create(
        engagement=engagement, day=day, due_on=engagement.started_on + timedelta(days=day)
    )
    for dimension, level in zip(version.dimensions.all(), levels, strict=True):
        EngagementRating.objects.create(review=review, dimension=dimension, level=level, not_assessed=level is None)
    review.reviewer, review.submitted_at = by, NOW
    review.save()
    return review
