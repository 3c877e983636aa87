"""What the predicates say of one row and what `visible_to` lists are the same, whoever looks."""

import random
from collections.abc import Sequence

import pytest
from django.core.files.base import ContentFile

from candidates.models import Application, Candidate, Document, Note
from candidates.permissions.applications import can_move_application, can_view_application
from candidates.permissions.candidates import can_view_candidate, can_view_document, can_view_note
from rubrics.enums import Duty, StageKind
from rubrics.models import Role, RoleMember
from screening.accounts.models import User
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistFactory,
    submit_levels,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
STATES = ("draft", "presented", "decided", "withdrawn")


def people(clients: Sequence[object]) -> list[User]:
    first, second = clients
    return [
        AdministratorFactory(),
        RecruiterFactory(),
        RecruiterFactory(),
        HiringManagerFactory(),
        HiringManagerFactory(client=first),
        HiringManagerFactory(client=second),
        ReviewerFactory(client=first),
        ReviewerFactory(client=second),
    ]


def world(chance: random.Random) -> list[User]:
    """People, roles, candidates and what binds them, at random."""
    clients = [ClientFactory(), ClientFactory()]
    users = people(clients)
    roles = [RoleFactory(client=chance.choice(clients)) for _ in range(3)]
    candidates = CandidateFactory.create_batch(6)
    for candidate in chance.sample(candidates, 2):
        candidate.user = chance.choice(users)
        candidate.save()
    for user in users:
        for role in chance.sample(roles, chance.randint(0, 3)):
            if not user.is_client_reviewer:
                RoleMember.objects.create(role=role, user=user, duty=Duty.INTERVIEWER)
    for candidate in candidates:
        Document.objects.create(
            candidate=candidate, name="cv", kind=chance.choice(["cv", "other"]), file=ContentFile(b"", name="x"), size=0
        )
        Note.objects.create(candidate=candidate, author=users[0], text="x")
        for role in chance.sample(roles, chance.randint(0, 2)):
            apply(candidate, role, users, chance)
    return users


def apply(candidate: Candidate, role: Role, users: list[User], chance: random.Random) -> None:
    application = ApplicationFactory(candidate=candidate, role=role, kind=chance.choice(list(StageKind)))
    Note.objects.create(candidate=candidate, application=application, author=users[0], text="x")
    if chance.random() < 0.6:
        interview = InterviewFactory(application=application, state=chance.choice(["scheduled", "held", "cancelled"]))
        inside = [user for user in users if not user.is_client_reviewer]
        for user in chance.sample(inside, 2):
            card = ScorecardFactory(interview=interview, interviewer=user)
            if chance.random() < 0.4:
                submit_levels(card, [3, 3, 3])
    if chance.random() < 0.6:
        state = chance.choice(STATES)
        presented = {"presented_at": NOW, "presented_by": users[1]} if state in STATES[1:3] else {}
        shortlist = ShortlistFactory(role=role, state=state, show_cv=chance.random() < 0.5, **presented)
        ShortlistEntryFactory(shortlist=shortlist, application=application)


@pytest.mark.parametrize("seed", range(6))
def test_predicates_and_lists_agree(seed: int) -> None:
    users = world(random.Random(seed))  # noqa: S311 -- a seed, no secret
    pairs = (
        (Candidate, can_view_candidate),
        (Application, can_view_application),
        (Document, can_view_document),
        (Note, can_view_note),
    )

    for user in users:
        for model, predicate in pairs:
            listed = set(model.objects.visible_to(user))
            allowed = {row for row in model.objects.all() if predicate(user, row)}
            assert listed == allowed, (user.part, model.__name__)
        movable = {row for row in Application.objects.all() if can_move_application(user, row)}
        assert movable == (set(Application.objects.visible_to(user)) if user.is_staff_of_firm else set())
