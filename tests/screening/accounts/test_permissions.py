"""What a list shows and what a predicate says must be the same."""

from typing import Any

import pytest
from django.utils import timezone

from screening.accounts.models import ApiToken, Client, Invitation, User
from screening.accounts.permissions import (
    can_view_api_token,
    can_view_client,
    can_view_invitation,
    can_view_user,
)
from screening.accounts.services.invitations import invite
from screening.accounts.services.tokens import LONGEST, create_token
from screening.jobs.models import Delivery, Job
from screening.jobs.permissions import can_view_delivery, can_view_job
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.jobs import DeliveryFactory, JobFactory

RULES = [
    (User, can_view_user),
    (Client, can_view_client),
    (Invitation, can_view_invitation),
    (ApiToken, can_view_api_token),
    (Job, can_view_job),
    (Delivery, can_view_delivery),
]


@pytest.fixture
def everybody(db: None) -> list[User]:
    company, other = ClientFactory(), ClientFactory()
    users: list[Any] = [
        AdministratorFactory(),
        RecruiterFactory(),
        HiringManagerFactory(),
        HiringManagerFactory(client=company),
        ReviewerFactory(client=company),
        ReviewerFactory(client=other),
    ]
    for user in users:
        JobFactory(created_by=user)
        DeliveryFactory(user=user)
        create_token(user=user, name="Program", valid_for=LONGEST, read_only=True)
    JobFactory(created_by=None)
    invite(email="new@example.com", name="New", part="recruiter", client=None, by=users[0], now=timezone.now())
    return users


@pytest.mark.parametrize(("model", "may_view"), RULES, ids=lambda value: getattr(value, "__name__", ""))
def test_lists_and_predicates_agree(everybody: list[User], model: type[User], may_view: object) -> None:
    assert callable(may_view)
    for user in everybody:
        listed = set(model.objects.visible_to(user))
        assert listed == {row for row in model.objects.all() if may_view(user, row)}


def test_who_sees_how_many(everybody: list[User]) -> None:
    counts = {
        model.__name__: [model.objects.visible_to(user).count() for user in everybody]  # type: ignore[attr-defined]
        for model, _rule in RULES
    }
    assert counts == {
        "User": [6, 1, 1, 1, 1, 1],
        "Client": [2, 2, 0, 1, 1, 1],
        "Invitation": [1, 0, 0, 0, 0, 0],
        "ApiToken": [1, 1, 1, 1, 1, 1],
        "Job": [7, 1, 1, 1, 1, 1],
        "Delivery": [7, 0, 0, 0, 0, 0],
    }
