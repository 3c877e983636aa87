from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from candidates.enums import Outcome, ReviewDay
from candidates.models import Application, Decision, Engagement, EngagementRating, EngagementReview
from candidates.services.applications import enter_stage
from rubrics.enums import StageKind
from rubrics.gates.base import Missing, pass_gate
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def start_engagement(*, application: Application, started_on: date, by: User, now: datetime) -> Engagement:
    """The hire begins to work: opens the engagement and plans its reviews. Raises Refused unless decided to hire."""
    Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    newest = Decision.objects.filter(entry__application=application).first()
    if newest is None or newest.outcome != Outcome.HIRE:
        raise Refused("The client has not decided to hire this person.")
    if Engagement.objects.filter(application=application).exists():
        raise Refused("The engagement has already started.")
    engagement = Engagement.objects.create(application=application, started_on=started_on, created_by=by)
    EngagementReview.objects.bulk_create(
        [
            EngagementReview(engagement=engagement, day=day, due_on=started_on + timedelta(days=day))
            for day in ReviewDay.values
        ]
    )
    enter_stage(application=application, kind=StageKind.HIRED, by=by, now=now, reason="")
    return engagement


@transaction.atomic
def end_engagement(*, engagement: Engagement, ended_on: date, reason: str) -> Engagement:
    """Raises Refused without a reason, before its start, or when it has already ended."""
    locked = Engagement.objects.select_for_update().get(pk=engagement.pk)
    if locked.ended_on is not None:
        raise Refused("This engagement has already ended.")
    if not reason.strip():
        raise Refused("Say why the engagement ended.")
    if ended_on < locked.started_on:
        raise Refused("An engagement can’t end before it started.")
    locked.ended_on = ended_on
    locked.end_reason = reason.strip()
    locked.save(update_fields=["ended_on", "end_reason"])
    return locked


@dataclass(frozen=True)
class OutcomeDraft:
    """`levels` maps a dimension's id to a level, or to None for “not assessed”."""

    levels: dict[int, int | None]
    comment: str = ""


@transaction.atomic
def submit_engagement_review(
    *, review: EngagementReview, draft: OutcomeDraft, by: User, now: datetime
) -> EngagementReview:
    """The same rubric, after the fact. Raises GateRefused with the dimensions that are missing."""
    locked = EngagementReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if locked.submitted_at is not None:
        raise Refused("This review has already been given.")
    version = locked.engagement.application.role.rubric_version
    dimensions = list(version.dimensions.all()) if version else []
    pass_gate(
        [
            Missing(f"rating:{item.key}", f"{item.name}: choose a level, or mark it as not assessed.")
            for item in dimensions
            if item.pk not in draft.levels
        ]
    )
    for item in dimensions:
        level = draft.levels[item.pk]
        if version and level is not None and level not in version.level_values:
            raise Refused(f"{item.name}: choose a level from {version.lowest} to {version.highest}.")
    EngagementRating.objects.bulk_create(
        [
            EngagementRating(
                review=locked, dimension=item, level=draft.levels[item.pk], not_assessed=draft.levels[item.pk] is None
            )
            for item in dimensions
        ]
    )
    locked.reviewer = by
    locked.comment = draft.comment
    locked.submitted_at = now
    locked.save(update_fields=["reviewer", "comment", "submitted_at"])
    return locked
