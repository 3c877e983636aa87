"""One thing done to many: what the gate refuses stays, a killed worker loses and doubles nothing, and it is undone once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from candidates.enums import BulkKind, BulkOutcome
from candidates.gates.bulk import preview_of
from candidates.models import Application, BulkAction, CandidateTag, StageChange
from candidates.services import bulk as service
from candidates.services.applications import move_application
from candidates.services.bulk import next_chunk, plan_bulk, start_bulk, undo_bulk
from candidates.services.candidates import tag_candidate
from candidates.services.erasures import erase_candidate
from candidates.tasks.bulk import bulk
from rubrics.enums import StageKind
from rubrics.models import Role
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.models import Job
from screening.jobs.services.jobs import cancel_job
from tests.databases import address
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
)
from tests.factories.rubrics import RoleFactory

LATER = timezone.now() + timedelta(days=1)


def plan(role: Role, by: User, kind: BulkKind = BulkKind.MOVE, to: str = StageKind.CONTACTED) -> BulkAction:
    return plan_bulk(
        role=role,
        kind=kind,
        to_stage=role.stages.get(kind=to) if kind == BulkKind.MOVE else None,
        applications=Application.objects.visible_to(by).of_role(role),
        query="view=table",
        by=by,
        now=NOW,
    )


def work(action: BulkAction) -> dict[str, int]:
    """Everything left of it, as the worker does; how many ended how."""
    action.refresh_from_db()
    assert action.job
    Job.objects.filter(pk=action.job.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    bulk(job_id=str(action.job.pk))
    action.refresh_from_db()
    outcomes = list(action.items.values_list("outcome", flat=True))
    return {outcome: outcomes.count(outcome) for outcome in set(outcomes)}


@pytest.mark.django_db
def test_whom_a_move_reopens_is_said_before() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    for kind in (StageKind.SOURCED, StageKind.CONTACTED, StageKind.REJECTED, StageKind.WITHDRAWN):
        ApplicationFactory(role=role, kind=kind)
    seen = preview_of(plan(role, by, to=StageKind.CONTACTED), now=NOW)
    assert (seen.doing, seen.reopened) == (3, 2)
    seen = preview_of(plan(role, by, to=StageKind.WITHDRAWN), now=NOW)
    assert (seen.doing, seen.reopened) == (2, 0), "who is rejected is reopened first"


@pytest.mark.django_db
def test_who_passes_the_gate_moves_and_the_others_stay_with_the_reason() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    for _ in range(3):
        ApplicationFactory(role=role, kind=StageKind.SCREENING)
    ApplicationFactory(role=role, kind=StageKind.INTERVIEWING)
    silent = ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate__consented=False)
    action = plan(role, by, to=StageKind.INTERVIEWING)
    seen = preview_of(action, now=NOW)
    assert (seen.total, seen.doing, seen.unchanged) == (5, 3, 1)
    assert [(one.number, one.names) for one in seen.refused] == [(1, [silent.candidate.name])]
    start_bulk(action=action, by=by, now=NOW)
    assert work(action) == {BulkOutcome.DONE: 3, BulkOutcome.UNCHANGED: 1, BulkOutcome.REFUSED: 1}
    assert action.items.get(outcome=BulkOutcome.REFUSED).why == seen.refused[0].why
    assert set(action.items.exclude(outcome="refused").values_list("application__stage__kind", flat=True)) == {
        StageKind.INTERVIEWING
    }


@pytest.mark.django_db
def test_the_preview_asks_as_often_for_many_as_for_few() -> None:
    role, by = RoleFactory(), RecruiterFactory()

    def statements() -> int:
        action = plan(role, by, to=StageKind.INTERVIEWING)
        with CaptureQueriesContext(connection) as asked:
            preview_of(action, now=NOW)
        return len(asked)

    ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate__consented=False)
    few = statements()
    ApplicationFactory.create_batch(12, role=role, kind=StageKind.SCREENING, candidate__consented=False)
    assert statements() == few


@pytest.mark.django_db
def test_who_is_meant_is_frozen_when_it_is_planned() -> None:
    role, by, other = RoleFactory(), RecruiterFactory(), RecruiterFactory()
    first, second = (ApplicationFactory(role=role, kind=StageKind.SOURCED) for _ in range(2))
    action = plan(role, by)
    newcomer = ApplicationFactory(role=role, kind=StageKind.SOURCED)
    move_application(application=second, to=role.stages.get(kind=StageKind.SCREENING), by=other, now=NOW)
    start_bulk(action=action, by=by, now=NOW)
    work(action)
    stages = dict(Application.objects.values_list("pk", "stage__kind"))
    assert stages == {first.pk: "contacted", second.pk: "screening", newcomer.pk: "sourced"}
    assert action.items.get(application=second).why == service.MOVED_MEANWHILE


@pytest.mark.django_db
def test_it_is_taken_back_once_where_it_still_stands_and_by_the_same_rules() -> None:
    role, by, other = RoleFactory(), RecruiterFactory(), RecruiterFactory()
    cards = [ApplicationFactory(role=role, kind=StageKind.SOURCED) for _ in range(2)]
    withdrawn = ApplicationFactory(role=role, kind=StageKind.SHORTLISTED)
    action = plan(role, by, to=StageKind.REJECTED)
    with pytest.raises(Refused, match="Say why"):
        start_bulk(action=action, by=by, now=NOW)
    start_bulk(action=action, by=by, now=NOW, reason="The role was filled.")
    assert work(action) == {BulkOutcome.DONE: 3}
    assert set(StageChange.objects.filter(reason="The role was filled.").values_list("by", flat=True)) == {by.pk}
    cards[1].refresh_from_db()
    move_application(application=cards[1], to=role.stages.get(kind=StageKind.SCREENING), by=other, now=LATER)
    with pytest.raises(Refused, match="Only whoever"):
        undo_bulk(action=action, by=other, now=LATER)
    undo_bulk(action=action, by=by, now=LATER)
    assert work(action) == {BulkOutcome.UNDONE: 1, BulkOutcome.KEPT: 2}
    stages = dict(Application.objects.values_list("pk", "stage__kind"))
    assert stages == {cards[0].pk: "sourced", cards[1].pk: "screening", withdrawn.pk: "rejected"}
    assert action.items.get(application=cards[1]).why == service.MOVED_SINCE
    assert "reopened" in action.items.get(application=withdrawn).why or action.items.get(application=withdrawn).why
    with pytest.raises(Refused, match="nothing left"):
        undo_bulk(action=action, by=by, now=LATER)
    with pytest.raises(Refused, match="done already"):
        start_bulk(action=action, by=by, now=LATER, reason="Again")


@pytest.mark.django_db
def test_tags_are_given_taken_and_put_back_as_they_were() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    wearing, bare, sealed = (ApplicationFactory(role=role, kind=StageKind.SCREENING) for _ in range(3))
    tag = tag_candidate(candidate=wearing.candidate, name="Alumni")
    ScorecardFactory(interview=InterviewFactory(application=sealed), interviewer=by)

    def worn() -> set[int]:
        return set(CandidateTag.objects.filter(tag=tag).values_list("candidate", flat=True))

    giving = plan(role, by, kind=BulkKind.TAG)
    start_bulk(action=giving, by=by, now=NOW, tag=" alumni ")
    assert work(giving) == {BulkOutcome.DONE: 1, BulkOutcome.UNCHANGED: 1, BulkOutcome.REFUSED: 1}
    assert worn() == {wearing.candidate_id, bare.candidate_id}
    undo_bulk(action=giving, by=by, now=LATER)
    work(giving)
    assert worn() == {wearing.candidate_id}
    taking = plan(role, by, kind=BulkKind.UNTAG)
    start_bulk(action=taking, by=by, now=NOW, tag="Alumni")
    work(taking)
    assert worn() == set()
    undo_bulk(action=taking, by=by, now=LATER)
    work(taking)
    assert worn() == {wearing.candidate_id}


@pytest.mark.django_db
def test_a_new_owner_and_back_to_each_ones_former() -> None:
    role, by, new, old = RoleFactory(), RecruiterFactory(), RecruiterFactory(), RecruiterFactory()
    had, had_none = ApplicationFactory(role=role, owner=old), ApplicationFactory(role=role)
    changed = ApplicationFactory(role=role)
    action = plan(role, by, kind=BulkKind.ASSIGN)
    start_bulk(action=action, by=by, now=NOW, owner=new)
    assert work(action) == {BulkOutcome.DONE: 3}
    assert set(Application.objects.values_list("owner", flat=True)) == {new.pk}
    Application.objects.filter(pk=changed.pk).update(owner=by)
    undo_bulk(action=action, by=by, now=LATER)
    assert work(action) == {BulkOutcome.UNDONE: 2, BulkOutcome.KEPT: 1}
    owners = dict(Application.objects.values_list("pk", "owner"))
    assert owners == {had.pk: old.pk, had_none.pk: None, changed.pk: by.pk}


@pytest.mark.django_db
def test_cancelled_between_chunks_it_goes_on_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CHUNK", 2)
    role, by = RoleFactory(), RecruiterFactory()
    ApplicationFactory.create_batch(5, role=role, kind=StageKind.SOURCED)
    action = plan(role, by)
    job = start_bulk(action=action, by=by, now=NOW)
    assert next_chunk(action=action, now=NOW) == 2
    with pytest.raises(Conflict, match="worked on"):
        start_bulk(action=action, by=by, now=NOW)
    cancel_job(job=job, by=by)
    assert work(action) == {BulkOutcome.DONE: 2, BulkOutcome.WAITING: 3}
    start_bulk(action=action, by=by, now=LATER)
    assert work(action) == {BulkOutcome.DONE: 5}
    assert StageChange.objects.filter(to_stage__kind=StageKind.CONTACTED).count() == 5


@pytest.mark.django_db
def test_whoever_lost_their_part_meanwhile_changes_nothing() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    ApplicationFactory(role=role, kind=StageKind.SOURCED)
    action = plan(role, by)
    start_bulk(action=action, by=by, now=NOW)
    User.objects.filter(pk=by.pk).update(is_active=False)
    assert work(action) == {BulkOutcome.REFUSED: 1}


@pytest.mark.django_db
def test_planning_anew_drops_what_was_never_begun_and_nobody_is_no_plan() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    with pytest.raises(Refused, match="Tick the people"):
        plan(role, by)
    ApplicationFactory(role=role)
    first = plan(role, by)
    second = plan(role, by)
    assert list(BulkAction.objects.values_list("pk", flat=True)) == [second.pk]
    assert first.pk != second.pk


@pytest.mark.django_db
def test_words_about_many_go_with_whoever_of_them_is_erased() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    application = ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate=CandidateFactory(name="Vera Quill"))
    action = plan(role, by, to=StageKind.REJECTED)
    BulkAction.objects.update(query="q=Vera+Quill")
    start_bulk(action=action, by=by, now=NOW, reason="Vera asked us to.")
    work(action)
    erase_candidate(candidate=application.candidate, by=AdministratorFactory(), reason="asked")
    action.refresh_from_db()
    assert (action.query, action.reason) == ("", "erased")


KILLED_AT_WORK = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from candidates.models import BulkAction
from candidates.services import bulk
from screening.jobs.services.running import work_on
bulk.CHUNK = 2
with work_on(sys.argv[1]) as job:
    action = BulkAction.objects.select_related("role", "to_stage", "by").get(pk=job.params["bulk"])
    assert bulk.next_chunk(action=action, now=timezone.now()) == 2
    with transaction.atomic():
        assert bulk.next_chunk(action=action, now=timezone.now()) == 2
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_killed_in_a_chunk_loses_and_doubles_nothing(committed_db: str) -> None:
    role, by = RoleFactory(), RecruiterFactory()
    ApplicationFactory.create_batch(5, role=role, kind=StageKind.SOURCED)
    action = plan(role, by)
    job = start_bulk(action=action, by=by, now=NOW)
    Job.objects.update(due_at=timezone.now())
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "DATABASE_URL": address(name, alias="default"),
        "DATABASE_OWNER_URL": address(name, alias="owner"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    killed = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", KILLED_AT_WORK, str(job.pk)], env=environment, check=False, cwd=settings.BASE_DIR
    )
    assert killed.returncode == -signal.SIGKILL
    assert action.items.filter(outcome=BulkOutcome.DONE).count() == 2, "whole chunks only"
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=2))
    bulk(job_id=str(job.pk))
    assert set(action.items.values_list("outcome", flat=True)) == {BulkOutcome.DONE}
    moves = StageChange.objects.filter(to_stage__kind=StageKind.CONTACTED)
    assert moves.count() == moves.values("application").distinct().count() == 5
