"""Pages ask the database as often for many rows as for few."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rubrics.models import Role, RoleMember, RubricVersion
from rubrics.queries.shipped import shipped_rubric
from rubrics.services.kickoffs import send_questions
from rubrics.services.rubrics import load_rubric, publish_version, start_draft
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ApplicationFactory
from tests.factories.rubrics import RoleFactory, draft_version, published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MOST_FOR_A_GET, MOST_FOR_A_POST = 12, 15
pytestmark = pytest.mark.django_db


def statements(user: User, url: str, data: dict[str, str] | None = None) -> int:
    """How many a request takes once the session is known."""
    browser = Browser()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(url) if data is None else browser.post(url, data)
    assert answer.status_code in {200, 302}
    return len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]])


def crowded(role: Role) -> None:
    """Many people, many questions, many candidates."""
    for person in HiringManagerFactory.create_batch(6):
        RoleMember.objects.create(role=role, user=person)
        send_questions(role=role, questions=["problem", "overlap"], to=person, by=RecruiterFactory())
    HiringManagerFactory.create_batch(5)
    for number in range(5):
        role.overrides.create(
            gate="open_role",
            subject=role.pk,
            waives=[str(number)],
            reason="x",
            asked_by=RecruiterFactory(),
            asked_at=NOW,
        )


def test_the_list_of_roles() -> None:
    RoleFactory()
    for user in (RecruiterFactory(), HiringManagerFactory(), ReviewerFactory()):
        few = statements(user, reverse("rubrics:roles"))
        for _ in range(4):
            role = RoleFactory(**({"client": user.client} if user.client else {}))
            RoleMember.objects.create(role=role, user=user)
            ApplicationFactory.create_batch(2, role=role)
        assert statements(user, reverse("rubrics:roles")) <= min(few + 1, MOST_FOR_A_GET)


@pytest.mark.parametrize("status", ["draft", "open"])
def test_the_page_of_a_role(status: str) -> None:
    role = RoleFactory(status=status)
    lead = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=lead, duty="lead")
    send_questions(role=role, questions=["problem"], to=lead, by=RecruiterFactory())
    url = reverse("rubrics:role", args=[role.slug])
    people = (RecruiterFactory(), lead, ReviewerFactory(client=role.client))
    few = [statements(user, url) for user in people]
    crowded(role)
    many = [statements(user, url) for user in people]
    assert all(after <= before + 1 for before, after in zip(few, many, strict=True))
    assert max(many) <= MOST_FOR_A_GET


@pytest.fixture
def large() -> RubricVersion:
    by = RecruiterFactory()
    return publish_version(version=load_rubric(spec=shipped_rubric("senior-ai-engineer"), by=by), by=by, now=NOW)


def test_the_pages_of_a_rubric(large: RubricVersion) -> None:
    small, user = published_version(dimensions=2), RecruiterFactory()
    drafts = (draft_version(dimensions=2), start_draft(version=large, by=user))
    for one, other in ((small, large), drafts):
        few, many = (
            statements(user, reverse("rubrics:version", args=[version.rubric.slug, version.number]))
            for version in (one, other)
        )
        assert many == few <= MOST_FOR_A_GET
    roles = [RoleFactory(rubric_version=version) for version in (small, large)]
    few, many = (statements(user, reverse("rubrics:role_rubric", args=[role.slug])) for role in roles)
    assert many == few <= MOST_FOR_A_GET
    few = statements(user, reverse("rubrics:rubrics"))
    for _ in range(5):
        published_version(dimensions=1)
    assert statements(user, reverse("rubrics:rubrics")) == few <= MOST_FOR_A_GET


def test_what_is_posted() -> None:
    role, user = RoleFactory(status="draft"), RecruiterFactory()
    crowded(role)
    posts = {
        "role_status": (["on_hold"], {}),
        "scope_gate": ([], {"problem": "x"}),
        "member_add": ([], {"person": str(HiringManagerFactory().pk), "duty": "lead"}),
        "stage_add": ([], {"kind": "screening", "name": "Second call"}),
    }
    Role.objects.filter(pk=role.pk).update(status="open")
    for name, (arguments, data) in posts.items():
        taken = statements(user, reverse(f"rubrics:{name}", args=[role.slug, *arguments]), data)
        assert taken <= MOST_FOR_A_POST, name
