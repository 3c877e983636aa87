from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from candidates.enums import InterviewState, ScorecardState
from candidates.models import PrivateNote, QuestionNote, Scorecard
from candidates.services.drafts import (
    AlreadySealed,
    NewerTextSaved,
    NotYours,
    RatingDraft,
    ScorecardDraft,
    save_draft,
)
from rubrics.models import Question, Signal
from screening.accounts.errors import Refused
from tests.factories.candidates import NOW, InterviewFactory, ScorecardFactory, dimensions_of, submit_levels
from tests.factories.drafts import evidence_on, whole_draft

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def scorecard() -> Scorecard:
    return ScorecardFactory()


def save(scorecard: Scorecard, draft: ScorecardDraft, *, revision: int = 0) -> Scorecard:
    return save_draft(scorecard=scorecard, draft=draft, revision=revision, by=scorecard.interviewer, now=LATER)


def levels(scorecard: Scorecard) -> list[int | None]:
    return list(scorecard.ratings.order_by("dimension__position").values_list("level", flat=True))


def test_a_draft_is_kept_as_it_was_written(scorecard: Scorecard) -> None:
    question = Question.objects.filter(kits=scorecard.interview.kit).first()
    signal = Signal.objects.filter(question=question).first()
    assert question is not None
    assert signal is not None
    draft = whole_draft(scorecard, [4, None, 2])
    draft = ScorecardDraft(
        draft.ratings, draft.evidence, frozenset({signal.pk}), {question.pk: "said so twice"}, "mine", "no", "Hm."
    )

    saved = save(scorecard, draft)

    assert (saved.revision, saved.saved_at, saved.recommendation, saved.comment) == (1, LATER, "no", "Hm.")
    assert levels(scorecard) == [4, None, 2]
    assert scorecard.ratings.get(not_assessed=True).not_assessed_reason == "no time"
    assert [item.incident for item in scorecard.evidence.all()] == ["Precision fell from 0.91 to 0.84"] * 2
    assert list(scorecard.signals_heard.values_list("signal", flat=True)) == [signal.pk]
    assert scorecard.question_notes.get(question=question).text == "said so twice"
    assert PrivateNote.objects.get(scorecard=scorecard).text == "mine"


def test_what_the_next_draft_leaves_out_is_gone(scorecard: Scorecard) -> None:
    draft = whole_draft(scorecard, [4, 3, 2])
    save(scorecard, ScorecardDraft(draft.ratings, draft.evidence, private_note="mine", recommendation="yes"))
    first = dimensions_of(scorecard.interview)[0]

    saved = save(scorecard, ScorecardDraft(ratings=(RatingDraft(first.pk, 5),)), revision=1)

    assert levels(scorecard) == [5, None, None]
    assert not scorecard.evidence.exists()
    assert not PrivateNote.objects.filter(scorecard=scorecard).exists()
    assert not QuestionNote.objects.filter(scorecard=scorecard).exclude(text="").exists()
    assert saved.recommendation == ""


def test_older_text_never_overwrites_newer(scorecard: Scorecard) -> None:
    save(scorecard, whole_draft(scorecard, [1, 1, 1]))

    with pytest.raises(NewerTextSaved) as caught:
        save(scorecard, whole_draft(scorecard, [5, 5, 5]))

    assert caught.value.scorecard.revision == 1
    assert levels(scorecard) == [1, 1, 1]


def test_the_recommendation_comes_last(scorecard: Scorecard) -> None:
    first, *_ = dimensions_of(scorecard.interview)
    draft = ScorecardDraft(ratings=(RatingDraft(first.pk, 3),), recommendation="strong_yes", comment="early")

    assert (save(scorecard, draft).recommendation, scorecard.comment) == ("", "")


@pytest.mark.parametrize(
    ("rating", "words"),
    [({"level": 6}, "6 is not a level"), ({"level": 2, "not_assessed": True}, "not both"), ({"level": 0}, "0 is not")],
)
def test_a_level_must_be_one_of_the_rubric(scorecard: Scorecard, rating: dict[str, int], words: str) -> None:
    first, *_ = dimensions_of(scorecard.interview)
    draft = ScorecardDraft(ratings=(RatingDraft(first.pk, **rating),))  # type: ignore[arg-type]  # one has a flag

    with pytest.raises(Refused, match=words):
        save(scorecard, draft)
    assert levels(scorecard) == []


def test_what_another_kit_asks_is_refused_or_ignored(scorecard: Scorecard) -> None:
    other = InterviewFactory()
    stranger = dimensions_of(other)[0]
    signal = Signal.objects.filter(question__kits=other.kit).first()
    question = other.kit.questions.first()
    assert signal is not None
    assert question is not None

    with pytest.raises(Refused, match="does not cover"):
        save(scorecard, ScorecardDraft(ratings=(RatingDraft(stranger.pk, 3),)))
    with pytest.raises(Refused, match="does not cover"):
        save(scorecard, ScorecardDraft(evidence=(evidence_on(stranger.pk),)))
    save(scorecard, ScorecardDraft(signals=frozenset({signal.pk}), notes={question.pk: "elsewhere"}))

    assert not scorecard.signals_heard.exists()
    assert not scorecard.question_notes.filter(question=question).exists()


def test_nobody_else_writes_and_nobody_writes_afterwards(scorecard: Scorecard) -> None:
    stranger = ScorecardFactory(interview=scorecard.interview).interviewer
    with pytest.raises(NotYours):
        save_draft(scorecard=scorecard, draft=ScorecardDraft(), revision=0, by=stranger, now=LATER)

    submit_levels(scorecard, [3, 3, 3])
    with pytest.raises(AlreadySealed, match="submitted"):
        save(scorecard, ScorecardDraft())


@pytest.mark.parametrize("state", [InterviewState.CANCELLED, InterviewState.NO_SHOW])
def test_nothing_is_written_on_an_interview_that_did_not_happen(scorecard: Scorecard, state: InterviewState) -> None:
    scorecard.interview.state = state
    scorecard.interview.save()

    with pytest.raises(Refused, match=state.label.lower()):
        save(scorecard, ScorecardDraft(comment="late"))
    assert Scorecard.objects.get(pk=scorecard.pk).state == ScorecardState.DRAFT


def test_saving_takes_few_statements_however_much_is_written(scorecard: Scorecard) -> None:
    with CaptureQueriesContext(connection) as little:
        save(scorecard, ScorecardDraft())
    with CaptureQueriesContext(connection) as much:
        save(scorecard, whole_draft(scorecard, [4, 4, 4]), revision=1)

    assert len(much) <= len(little) + 2, [query["sql"] for query in much]
    assert len(much) <= 13
