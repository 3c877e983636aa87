"""What a person's page knows of their applications: what Django would have loaded, of as many as the reader may list."""

from collections.abc import Sequence
from typing import Any

import pytest

from candidates.models import Application, Candidate
from candidates.queries.standings import TOLD, standings_of
from candidates.querysets.seal import closed_once
from candidates.services.scores import score_pool
from rubrics.enums import StageKind
from screening.accounts.models import User
from tests.abridged import UNABRIDGED
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, submitted_scorecard
from tests.test_visibility import build

pytestmark = pytest.mark.django_db


def by_django(user: User, candidate: Candidate) -> list[tuple[Application, bool]]:
    opened = candidate.applications.opinions_visible_to(user)
    aside = opened.filter(merged_into__isnull=False)
    shown = (candidate.applications.visible_to(user) | aside).order_by("-created_at", "-pk")
    return [(one, one in opened) for one in shown.select_related("role__client", "stage", "owner", "score")]


def values(start: object, path: str, columns: Sequence[str]) -> list[Any]:
    """Of the columns, whether they were loaded or not; None for somebody or something that is not there."""
    for name in filter(None, path.split("__")):
        start = getattr(start, name, None)
    return [getattr(start, column) for column in columns] if start else [None]


def told(standings: Sequence[tuple[Application, bool]]) -> list[Any]:
    return [
        (is_open, [values(application, path, columns) for path, columns in TOLD.columns.items()])
        for application, is_open in standings
    ]


def told_to(user: User, candidate: Candidate, django_assert_num_queries: Any) -> list[Any]:
    with closed_once(user):
        standings = standings_of(user, candidate)
    with django_assert_num_queries(0):
        found = told(standings)
        assert all(one.candidate is candidate for one, _ in standings)
    return found


def test_an_application_comes_with_all_it_leads_to(django_assert_num_queries: Any) -> None:
    user, candidate = RecruiterFactory(), CandidateFactory()
    ApplicationFactory(candidate=candidate)
    full = ApplicationFactory(candidate=candidate, kind=StageKind.SCORED, owner=user, source_detail="GitHub")
    submitted_scorecard(full, [4, 3, 2])
    score_pool(pool_key=full.role.rubric_version.pool_key, now=NOW)
    ApplicationFactory(candidate=candidate, merged_into=full)

    found = told_to(user, candidate, django_assert_num_queries)

    assert found == told(by_django(user, candidate))
    assert full.score.reasons
    assert [parts[-2:] for _, parts in found] == [
        [[None], [None]],
        [[user.pk, user.name], [full.pk, full.score.reasons, full.score.below_floor]],
        [[None], [None]],
    ]


@pytest.mark.parametrize("seed", range(20 if UNABRIDGED else 1))
def test_everybody_is_told_of_what_they_may_see(seed: int, django_assert_num_queries: Any) -> None:
    for user in build(seed).inside:
        for candidate in Candidate.objects.visible_to(user):
            assert told_to(user, candidate, django_assert_num_queries) == told(by_django(user, candidate)), user.part
