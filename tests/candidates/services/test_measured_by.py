"""What was put before a client goes on by its rubric, though the role moves to another."""

from datetime import timedelta

import pytest

from candidates.enums import Outcome
from candidates.gates.shortlists import missing_to_decide
from candidates.models import Application, ClientReview, Shortlist, ShortlistEntry, ShortlistVersion
from candidates.queries.engagements import outcomes
from candidates.services.decisions import decide
from candidates.services.engagements import (
    OutcomeDraft,
    save_engagement_review,
    start_engagement,
    submit_engagement_review,
)
from candidates.services.reports import build_report
from candidates.services.reviews import ReviewDraft, save_review
from candidates.services.shortlist_versions import add_place, begin_version, present_version
from rubrics.gates.base import GateRefused
from rubrics.models import RubricVersion
from rubrics.services.roles import pin_version
from screening.accounts.errors import Refused
from screening.accounts.models import User
from tests.asking import as_
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW
from tests.factories.rubrics import RoleFactory, draft_version, publish, published_version
from tests.factories.shortlists import LATER, entries_of, evaluated, presented, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def before() -> RubricVersion:
    return published_version(dimensions=3)


@pytest.fixture
def case(before: RubricVersion) -> tuple[Shortlist, list[ShortlistEntry], User, User]:
    """Presented by a rubric of three dimensions on 1–5; then the role is measured by two on 0–3."""
    by = RecruiterFactory()
    shortlist, entries, [client] = presented(2, role=RoleFactory(rubric_version=before), by=by)
    evaluated(entries[:1], client, level=4)
    move(shortlist)
    return Shortlist.objects.get(pk=shortlist.pk), entries_of(shortlist), client, by


def move(shortlist: Shortlist) -> None:
    role = shortlist.role
    role.bar = None
    role.save()
    pin_version(role=role, version=published_version(dimensions=2, lowest=0, highest=3, evidence_from=3))


def test_what_the_client_gave_stands_and_the_rest_is_given_alike(
    case: tuple[Shortlist, list[ShortlistEntry], User, User], before: RubricVersion
) -> None:
    shortlist, (given, open_one), client, by = case
    assert shortlist.measured_by == before
    page = as_(by).get(f"/entries/{given.pk}/").content.decode()
    assert page.count("Observability") >= 1, "a dimension that the role no longer has"
    levels = [rating.level for rating in ClientReview.objects.get(entry=given).ratings.all()]
    assert levels == [4, 4, 4]
    page = as_(client).get(f"/entries/{open_one.pk}/").content.decode()
    assert "Observability at 5." in page
    new = shortlist.role.rubric_version
    assert new
    with pytest.raises(Refused, match="not part of"):
        save_review(entry=open_one, draft=ReviewDraft(levels={new.dimensions.all()[0].pk: 3}), by=client, now=LATER)
    evaluated([ShortlistEntry.objects.get(pk=open_one.pk)], client, level=None)
    assert missing_to_decide(ShortlistEntry.objects.get(pk=open_one.pk), now=LATER) == []


def test_the_hire_is_reviewed_by_what_they_were_hired_by(
    case: tuple[Shortlist, list[ShortlistEntry], User, User], before: RubricVersion
) -> None:
    _, (given, _), client, by = case
    evaluated(entries_of(given.shortlist)[1:], client, level=None)
    decide(entry=given, outcome=Outcome.HIRE, why="Owns it.", by=client, now=LATER)
    engagement = start_engagement(application=given.application, started_on=NOW.date(), by=by, now=LATER)
    assert engagement.rubric_version == before
    review = engagement.reviews.earliest("day")
    dimensions = list(before.dimensions.all())
    draft = OutcomeDraft(levels={one.pk: 5 - place for place, one in enumerate(dimensions)})
    save_engagement_review(review=review, draft=draft, revision=0, by=client, now=LATER)
    submit_engagement_review(review=review, draft=draft, by=client, now=LATER)
    page = as_(by).get(f"/engagement-reviews/{review.pk}/").content.decode()
    assert "not assessed" not in page
    found = outcomes(engagement, by)
    assert [(row.dimension.pk, [level for _, level in row.levels]) for row in found.rows] == [
        (one.pk, [5 - place]) for place, one in enumerate(dimensions)
    ]


def test_whoever_was_measured_otherwise_joins_no_presented_list(before: RubricVersion) -> None:
    by, role = RecruiterFactory(), RoleFactory(rubric_version=before)
    shortlist, _, _ = presented(1, role=role, by=by)
    version = begin_version(shortlist=shortlist, by=by, now=LATER)
    [late] = scored(role, 1)
    add_place(version=version, application=Application.objects.get(pk=late.pk), by=by, now=LATER)
    build_report(
        shortlist=Shortlist.objects.get(pk=shortlist.pk), of_next=True, now=LATER, progress=lambda _d, _t: None
    )
    version = ShortlistVersion.objects.get(pk=version.pk)
    move(shortlist)
    with pytest.raises(GateRefused, match="shortlist of their own"):
        present_version(version=version, by=by, now=LATER + timedelta(days=1))
    pin_version(role=role, version=publish(draft_version(rubric=before.rubric, number=2, dimensions=3)))
    build_report(
        shortlist=Shortlist.objects.get(pk=shortlist.pk), of_next=True, now=LATER, progress=lambda _d, _t: None
    )
    assert present_version(version=version, by=by, now=LATER + timedelta(days=1)).number == 2
