"""Whatever people do to the scorecards of one application, in whatever order: what must never be false stays true."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from candidates.models import Application, OpinionSeen, Scorecard
from candidates.services.drafts import save_draft
from candidates.services.interviews import cancel_interview, record_no_show
from candidates.services.opinions import record_opinions_seen
from candidates.services.panels import add_to_panel, excuse_scorecard, hand_over
from candidates.services.scorecards import (
    amend_scorecard,
    approve_correction,
    discard_amendment,
    submit_scorecard,
)
from screening.accounts.errors import Refused
from tests.abridged import UNABRIDGED
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory
from tests.factories.drafts import whole_draft
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
WHO, WHICH = st.integers(0, 2), st.integers(0, 5)
LEVELS = st.lists(st.sampled_from([None, 1, 2, 3, 4, 5]), min_size=3, max_size=3)


def content(card: Scorecard) -> object:
    return (
        card.recommendation,
        card.comment,
        card.submitted_at,
        card.independent,
        sorted(card.ratings.values_list("dimension", "level", "not_assessed", "not_assessed_reason")),
        sorted(card.evidence.values_list("dimension", "incident", "happened", "action", "outcome")),
    )


class Scorecards(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = NOW
        self.recruiter = RecruiterFactory()
        self.people = [HiringManagerFactory() for _ in range(3)]
        self.application = ApplicationFactory(role=RoleFactory(team_of=self.people))
        self.interviews = [InterviewFactory(application=self.application) for _ in range(2)]
        for person in self.people[:2]:
            ScorecardFactory(interview=self.interviews[0], interviewer=person)
        self.sealed: dict[int, object] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def card(self, which: int) -> Scorecard:
        cards = list(Scorecard.objects.select_related("interviewer", "interview").order_by("pk"))
        return cards[which % len(cards)]

    def attempt(self, act: Callable[[], object]) -> bool:
        self.clock += timedelta(minutes=1)
        try:
            with transaction.atomic():
                act()
        except Refused:
            return False
        return True

    @rule(which=WHICH, levels=LEVELS, stale=st.booleans())
    def save(self, which: int, levels: list[int | None], stale: bool) -> None:
        card = self.card(which)
        before = content(card)
        revision = card.revision + 1 if stale else card.revision
        draft = whole_draft(card, levels)

        saved = self.attempt(
            lambda: save_draft(scorecard=card, draft=draft, revision=revision, by=card.interviewer, now=self.clock)
        )
        assert not (stale and saved)
        if not saved:
            assert content(Scorecard.objects.get(pk=card.pk)) == before

    @rule(which=WHICH)
    def submit(self, which: int) -> None:
        card = self.card(which)
        looked = OpinionSeen.objects.filter(user=card.interviewer, application=self.application).exists()
        if self.attempt(lambda: submit_scorecard(scorecard=card, by=card.interviewer, now=self.clock)):
            card.refresh_from_db()
            self.sealed[card.pk] = content(card)
            assert not (looked and card.independent)

    @rule(which=WHICH)
    def excuse(self, which: int) -> None:
        card = self.card(which)
        self.attempt(lambda: excuse_scorecard(scorecard=card, reason="ill", by=self.recruiter, now=self.clock))

    @rule(which=WHICH, fact=st.booleans())
    def amend(self, which: int, fact: bool) -> None:
        card = self.card(which)
        self.attempt(lambda: amend_scorecard(scorecard=card, reason="why", corrects_fact=fact, by=card.interviewer))

    @rule(which=WHICH)
    def discard(self, which: int) -> None:
        card = self.card(which)
        self.attempt(lambda: discard_amendment(scorecard=card, by=card.interviewer))

    @rule(which=WHICH)
    def approve(self, which: int) -> None:
        card = self.card(which)
        self.attempt(lambda: approve_correction(scorecard=card, by=self.recruiter, now=self.clock))

    @rule(who=WHO)
    def look(self, who: int) -> None:
        """As the debrief does: only somebody who owes nothing is shown anything."""
        person = self.people[who]
        if Application.objects.opinions_visible_to(person).filter(pk=self.application.pk).exists():
            others = Scorecard.objects.visible_to(person).exclude(interviewer=person).submitted()
            if others.exists():
                record_opinions_seen(user=person, applications=[self.application.pk], now=self.clock)

    @rule(who=WHO, which=st.integers(0, 1))
    def join(self, who: int, which: int) -> None:
        person = self.people[who]
        looked = OpinionSeen.objects.filter(user=person, application=self.application).exists()
        interview = self.interviews[which]
        interview.refresh_from_db()
        joined = self.attempt(lambda: add_to_panel(interview=interview, person=person, now=self.clock))
        assert not (looked and joined)

    @rule(which=WHICH, who=WHO)
    def hand_on(self, which: int, who: int) -> None:
        card, person = self.card(which), self.people[who]
        before = content(card)
        looked = OpinionSeen.objects.filter(user=person, application=self.application).exists()
        handed = self.attempt(
            lambda: hand_over(scorecard=card, to=person, reason="ill", by=card.interviewer, now=self.clock)
        )
        assert not (looked and handed)
        assert content(Scorecard.objects.get(pk=card.pk)) == before, "what was written stays with who wrote it"

    @rule(which=st.integers(0, 1), came=st.booleans())
    def call_off(self, which: int, came: bool) -> None:
        interview = self.interviews[which]
        if came:
            self.attempt(lambda: cancel_interview(interview=interview, reason="flood", now=self.clock))
        else:
            self.attempt(lambda: record_no_show(interview=interview, reason="flood"))

    @invariant()
    def what_is_sealed_stays_as_it_was(self) -> None:
        for pk, then in self.sealed.items():
            assert content(Scorecard.objects.get(pk=pk)) == then

    @invariant()
    def at_most_one_version_of_each_counts_and_it_is_independent_or_approved(self) -> None:
        counting = list(Scorecard.objects.counting())
        places = [(card.interview_id, card.interviewer_id) for card in counting]
        assert len(places) == len(set(places))
        assert all(card.independent or card.correction_approved_by_id for card in counting)

    @invariant()
    def whoever_submitted_an_original_did_so_without_having_looked(self) -> None:
        assert not Scorecard.objects.submitted().filter(amends=None, independent=False).exists()

    @invariant()
    def whoever_owes_sees_only_their_own(self) -> None:
        for person in self.people:
            if Scorecard.objects.owed_by(person).exists():
                assert {card.interviewer_id for card in Scorecard.objects.visible_to(person)} == {person.pk}

    @invariant()
    def a_conversation_with_a_sealed_scorecard_took_place(self) -> None:
        assert not Scorecard.objects.submitted().exclude(interview__state="held").exists()


def test_scorecards_in_any_order() -> None:
    run_state_machine_as_test(
        Scorecards,
        settings=settings(
            max_examples=200 if UNABRIDGED else 8,
            stateful_step_count=50 if UNABRIDGED else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
