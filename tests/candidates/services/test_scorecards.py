from datetime import timedelta

import pytest

from candidates.enums import InterviewState, ScorecardState
from candidates.models import OpinionSeen, PrivateNote, Scorecard
from candidates.services.drafts import AlreadySealed, NotYours, ScorecardDraft, save_draft
from candidates.services.panels import excuse_scorecard
from candidates.services.scorecards import (
    amend_scorecard,
    approve_correction,
    discard_amendment,
    submit_scorecard,
)
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.jobs.models import Job
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    InterviewFactory,
    ScorecardFactory,
    submitted_scorecard,
)
from tests.factories.drafts import whole_draft

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)
LATEST = NOW + timedelta(hours=4)


def filled(scorecard: Scorecard, levels: list[int | None]) -> Scorecard:
    draft = whole_draft(scorecard, levels)
    now = scorecard.revision
    return save_draft(scorecard=scorecard, draft=draft, revision=now, by=scorecard.interviewer, now=NOW)


def counting(scorecard: Scorecard) -> list[int]:
    same = Scorecard.objects.counting().filter(interview=scorecard.interview_id, interviewer=scorecard.interviewer_id)
    return list(same.values_list("pk", flat=True))


def amended(original: Scorecard, levels: list[int | None], *, fact: bool = False) -> Scorecard:
    amendment = amend_scorecard(
        scorecard=original, reason="I mixed up two systems", corrects_fact=fact, by=original.interviewer
    )
    filled(amendment, levels)
    return submit_scorecard(scorecard=amendment, by=original.interviewer, now=LATEST)


class TestSubmitting:
    def test_seals_holds_the_interview_and_asks_for_scores(self) -> None:
        interview = InterviewFactory(state=InterviewState.SCHEDULED)
        scorecard = filled(ScorecardFactory(interview=interview), [4, None, 2])

        sealed = submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATER)

        assert (sealed.state, sealed.submitted_at, sealed.independent) == (ScorecardState.SUBMITTED, LATER, True)
        interview.refresh_from_db()
        assert interview.state == InterviewState.HELD
        assert Job.objects.get().params == {"pool_key": interview.kit.version.pool_key}

    def test_is_refused_with_all_that_is_missing(self) -> None:
        scorecard = ScorecardFactory()
        with pytest.raises(GateRefused) as caught:
            submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATER)
        assert len(caught.value.missing) == 3
        assert not Job.objects.exists()

    def test_happens_once(self) -> None:
        scorecard = filled(ScorecardFactory(), [3, 3, 3])
        submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATER)
        with pytest.raises(AlreadySealed):
            submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATEST)

    def test_is_its_authors_alone(self) -> None:
        scorecard = filled(ScorecardFactory(), [3, 3, 3])
        with pytest.raises(NotYours):
            submit_scorecard(scorecard=scorecard, by=RecruiterFactory(), now=LATER)

    @pytest.mark.parametrize("erase", [True, False])
    def test_erases_the_private_note_when_asked(self, erase: bool) -> None:
        scorecard = filled(ScorecardFactory(), [3, 3, 3])
        PrivateNote.objects.create(scorecard=scorecard, text="Tired today")
        submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATER, erase_private_note=erase)
        assert PrivateNote.objects.filter(scorecard=scorecard).exists() is not erase

    def test_after_a_look_at_the_others_is_not_independent_and_does_not_count(self) -> None:
        scorecard = filled(ScorecardFactory(), [3, 3, 3])
        OpinionSeen.objects.create(
            user=scorecard.interviewer, application=scorecard.interview.application, first_seen_at=NOW
        )
        sealed = submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATER)
        assert sealed.independent is False
        assert counting(sealed) == []


class TestExcusing:
    def test_ends_the_wait_with_a_reason(self) -> None:
        scorecard, recruiter = ScorecardFactory(), RecruiterFactory()
        excused = excuse_scorecard(scorecard=scorecard, reason=" ill for two weeks ", by=recruiter, now=NOW)
        assert (excused.state, excused.excused_by, excused.excused_reason) == (
            ScorecardState.EXCUSED,
            recruiter,
            "ill for two weeks",
        )
        assert not Scorecard.objects.owed().filter(pk=scorecard.pk).exists()

    def test_needs_a_reason(self) -> None:
        with pytest.raises(Refused, match="Say why"):
            excuse_scorecard(scorecard=ScorecardFactory(), reason="  ", by=RecruiterFactory(), now=NOW)

    def test_is_for_what_is_awaited_only(self) -> None:
        sealed = submitted_scorecard(ApplicationFactory(), [3, 3, 3])
        with pytest.raises(AlreadySealed):
            excuse_scorecard(scorecard=sealed, reason="too late", by=RecruiterFactory(), now=NOW)
        amendment = amend_scorecard(scorecard=sealed, reason="why", corrects_fact=False, by=sealed.interviewer)
        with pytest.raises(AlreadySealed):
            excuse_scorecard(scorecard=amendment, reason="too late", by=RecruiterFactory(), now=NOW)


