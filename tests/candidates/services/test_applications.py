from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from candidates.enums import Source
from candidates.models import Application, StageChange
from candidates.services.applications import (
    MovedMeanwhile,
    add_application,
    assign_owner,
    bulk_move,
    enter_stage,
    move_application,
)
from rubrics.enums import RoleStatus, StageKind
from rubrics.gates.base import GateRefused
from rubrics.models import Stage
from screening.accounts.errors import Refused
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, ShortlistEntryFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def stage_of(application: Application, kind: StageKind) -> Stage:
    return application.role.stages.get(kind=kind)


def test_a_new_application_starts_at_the_first_stage_and_leaves_a_change() -> None:
    recruiter, role, candidate = RecruiterFactory(), RoleFactory(), CandidateFactory()

    application = add_application(
        candidate=candidate, role=role, source=Source.REFERRAL, owner=recruiter, by=recruiter, now=NOW
    )

    assert (application.stage.kind, application.stage_since) == (StageKind.SOURCED, NOW)
    change = application.stage_changes.get()
    assert (change.from_stage, change.to_stage, change.by) == (None, application.stage, recruiter)


def test_nobody_is_twice_in_one_pipeline() -> None:
    application, recruiter = ApplicationFactory(), RecruiterFactory()

    with pytest.raises(Refused, match="already in the pipeline"):
        add_application(
            candidate=application.candidate, role=application.role, source="", owner=None, by=recruiter, now=NOW
        )

    assert application.stage_changes.count() == 1


@pytest.mark.parametrize("status", [RoleStatus.FILLED, RoleStatus.CLOSED])
def test_a_role_that_has_ended_takes_nobody(status: RoleStatus) -> None:
    with pytest.raises(Refused, match="takes no more candidates"):
        add_application(
            candidate=CandidateFactory(), role=RoleFactory(status=status), source="", owner=None, by=None, now=NOW
        )


@pytest.mark.parametrize("closed", ["merged", "erased"])
def test_a_closed_file_goes_into_no_pipeline(closed: str) -> None:
    candidate = CandidateFactory()
    if closed == "merged":
        candidate.merged_into = CandidateFactory()
    else:
        candidate.erased_at = NOW
    candidate.save()

    with pytest.raises(Refused, match="file is closed"):
        add_application(candidate=candidate, role=RoleFactory(), source="", owner=None, by=None, now=NOW)


def test_a_move_by_hand_changes_the_stage_and_is_kept() -> None:
    application, recruiter = ApplicationFactory(kind=StageKind.SCREENING), RecruiterFactory()
    origin = application.stage

    change = move_application(
        application=application, to=stage_of(application, StageKind.INTERVIEWING), by=recruiter, now=LATER
    )

    application.refresh_from_db()
    assert change is not None
    assert application.stage_changes.first() == change
    assert application.stage == change.to_stage
    assert application.stage_since == LATER
    assert (change.from_stage, change.to_stage.kind, change.by, change.at) == (
        origin,
        StageKind.INTERVIEWING,
        recruiter,
        LATER,
    )


def test_moving_to_where_a_card_is_leaves_no_trace() -> None:
    application = ApplicationFactory()

    assert not move_application(application=application, to=application.stage, by=RecruiterFactory(), now=LATER)

    application.refresh_from_db()
    assert (application.stage_since, application.stage_changes.count()) == (NOW, 1)


def test_the_second_of_two_people_is_told() -> None:
    application, first, second = ApplicationFactory(kind=StageKind.SCREENING), RecruiterFactory(), RecruiterFactory()
    seen = application.stage_id
    move_application(
        application=application, to=stage_of(application, StageKind.CONTACTED), by=first, now=NOW, seen=seen
    )

    with pytest.raises(MovedMeanwhile, match="Contacted") as told:
        move_application(
            application=application, to=stage_of(application, StageKind.SCORED), by=second, now=LATER, seen=seen
        )

    assert told.value.application.stage.kind == StageKind.CONTACTED
    application.refresh_from_db()
    assert application.stage.kind == StageKind.CONTACTED


def test_a_rejection_needs_a_reason_and_can_be_reopened() -> None:
    application, recruiter = ApplicationFactory(kind=StageKind.SCREENING), RecruiterFactory()
    rejected = stage_of(application, StageKind.REJECTED)

    with pytest.raises(GateRefused) as refused:
        move_application(application=application, to=rejected, by=recruiter, now=NOW, reason="  ")
    assert [item.code for item in refused.value.missing] == ["reason"]

    move_application(application=application, to=rejected, by=recruiter, now=NOW, reason="No overlap in hours")
    assert application.stage_changes.filter(reason="No overlap in hours").count() == 1
    move_application(application=application, to=stage_of(application, StageKind.SCREENING), by=recruiter, now=LATER)
    application.refresh_from_db()
    assert application.stage.kind == StageKind.SCREENING


