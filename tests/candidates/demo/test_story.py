"""What the generator tells happens in an order in which it could have happened."""

from datetime import timedelta

import pytest

from candidates.demo.story import best_scored
from candidates.models import Consent
from tests.factories.candidates import NOW
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import scored

pytestmark = pytest.mark.django_db


def test_nobody_is_shortlisted_before_they_agreed() -> None:
    role = RoleFactory()
    first, second, third = scored(role, 3)
    given = {first: NOW - timedelta(days=10), second: NOW - timedelta(days=1), third: NOW - timedelta(days=10)}
    for application, at in given.items():
        Consent.objects.filter(candidate=application.candidate).update(given_at=at)

    assert [one.pk for one in best_scored(role, 3, NOW - timedelta(days=4))] == [first.pk, third.pk]
    assert [one.pk for one in best_scored(role, 2, NOW)] == [first.pk, second.pk]
