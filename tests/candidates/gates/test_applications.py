from itertools import pairwise, product

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import DjangoAssertNumQueries

from candidates.enums import ENDED
from candidates.gates.applications import (
    BY_HAND,
    MOVES_BY_HAND,
    MOVES_OF_PROGRAM,
    may_move_by_hand,
    missing_to_move,
    next_steps,
    stages_by_hand,
)
from candidates.models import Application, Score, ScoringRun, StageChange
from candidates.services.applications import enter_stage, move_application
from candidates.services.consents import give_consent, withdraw_consent
from rubrics.enums import GateName, RoleStatus, StageKind
from rubrics.gates.base import GateRefused
from rubrics.models import GateOverride
from screening.accounts.errors import Refused
from tests.abridged import UNABRIDGED
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory
from tests.factories.rubrics import RoleFactory

KINDS = list(StageKind)
PAST_HANDS = {StageKind.SHORTLISTED, StageKind.WITH_CLIENT, StageKind.OFFER, StageKind.HIRED}


@pytest.mark.parametrize(("origin", "target"), list(product(KINDS, KINDS)))
def test_the_table_says_what_the_domain_says(origin: StageKind, target: StageKind) -> None:
    up_to_scored = origin in BY_HAND and target in BY_HAND
    ended = target in ENDED and origin not in {*ENDED, StageKind.WITH_CLIENT, StageKind.OFFER, StageKind.HIRED}
    reopened = origin in ENDED and target in BY_HAND

    assert may_move_by_hand(origin, target) == (up_to_scored or ended or reopened)


def test_what_needs_a_step_of_its_own_is_reached_by_the_program_alone() -> None:
    by_hand = {target for targets in MOVES_BY_HAND.values() for target in targets}
    by_program = {target for targets in MOVES_OF_PROGRAM.values() for target in targets}

    assert not by_hand & PAST_HANDS
    assert by_program >= PAST_HANDS


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_the_menu_offers_exactly_what_the_gate_lets_through(kind: StageKind) -> None:
    application = ApplicationFactory(kind=kind)
    stages = list(application.role.stages.all())

    offered = stages_by_hand(application.stage, stages)

    assert offered == [
        stage
        for stage in stages
        if stage != application.stage and not missing_to_move(application, stage, reason="Because", now=NOW)
    ]


class Pipeline(RuleBasedStateMachine):
    """Whatever people try, in whatever order: the pipeline stays one that domain.md describes."""

    @initialize()
    def begin(self) -> None:
        self.before = transaction.savepoint()
        self.role = RoleFactory()
        self.recruiter = RecruiterFactory()
        self.candidate = CandidateFactory(consented=False)
        self.card: Application = ApplicationFactory(role=self.role, candidate=self.candidate, kind=StageKind.SOURCED)
        self.stages = {stage.kind: stage for stage in self.role.stages.all()}
        self.kind = StageKind.SOURCED
        self.consented = False
        self.moves = 1

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    @rule(to=st.sampled_from(KINDS), reason=st.sampled_from(["", "  ", "No overlap"]))
    def move_by_hand(self, to: StageKind, reason: str) -> None:
        going_on = to in {StageKind.INTERVIEWING, StageKind.SCORED} and self.kind not in {
            StageKind.INTERVIEWING,
            StageKind.SCORED,
        }
        allowed = to in MOVES_BY_HAND.get(self.kind, ())
        allowed = allowed and not (to in ENDED and not reason.strip())
        allowed = allowed and not (going_on and not (self.consented and self.role.is_open))
        try:
            move_application(application=self.card, to=self.stages[to], by=self.recruiter, now=NOW, reason=reason)
        except GateRefused:
            assert not allowed
        else:
            assert allowed or to == self.kind
            self.arrive(to)

    @rule(to=st.sampled_from(KINDS))
    def move_by_program(self, to: StageKind) -> None:
        allowed = to in MOVES_OF_PROGRAM.get(self.kind, ()) or to == self.kind
        try:
            enter_stage(application=self.card, kind=to, by=self.recruiter, now=NOW)
        except Refused:
            assert not allowed
        else:
            assert allowed
            self.arrive(to)

    def arrive(self, target: StageKind) -> None:
        if target != self.kind:
            self.moves += 1
        self.kind = target

    @precondition(lambda self: not self.consented)
    @rule()
    def consent(self) -> None:
        give_consent(candidate=self.candidate, now=NOW)
        self.consented = True

    @rule()
    def withdraw(self) -> None:
        withdraw_consent(candidate=self.candidate, now=NOW)
        self.consented = False

    @rule(status=st.sampled_from([RoleStatus.OPEN, RoleStatus.ON_HOLD]))
    def change_role(self, status: RoleStatus) -> None:
        self.role.status = status
        self.role.save()

    @invariant()
    def every_move_is_kept_and_the_last_is_where_the_card_is(self) -> None:
        card = Application.objects.select_related("stage").get(pk=self.card.pk)
        changes = list(StageChange.objects.filter(application=card).order_by("pk"))
        assert card.stage.kind == self.kind
        assert len(changes) == self.moves
        assert changes[-1].to_stage_id == card.stage_id
        assert all(later.from_stage_id == earlier.to_stage_id for earlier, later in pairwise(changes))


@pytest.mark.django_db
def test_whatever_people_try() -> None:
    thorough = UNABRIDGED
    run_state_machine_as_test(
        Pipeline,
        settings=settings(
            max_examples=200 if thorough else 15,
            stateful_step_count=50 if thorough else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_what_each_application_of_a_person_needs_next(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    candidate = CandidateFactory(consented=False)
    early, judged, measured, waived, given = (
        ApplicationFactory(candidate=candidate, kind=kind)
        for kind in (StageKind.SCREENING, StageKind.SCORED, StageKind.SCORED, StageKind.SCORED, StageKind.WITH_CLIENT)
    )
    for application in (measured, waived):
        score_of(application)
    GateOverride.objects.create(
        gate=GateName.SHORTLIST,
        role=waived.role,
        subject=waived.pk,
        waives=["rankable:few"],
        reason="Urgent",
        asked_by=RecruiterFactory(),
        asked_at=NOW,
        approved_by=RecruiterFactory(),
        approved_at=NOW,
    )
    applications = list(Application.objects.filter(candidate=candidate).select_related("role", "stage", "score"))

    with django_assert_num_queries(1):
        steps = next_steps(applications, consented=False)

    assert {pk: ([item.code for item in step.missing], step.tells) for pk, step in steps.items()} == {
        early.pk: (["consent"], False),
        judged.pk: (["score"], False),
        measured.pk: (["rankable:few"], True),
        waived.pk: ([], True),
    }
    assert given.pk not in steps
    assert not next_steps([early], consented=True)[early.pk].missing


def score_of(application: Application) -> Score:
    run = ScoringRun.objects.create(
        pool_key="p",
        method="panel-1",
        weights={},
        scale={},
        input_hash="x",
        variances={},
        n_scorecards=1,
        n_candidates=1,
        n_raters=1,
        started_at=NOW,
        finished_at=NOW,
    )
    return Score.objects.create(
        application=application,
        role=application.role,
        run=run,
        subject=1,
        score=3,
        sd=1,
        lower=2,
        upper=4,
        raw_mean=3,
        n_raters=1,
        completeness=1,
        rankable=False,
        reasons=[{"code": "few", "text": "One more interviewer."}],
        component=0,
        computed_at=NOW,
    )
