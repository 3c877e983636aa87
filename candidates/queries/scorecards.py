"""A scorecard with all that its page shows: the kit's questions, the dimensions, and what has been written so far."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from candidates.models import Evidence, Rating, Scorecard
from candidates.queries.names import name_for
from rubrics.enums import SignalKind
from rubrics.models import Dimension, KitQuestion, Level, Question, Signal
from screening.accounts.models import User


@dataclass(frozen=True)
class AskedQuestion:
    number: int
    question: Question
    note: str


@dataclass(frozen=True)
class QuestionSignals:
    """What to listen for, on one dimension, in the answer to one question."""

    number: int
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class AssessedDimension:
    """A dimension of the kit and what this scorecard says on it."""

    dimension: Dimension
    levels: tuple[Level, ...]
    by_question: tuple[QuestionSignals, ...]
    heard: frozenset[int]
    rating: Rating | None
    evidence: tuple[Evidence, ...]

    @property
    def pk(self) -> int:
        return self.dimension.pk

    @property
    def level(self) -> Level | None:
        if self.rating is None or self.rating.level is None:
            return None
        return next((level for level in self.levels if level.value == self.rating.level), None)

    @property
    def is_done(self) -> bool:
        return self.rating is not None and (self.rating.level is not None or self.rating.not_assessed)

    @property
    def signals(self) -> list[Signal]:
        return [signal for group in self.by_question for signal in group.signals]

    @property
    def signals_heard(self) -> list[Signal]:
        return [signal for signal in self.signals if signal.pk in self.heard]


@dataclass(frozen=True)
class Sheet:
    scorecard: Scorecard
    candidate: str
    questions: tuple[AskedQuestion, ...]
    dimensions: tuple[AssessedDimension, ...]
    private_note: str

    @property
    def in_rubric_order(self) -> list[Dimension]:
        return sorted((one.dimension for one in self.dimensions), key=lambda dimension: dimension.position)

    @property
    def levels(self) -> range:
        return self.scorecard.interview.kit.version.level_values

    @property
    def done(self) -> int:
        return sum(one.is_done for one in self.dimensions)

    @property
    def has_notes(self) -> bool:
        return any(asked.note for asked in self.questions)

    @property
    def minutes(self) -> int:
        return sum(asked.question.minutes for asked in self.questions)


def with_context(scorecards: QuerySet[Scorecard]) -> QuerySet[Scorecard]:
    """Everything around a scorecard, and what is written on it."""
    return scorecards.select_related(
        "interviewer",
        "private_note",
        "amends",
        "correction_approved_by",
        "interview__kit__version",
        "interview__application__candidate",
        "interview__application__role__client",
    ).prefetch_related("ratings", "evidence", "signals_heard", "question_notes")


def sheet_of(scorecard: Scorecard, reader: User) -> Sheet:
    """The page of a scorecard that was loaded `with_context`; four queries more. Nobody else reads a private note."""
    application = scorecard.interview.application
    mine = scorecard.interviewer_id == reader.pk
    private = getattr(scorecard, "private_note", None) if mine else None
    form = application.role.name_form
    questions = _questions(scorecard)
    return Sheet(
        scorecard=scorecard,
        candidate=application.candidate.name_in(form) if mine else name_for(reader, application),
        questions=questions,
        dimensions=_dimensions(scorecard, {asked.question.pk: asked.number for asked in questions}),
        private_note=private.text if private else "",
    )


def _questions(scorecard: Scorecard) -> tuple[AskedQuestion, ...]:
    notes = {note.question_id: note.text for note in scorecard.question_notes.all()}
    asked = KitQuestion.objects.filter(kit=scorecard.interview.kit_id).select_related("question").order_by("position")
    return tuple(
        AskedQuestion(number, row.question, notes.get(row.question_id, "")) for number, row in enumerate(asked, start=1)
    )


def _dimensions(scorecard: Scorecard, numbers: Mapping[int, int]) -> tuple[AssessedDimension, ...]:
    ratings = {rating.dimension_id: rating for rating in scorecard.ratings.all()}
    heard = frozenset(row.signal_id for row in scorecard.signals_heard.all())
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for item in scorecard.evidence.all():
        evidence[item.dimension_id].append(item)
    return tuple(
        AssessedDimension(
            dimension=dimension,
            levels=tuple(dimension.levels.all()),
            by_question=_by_question(dimension, numbers),
            heard=heard,
            rating=ratings.get(dimension.pk),
            evidence=tuple(evidence[dimension.pk]),
        )
        for dimension in _in_reading_order(scorecard)
    )


def _by_question(dimension: Dimension, numbers: Mapping[int, int]) -> tuple[QuestionSignals, ...]:
    """As the questions come; within one the strong signs first, as one hopes to hear them."""
    groups: dict[int, list[Signal]] = defaultdict(list)
    for signal in sorted(dimension.signals.all(), key=lambda signal: signal.kind != SignalKind.STRONG):
        groups[numbers[signal.question_id]].append(signal)
    return tuple(QuestionSignals(number, tuple(groups[number])) for number in sorted(groups))


def _in_reading_order(scorecard: Scorecard) -> Sequence[Dimension]:
    """The rubric's order, or one of the interviewer's own that stays the same each time they look."""
    kit = scorecard.interview.kit_id
    signals = Signal.objects.filter(question__kits=kit).order_by("question__position", "position", "pk")
    dimensions = list(
        Dimension.objects.filter(informed_by__question__kits=kit)
        .order_by("position")
        .distinct()
        .prefetch_related("levels", Prefetch("signals", signals))
    )
    if scorecard.interview.application.role.shuffle_dimensions:
        random.Random(scorecard.pk).shuffle(dimensions)  # noqa: S311 -- an order, not a secret
    return dimensions