@pytest.mark.parametrize("kind", [StageKind.SHORTLISTED, StageKind.WITH_CLIENT, StageKind.OFFER, StageKind.HIRED])
def test_nobody_moves_a_card_past_scored_by_hand(kind: StageKind) -> None:
    application = ApplicationFactory(kind=StageKind.SCORED)

    with pytest.raises(GateRefused, match="by hand"):
        move_application(application=application, to=stage_of(application, kind), by=RecruiterFactory(), now=NOW)

    application.refresh_from_db()
    assert application.stage.kind == StageKind.SCORED


def test_what_is_with_the_client_stays_there() -> None:
    entry = ShortlistEntryFactory(
        shortlist__state="presented", shortlist__presented_at=NOW, shortlist__presented_by=RecruiterFactory()
    )
    application = entry.application

    with pytest.raises(GateRefused) as refused:
        move_application(
            application=application,
            to=stage_of(application, StageKind.REJECTED),
            by=RecruiterFactory(),
            now=NOW,
            reason="x",
        )

    assert [item.code for item in refused.value.missing] == ["with_client"]


def test_interviews_need_consent_and_an_open_role() -> None:
    role = RoleFactory(status=RoleStatus.ON_HOLD)
    application = ApplicationFactory(candidate=CandidateFactory(consented=False), role=role, kind=StageKind.SCREENING)

    with pytest.raises(GateRefused) as refused:
        move_application(
            application=application, to=stage_of(application, StageKind.INTERVIEWING), by=RecruiterFactory(), now=NOW
        )

    assert [item.code for item in refused.value.missing] == ["role_open", "consent"]


def test_a_stage_of_another_role_is_refused() -> None:
    application, other = ApplicationFactory(), RoleFactory()

    with pytest.raises(GateRefused, match="another role"):
        move_application(
            application=application, to=other.stages.get(kind=StageKind.SOURCED), by=RecruiterFactory(), now=NOW
        )


def test_the_program_takes_a_card_where_hands_do_not() -> None:
    application, recruiter = ApplicationFactory(kind=StageKind.SCORED), RecruiterFactory()

    for kind in (StageKind.SHORTLISTED, StageKind.WITH_CLIENT, StageKind.OFFER, StageKind.HIRED):
        enter_stage(application=application, kind=kind, by=recruiter, now=NOW)

    application.refresh_from_db()
    assert application.stage.kind == StageKind.HIRED
    assert application.stage_changes.count() == 5


def test_the_program_skips_no_step() -> None:
    application = ApplicationFactory(kind=StageKind.SCORED)

    with pytest.raises(Refused, match="can’t go on to “offer”"):
        enter_stage(application=application, kind=StageKind.OFFER, by=RecruiterFactory(), now=NOW)


def test_a_role_without_the_stage_says_so() -> None:
    application = ApplicationFactory(kind=StageKind.SCORED)
    application.role.stages.filter(kind=StageKind.SHORTLISTED).delete()

    with pytest.raises(Refused, match="has no stage for “shortlisted”"):
        enter_stage(application=application, kind=StageKind.SHORTLISTED, by=RecruiterFactory(), now=NOW)


def test_many_cards_move_at_once_and_each_refusal_is_named() -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()
    going = ApplicationFactory.create_batch(3, role=role, kind=StageKind.SCREENING)
    without = ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate=CandidateFactory(consented=False))
    hired = ApplicationFactory(role=role, kind=StageKind.HIRED)
    there = ApplicationFactory(role=role, kind=StageKind.INTERVIEWING)

    outcome = bulk_move(
        applications=[*going, without, hired, there],
        to=role.stages.get(kind=StageKind.INTERVIEWING),
        by=recruiter,
        now=LATER,
    )

    assert [item.pk for item in outcome.moved] == [item.pk for item in going]
    assert {item.application.pk: item.missing[0].code for item in outcome.refused} == {
        without.pk: "consent",
        hired.pk: "transition",
    }
    assert StageChange.objects.filter(at=LATER, by=recruiter).count() == 3
    hired.refresh_from_db()
    assert hired.stage.kind == StageKind.HIRED


def test_as_many_statements_for_twenty_cards_as_for_two(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()
    for number in (2, 20):
        cards = ApplicationFactory.create_batch(number, role=role, kind=StageKind.SOURCED)
        with django_assert_num_queries(7):  # savepoints, the lock, where they stand, changes, stages
            bulk_move(applications=cards, to=role.stages.get(kind=StageKind.CONTACTED), by=recruiter, now=NOW)
        with django_assert_num_queries(8):  # and consents
            bulk_move(applications=cards, to=role.stages.get(kind=StageKind.INTERVIEWING), by=recruiter, now=NOW)


def test_only_staff_look_after_a_candidate() -> None:
    application, recruiter = ApplicationFactory(), RecruiterFactory()

    with pytest.raises(Refused, match="recruiter"):
        assign_owner(application=application, owner=HiringManagerFactory())
    assign_owner(application=application, owner=recruiter)

    application.refresh_from_db()
    assert application.owner == recruiter


def test_stage_changes_are_never_rewritten() -> None:
    change = ApplicationFactory().stage_changes.get()

    for statement in ("UPDATE candidates_stagechange SET reason = 'x'", "DELETE FROM candidates_stagechange"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    change.refresh_from_db()
    assert change.reason == ""
