from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from candidates.models import Application
from rubrics.enums import GateName
from rubrics.models import GateOverride
from screening.accounts.models import User
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked_for(application: Application, gate: GateName = GateName.SHORTLIST) -> GateOverride:
    return GateOverride.objects.create(
        gate=gate,
        role=application.role,
        subject=application.pk,
        waives=["floor:mentoring"],
        missing=[{"code": "floor:mentoring", "text": "Canary below the floor"}],
        reason="Canary reason",
        asked_by=RecruiterFactory(),
        asked_at=NOW,
    )


def url(override: GateOverride, answer: str = "approve") -> str:
    return reverse(f"candidates:override_{answer}", args=[override.pk])


@pytest.mark.parametrize(("answer", "field"), [("approve", "approved_by"), ("decline", "declined_by")])
def test_a_second_person_answers_once(answer: str, field: str) -> None:
    override, second = asked_for(ApplicationFactory()), AdministratorFactory()
    assert as_(second).post(url(override, answer)).status_code == 302
    override.refresh_from_db()
    assert getattr(override, field) == second
    assert as_(RecruiterFactory()).post(url(override, answer)).status_code == 404


def test_whoever_asked_is_told_that_somebody_else_has_to_answer() -> None:
    override = asked_for(ApplicationFactory())
    page = as_(override.asked_by).post(url(override), follow=True)
    assert "Somebody other than the person who asked" in page.text
    override.refresh_from_db()
    assert override.is_unanswered


def test_others_meet_nothing() -> None:
    application = ApplicationFactory()
    override = asked_for(application)
    for user in (HiringManagerFactory(), ReviewerFactory(client=application.role.client)):
        assert as_(user).post(url(override)).status_code == 404
    assert as_(RecruiterFactory()).get(url(override)).status_code == 405
    opening = asked_for(application, GateName.OPEN_ROLE)
    assert as_(AdministratorFactory()).post(url(opening)).status_code == 404


def test_whoever_owes_a_scorecard_on_the_candidate_neither_sees_nor_answers_it() -> None:
    application, panellist = ApplicationFactory(), RecruiterFactory()
    override = asked_for(application)
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=panellist)
    shortlists = reverse("candidates:role_shortlists", args=[application.role.slug])
    assert "Canary" not in as_(panellist).get(shortlists).text
    assert as_(panellist).post(url(override)).status_code == 404
    assert "Canary" in as_(RecruiterFactory()).get(shortlists).text