class TestAmending:
    def test_begins_with_what_was_sealed_and_leaves_it_alone(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, None, 2])
        amendment = amend_scorecard(
            scorecard=original, reason="Wrong system", corrects_fact=True, by=original.interviewer
        )
        ratings = amendment.ratings.order_by("dimension__position")
        assert [rating.level for rating in ratings] == [4, None, 2]
        assert amendment.evidence.count() == original.evidence.count() == 3
        assert (amendment.comment, amendment.recommendation) == (original.comment, original.recommendation)
        assert (amendment.amends, amendment.state) == (original, ScorecardState.DRAFT)

    def test_goes_on_from_the_last_amendment(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, 4, 4])
        amended(original, [2, 2, 2])
        second = amend_scorecard(scorecard=original, reason="Again", corrects_fact=False, by=original.interviewer)
        assert set(second.ratings.values_list("level", flat=True)) == {2}

    def test_is_one_at_a_time(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, 4, 4])
        amend_scorecard(scorecard=original, reason="First", corrects_fact=False, by=original.interviewer)
        with pytest.raises(Refused, match="already writing"):
            amend_scorecard(scorecard=original, reason="Second", corrects_fact=False, by=original.interviewer)

    def test_needs_a_reason_an_author_and_a_sealed_scorecard(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, 4, 4])
        with pytest.raises(Refused, match="Say why"):
            amend_scorecard(scorecard=original, reason=" ", corrects_fact=False, by=original.interviewer)
        with pytest.raises(NotYours):
            amend_scorecard(scorecard=original, reason="why", corrects_fact=False, by=RecruiterFactory())
        draft = ScorecardFactory()
        with pytest.raises(Refused, match="Only a submitted"):
            amend_scorecard(scorecard=draft, reason="why", corrects_fact=False, by=draft.interviewer)

    def test_does_not_seal_the_application_again(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, 4, 4])
        amend_scorecard(scorecard=original, reason="why", corrects_fact=False, by=original.interviewer)
        assert not Scorecard.objects.owed_by(original.interviewer).exists()

    def test_can_be_given_up(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, 4, 4])
        amendment = amend_scorecard(scorecard=original, reason="why", corrects_fact=False, by=original.interviewer)
        with pytest.raises(NotYours):
            discard_amendment(scorecard=amendment, by=RecruiterFactory())
        assert discard_amendment(scorecard=amendment, by=original.interviewer) == original
        assert not original.amendments.exists()
        with pytest.raises(AlreadySealed):
            discard_amendment(scorecard=original, by=original.interviewer)


class TestWhatCounts:
    def test_the_original_while_others_are_in(self) -> None:
        application = ApplicationFactory()
        original = submitted_scorecard(application, [4, 4, 4])
        submitted_scorecard(application, [1, 1, 1])
        amendment = amended(original, [1, 1, 1])
        assert amendment.independent is False
        assert counting(original) == [original.pk]

    def test_the_amendment_while_nobody_else_is_in(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, 4, 4])
        amendment = amended(original, [3, 3, 3])
        assert amendment.independent is True
        assert counting(original) == [amendment.pk]

    def test_a_correction_of_fact_once_a_second_person_approved_it(self) -> None:
        application = ApplicationFactory()
        original = submitted_scorecard(application, [4, 4, 4])
        submitted_scorecard(application, [1, 1, 1])
        amendment = amended(original, [3, 3, 3], fact=True)
        assert counting(original) == [original.pk]

        with pytest.raises(Refused, match="Somebody other"):
            approve_correction(scorecard=amendment, by=original.interviewer, now=LATEST)
        recruiter = RecruiterFactory()
        approved = approve_correction(scorecard=amendment, by=recruiter, now=LATEST)

        assert (approved.correction_approved_by, approved.correction_approved_at) == (recruiter, LATEST)
        assert counting(original) == [amendment.pk]
        with pytest.raises(Refused, match="already been approved"):
            approve_correction(scorecard=amendment, by=RecruiterFactory(), now=LATEST)

    def test_a_change_of_mind_after_an_approved_correction_does_not(self) -> None:
        application = ApplicationFactory()
        original = submitted_scorecard(application, [4, 4, 4])
        submitted_scorecard(application, [1, 1, 1])
        correction = amended(original, [3, 3, 3], fact=True)
        approve_correction(scorecard=correction, by=RecruiterFactory(), now=LATEST)
        mind = amended(original, [1, 1, 1])
        with pytest.raises(Refused, match="correction of fact"):
            approve_correction(scorecard=mind, by=RecruiterFactory(), now=LATEST)
        assert counting(original) == [correction.pk]

    def test_one_version_even_when_two_were_sealed_at_the_same_moment(self) -> None:
        original = submitted_scorecard(ApplicationFactory(), [4, 4, 4])
        amendment = amend_scorecard(scorecard=original, reason="why", corrects_fact=False, by=original.interviewer)
        filled(amendment, [3, 3, 3])
        submit_scorecard(scorecard=amendment, by=original.interviewer, now=NOW)
        assert original.submitted_at == NOW
        assert counting(original) == [amendment.pk]

    def test_each_interview_of_an_application_by_itself(self) -> None:
        application = ApplicationFactory()
        first = submitted_scorecard(application, [4, 4, 4])
        second = submitted_scorecard(application, [2, 2, 2], by=first.interviewer)
        assert set(Scorecard.objects.counting().values_list("pk", flat=True)) == {first.pk, second.pk}


def test_a_draft_never_counts() -> None:
    scorecard = ScorecardFactory()
    save_draft(scorecard=scorecard, draft=ScorecardDraft(), revision=0, by=scorecard.interviewer, now=NOW)
    assert not Scorecard.objects.counting().exists()
