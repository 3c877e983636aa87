from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from candidates.enums import OfferAnswer, Outcome, ReviewDay
from candidates.models import Application, Decision, Engagement, EngagementRating, EngagementReview, Offer
from candidates.services.applications import enter_stage
from candidates.services.engagement_reminders import keys_of
from rubrics.enums import StageKind
from rubrics.gates.base import Missing, pass_gate
from rubrics.models import Dimension
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import withdraw_mail


@transaction.atomic
def start_engagement(*, application: Application, started_on: date, by: User, now: datetime) -> Engagement:
    """The hire begins to work: opens the engagement and plans its reviews. Raises Refused unless decided to hire."""
    Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    decisions = Decision.objects.filter(entry__application=application)
    newest = decisions.select_related(
        "entry__shortlist__role__rubric_version", "entry__shortlist__rubric_version"
    ).first()
    if newest is None or newest.outcome != Outcome.HIRE:
        raise Refused("The client has not decided to hire this person.")
    if Offer.objects.filter(decision=newest, answer=OfferAnswer.DECLINED).exists():
        raise Refused("They declined the offer. Decide again first.")
    if Engagement.objects.filter(application=application).exists():
        raise Refused("The engagement has already started.")
    engagement = Engagement.objects.create(
        application=application,
        started_on=started_on,
        rubric_version=newest.entry.shortlist.measured_by,
        created_by=by,
    )
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
    """`levels` maps a dimension's id to a level, or to None for “not assessed”; absent means not judged yet."""

    levels: dict[int, int | None]
    comment: str = ""


class NewerReviewSaved(Conflict):
    """A colleague at the client, or the same person in another window, saved since this was loaded."""

    def __init__(self, review: EngagementReview) -> None:
        super().__init__("This review was saved by somebody else meanwhile. Compare both before you go on.")
        self.review = review


@transaction.atomic
def save_engagement_review(
    *, review: EngagementReview, draft: OutcomeDraft, revision: int, by: User, now: datetime
) -> EngagementReview:
    """Keep what a manager has so far; nothing is required yet. `revision` is the one they loaded.

    Raises NewerReviewSaved when another save came between, Refused once given, or for a level not on offer.
    """
    locked = _locked(review, revision)
    _keep(locked, draft, by)
    locked.saved_at = now
    locked.save(update_fields=["reviewer", "comment", "revision", "saved_at"])
    return locked


@transaction.atomic
def submit_engagement_review(
    *, review: EngagementReview, draft: OutcomeDraft, by: User, now: datetime, revision: int | None = None
) -> EngagementReview:
    """The same rubric, after the fact. Raises GateRefused with the dimensions that are missing, NewerReviewSaved as above.

    Without a `revision` nobody else can have written: the review is given in one go.
    """
    locked = _locked(review, revision)
    pass_gate(
        [
            Missing(f"rating:{item.key}", f"{item.name}: choose a level, or mark it as not assessed.")
            for item in _dimensions(locked)
            if item.pk not in draft.levels
        ]
    )
    _keep(locked, draft, by)
    locked.submitted_at = now
    locked.save(update_fields=["reviewer", "comment", "revision", "submitted_at"])
    withdraw_mail(keys=keys_of(locked))
    return locked


def _locked(review: EngagementReview, revision: int | None) -> EngagementReview:
    locked = (
        EngagementReview.objects.select_for_update(of=("self",))
        .select_related("reviewer", "engagement__rubric_version")
        .get(pk=review.pk)
    )
    if locked.submitted_at is not None:
        raise Refused("This review has already been given.")
    if revision is not None and locked.revision != revision:
        raise NewerReviewSaved(locked)
    return locked


def _dimensions(review: EngagementReview) -> list[Dimension]:
    version = review.engagement.rubric_version
    return list(version.dimensions.all()) if version else []


def _keep(review: EngagementReview, draft: OutcomeDraft, by: User) -> None:
    """Levels, comment and who wrote them; the row itself is saved by the caller."""
    version = review.engagement.rubric_version
    dimensions = _dimensions(review)
    for item in dimensions:
        level = draft.levels.get(item.pk)
        if version and level is not None and level not in version.level_values:
            raise Refused(f"{item.name}: choose a level from {version.lowest} to {version.highest}.")
    review.ratings.exclude(dimension__in=draft.levels).delete()
    EngagementRating.objects.bulk_create(
        [
            EngagementRating(
                review=review, dimension=item, level=draft.levels[item.pk], not_assessed=draft.levels[item.pk] is None
            )
            for item in dimensions
            if item.pk in draft.levels
        ],
        update_conflicts=True,
        unique_fields=["review", "dimension"],
        update_fields=["level", "not_assessed"],
    )
    review.reviewer, review.comment = by, draft.comment
    review.revision += 1
