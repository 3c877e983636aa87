from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from candidates.enums import ConsentHow, InterviewState, ScorecardState, ShortlistState
from candidates.models import (
    Application,
    Candidate,
    ClientReview,
    Consent,
    Evidence,
    Interview,
    Rating,
    Scorecard,
    Shortlist,
    ShortlistEntry,
    ShortlistReviewer,
    StageChange,
)
from rubrics.enums import StageKind
from rubrics.models import Dimension
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.rubrics import RoleFactory

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class CandidateFactory(DjangoModelFactory[Candidate]):
    """A candidate who has consented; `consented=False` for one who has not."""

    class Meta:
        model = Candidate
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Nok Ariyawat {n}")
    email = factory.Sequence(lambda n: f"candidate{n}@example.org")
    phone = "+66 2 555 0100"
    location = "Bangkok"
    time_zone = "Asia/Bangkok"

    @factory.post_generation
    def consented(self: Candidate, create: bool, extracted: bool | None) -> None:
        if extracted is not False:
            Consent.objects.create(
                candidate=self,
                notice_version="1",
                how=ConsentHow.OWN_PAGE,
                given_at=NOW - timedelta(days=400),
                expires_at=NOW + timedelta(days=4000),
            )


class ApplicationFactory(DjangoModelFactory[Application]):
    """`kind` chooses the stage by its kind."""

    class Meta:
        model = Application

    class Params:
        kind = StageKind.INTERVIEWING

    candidate = factory.SubFactory(CandidateFactory)
    role = factory.SubFactory(RoleFactory)
    stage = factory.LazyAttribute(lambda o: o.role.stages.get(kind=o.kind))
    stage_since = NOW

    @classmethod
    def _create(cls, model_class: type[Application], *args: Any, **kwargs: Any) -> Application:
        application: Application = super()._create(model_class, *args, **kwargs)
        StageChange.objects.create(application=application, to_stage=application.stage, at=application.stage_since)
        return application


class InterviewFactory(DjangoModelFactory[Interview]):
    class Meta:
        model = Interview

    application = factory.SubFactory(ApplicationFactory)
    kit = factory.LazyAttribute(lambda o: o.application.role.rubric_version.kits.get(key="whole"))
    starts_at = NOW
    ends_at = NOW + timedelta(hours=1)
    time_zone = "Asia/Bangkok"
    planned_at = NOW - timedelta(days=7)
    state = InterviewState.HELD


class ScorecardFactory(DjangoModelFactory[Scorecard]):
    """A draft that is owed; `submit_levels` fills in and seals it."""

    class Meta:
        model = Scorecard

    interview = factory.SubFactory(InterviewFactory)
    interviewer = factory.SubFactory(HiringManagerFactory)
    due_at = NOW + timedelta(days=1)


def dimensions_of(interview: Interview) -> list[Dimension]:
    covered = interview.kit.questions.values("dimensions")
    return list(Dimension.objects.filter(pk__in=covered).order_by("position"))


def submit_levels(scorecard: Scorecard, levels: list[int | None], *, independent: bool = True) -> Scorecard:
    """Give one level per dimension of the kit (None: not assessed), with evidence, and seal the scorecard."""
    given = list(zip(dimensions_of(scorecard.interview), levels, strict=True))
    Rating.objects.bulk_create(
        Rating(
            scorecard=scorecard,
            dimension=dimension,
            level=level,
            not_assessed=level is None,
            not_assessed_reason="no time" if level is None else "",
        )
        for dimension, level in given
    )
    Evidence.objects.bulk_create(
        Evidence(
            scorecard=scorecard,
            dimension=dimension,
            incident="Precision fell from 0.91 to 0.84",
            happened="2025-03",
            action="Rolled back the parser the same evening",
            outcome="Back at 0.90",
        )
        for dimension, _ in given
    )
    scorecard.recommendation = "yes"
    scorecard.comment = "Kept calm."
    scorecard.state = ScorecardState.SUBMITTED
    scorecard.submitted_at = NOW
    scorecard.independent = independent
    scorecard.save()
    return scorecard


def submitted_scorecard(application: Application, levels: list[int | None], by: User | None = None) -> Scorecard:
    interview = InterviewFactory(application=application)
    scorecard = ScorecardFactory(interview=interview, **({"interviewer": by} if by else {}))
    return submit_levels(scorecard, levels)


class ShortlistFactory(DjangoModelFactory[Shortlist]):
    class Meta:
        model = Shortlist

    role = factory.SubFactory(RoleFactory)
    number = factory.Sequence(lambda n: n + 1)
    created_by = factory.SubFactory(RecruiterFactory)


class PresentedShortlistFactory(ShortlistFactory):
    state = ShortlistState.PRESENTED
    presented_at = NOW
    presented_by = factory.SubFactory(RecruiterFactory)


class ShortlistEntryFactory(DjangoModelFactory[ShortlistEntry]):
    class Meta:
        model = ShortlistEntry

    shortlist = factory.SubFactory(ShortlistFactory)
    application = factory.LazyAttribute(lambda o: ApplicationFactory(role=o.shortlist.role, kind=StageKind.SHORTLISTED))
    position = factory.Sequence(lambda n: n % 30000 + 1)
    summary = "Kept a claims triage model honest through a silent input change."


class ShortlistReviewerFactory(DjangoModelFactory[ShortlistReviewer]):
    class Meta:
        model = ShortlistReviewer


class ClientReviewFactory(DjangoModelFactory[ClientReview]):
    class Meta:
        model = ClientReview

    entry = factory.SubFactory(ShortlistEntryFactory)
    saved_at = NOW
    basis = "evidence"
    verdict = "advance"
