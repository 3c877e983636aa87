from typing import Any

import pytest
from django.test import Client as Browser

from candidates.models import Application, StageChange
from rubrics.enums import StageKind
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.callers import program
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ApplicationFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def application() -> Application:
    return ApplicationFactory(kind=StageKind.SOURCED)


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory()


def stage(application: Application, kind: StageKind) -> int:
    return application.role.stages.get(kind=kind).pk


def move(caller: Browser, application: Application, to: int, **asked: Any) -> Any:
    data = {"stage": to, "seen_stage": application.stage_id, **asked}
    return caller.post(f"/api/v1/applications/{application.pk}/move/", data, content_type="application/json")


def test_a_move_is_made_and_told(application: Application, recruiter: User) -> None:
    answer = move(program(recruiter), application, stage(application, StageKind.SCREENING))
    assert (answer.status_code, answer.json()["stage_kind"]) == (200, "screening")
    change = StageChange.objects.filter(application=application).latest("pk")
    assert (change.by, change.to_stage.kind) == (recruiter, StageKind.SCREENING)


def test_a_move_on_an_old_view_changes_nothing(application: Application, recruiter: User) -> None:
    caller = program(recruiter)
    assert move(caller, application, stage(application, StageKind.CONTACTED)).status_code == 200
    answer = move(caller, application, stage(application, StageKind.SCREENING))
    assert answer.status_code == 409
    assert "meanwhile" in answer.json()["detail"]
    assert Application.objects.get(pk=application.pk).stage.kind == StageKind.CONTACTED


@pytest.mark.parametrize("kind", [StageKind.SHORTLISTED, StageKind.WITH_CLIENT, StageKind.OFFER, StageKind.HIRED])
def test_what_only_a_shortlist_leads_to_is_refused(application: Application, recruiter: User, kind: StageKind) -> None:
    answer = move(program(recruiter), application, stage(application, kind))
    assert answer.status_code == 422
    assert answer.json()["missing"]
    assert Application.objects.get(pk=application.pk).stage.kind == StageKind.SOURCED


def test_a_rejection_needs_a_reason(application: Application, recruiter: User) -> None:
    caller, rejected = program(recruiter), stage(application, StageKind.REJECTED)
    assert move(caller, application, rejected).status_code == 422
    assert move(caller, application, rejected, reason="Looks for other work.").status_code == 200
    assert StageChange.objects.latest("pk").reason == "Looks for other work."


def test_a_stage_of_another_role_is_none(application: Application, recruiter: User) -> None:
    other = RoleFactory().stages.get(kind=StageKind.SCREENING)
    answer = move(program(recruiter), application, other.pk)
    assert answer.status_code == 400
    assert answer.json() == {"stage": ["This role has no such stage."]}


def test_a_number_beyond_all_rows_is_refused_in_words(application: Application, recruiter: User) -> None:
    assert move(program(recruiter), application, 2**80).status_code == 400
    assert move(program(recruiter), application, 1, seen_stage=2**80).status_code in {400, 409}


def test_only_staff_move(application: Application) -> None:
    member, outsider = HiringManagerFactory(), HiringManagerFactory()
    RoleMember.objects.create(role=application.role, user=member)
    to = stage(application, StageKind.SCREENING)
    for user in (member, outsider, ReviewerFactory(client=application.role.client)):
        assert move(program(user), application, to).status_code == 404
    assert Application.objects.get(pk=application.pk).stage.kind == StageKind.SOURCED


def test_a_token_that_only_reads_moves_nobody(application: Application, recruiter: User) -> None:
    caller = program(recruiter, read_only=True)
    assert move(caller, application, stage(application, StageKind.SCREENING)).status_code == 403
    assert not StageChange.objects.filter(application=application, from_stage__isnull=False).exists()


def test_who_is_sealed_is_listed_only_while_the_stage_says_nothing(recruiter: User) -> None:
    owed = ScorecardFactory(interviewer=recruiter).interview.application
    caller = program(recruiter)
    address = f"/api/v1/applications/{owed.pk}/"
    assert caller.get(address).status_code == 200
    Application.objects.filter(pk=owed.pk).update(stage=stage(owed, StageKind.SCORED))
    assert caller.get(address).status_code == 404
