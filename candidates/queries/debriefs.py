"""Who said what about an application: dimension by dimension, interviewer by interviewer, the widest spread first."""

from collections import defaultdict
from dataclasses import dataclass

from candidates.models import Application, Evidence, QuestionNote, Rating, Scorecard, SignalHeard
from rubrics.models import Dimension, Level, Signal

APART = 2
"""Levels between the highest and the lowest from which a spread is worth talking about."""


@dataclass(frozen=True)
class Voice:
    """One submitted scorecard: an original, or an amendment that stands beside it."""

    scorecard: Scorecard
    counts: bool

    @property
    def pk(self) -> int:
        return self.scorecard.pk

    @property
    def name(self) -> str:
        return self.scorecard.interviewer.name

    @property
    def is_amendment(self) -> bool:
        return self.scorecard.amends_id is not None


@dataclass(frozen=True)
class Word:
    """What one voice says on one dimension."""

    voice: Voice
    rating: Rating | None
    level: Level | None
    evidence: tuple[Evidence, ...]
    signals: tuple[Signal, ...]

    @property
    def value(self) -> int | None:
        return self.rating.level if self.rating else None

    @property
    def why_not(self) -> str:
        return self.rating.not_assessed_reason if self.rating and self.rating.not_assessed else ""


@dataclass(frozen=True)
class DebriefRow:
    dimension: Dimension
    words: tuple[Word, ...]

    @property
    def counting(self) -> list[int]:
        return [word.value for word in self.words if word.voice.counts and word.value is not None]

    @property
    def spread(self) -> int:
        return max(self.counting) - min(self.counting) if self.counting else 0

    @property
    def lowest(self) -> int | None:
        return min(self.counting, default=None)

    @property
    def highest(self) -> int | None:
        return max(self.counting, default=None)

    @property
    def is_apart(self) -> bool:
        return self.spread >= APART

    @property
    def apart_words(self) -> str:
        return f"{self.lowest} to {self.highest}: {self.spread} apart"

    @property
    def spread_words(self) -> str:
        return f"{self.spread} apart" if self.spread else "agreed"

    @property
    def spoken(self) -> list[Word]:
        """Only those whose kit covers the dimension."""
        return [word for word in self.words if word.rating is not None]


@dataclass(frozen=True)
class NotedQuestion:
    prompt: str
    notes: tuple[QuestionNote, ...]


@dataclass(frozen=True)
class Debrief:
    application: Application
    voices: tuple[Voice, ...]
    rows: tuple[DebriefRow, ...]
    questions: tuple[NotedQuestion, ...]
    owed_by: tuple[str, ...]
    excused: tuple[Scorecard, ...]

    @property
    def apart(self) -> int:
        return sum(row.is_apart for row in self.rows)

    @property
    def lowest(self) -> int:
        return self.voices[0].scorecard.interview.kit.version.lowest

    @property
    def highest(self) -> int:
        return self.voices[0].scorecard.interview.kit.version.highest


def debrief_of(application: Application) -> Debrief:
    """Everything that was submitted, in a constant number of queries."""
    cards = list(
        Scorecard.objects.filter(interview__application=application)
        .select_related("interviewer", "interview__kit__version", "correction_approved_by")
        .order_by("interviewer__name", "interviewer", "interview", "submitted_at", "pk")
    )
    counting = set(Scorecard.objects.counting().filter(interview__application=application).values_list("pk", flat=True))
    voices = tuple(Voice(card, card.pk in counting) for card in cards if card.is_submitted)
    return Debrief(
        application=application,
        voices=voices,
        rows=_rows(voices),
        questions=_questions(voices),
        owed_by=tuple(dict.fromkeys(card.interviewer.name for card in cards if _is_owed(card))),
        excused=tuple(card for card in cards if card.state == "excused"),
    )


def _is_owed(card: Scorecard) -> bool:
    return card.is_draft and card.amends_id is None and card.interview.state in {"scheduled", "held"}


def _rows(voices: tuple[Voice, ...]) -> tuple[DebriefRow, ...]:
    """A dimension that stands in two versions of a rubric under one key is one row."""
    pks = [voice.pk for voice in voices]
    ratings = list(Rating.objects.filter(scorecard__in=pks).select_related("dimension").order_by("dimension", "pk"))
    given = {(rating.scorecard_id, rating.dimension.key): rating for rating in ratings}
    levels = _levels({rating.dimension_id for rating in ratings})
    evidence, heard = _evidence(pks), _heard(pks)

    def word(voice: Voice, key: str) -> Word:
        rating = given.get((voice.pk, key))
        if rating is None:
            return Word(voice, None, None, (), ())
        place = (voice.pk, rating.dimension_id)
        level = levels.get((rating.dimension_id, rating.level))
        return Word(voice, rating, level, tuple(evidence[place]), tuple(heard[place]))

    dimensions = {rating.dimension.key: rating.dimension for rating in ratings}
    rows = [
        DebriefRow(dimension, tuple(word(voice, key) for voice in voices))
        for key, dimension in sorted(dimensions.items(), key=lambda pair: pair[1].position)
    ]
    return tuple(sorted(rows, key=lambda row: -row.spread if row.is_apart else 0))


def _evidence(scorecards: list[int]) -> dict[tuple[int, int], list[Evidence]]:
    found: dict[tuple[int, int], list[Evidence]] = defaultdict(list)
    for item in Evidence.objects.filter(scorecard__in=scorecards).order_by("position", "pk"):
        found[item.scorecard_id, item.dimension_id].append(item)
    return found


def _heard(scorecards: list[int]) -> dict[tuple[int, int], list[Signal]]:
    found: dict[tuple[int, int], list[Signal]] = defaultdict(list)
    rows = SignalHeard.objects.filter(scorecard__in=scorecards).select_related("signal")
    for row in rows.order_by("signal__kind", "signal__question__position", "signal__position"):
        found[row.scorecard_id, row.signal.dimension_id].append(row.signal)
    return found


def _levels(dimensions: set[int]) -> dict[tuple[int, int | None], Level]:
    return {(level.dimension_id, level.value): level for level in Level.objects.filter(dimension__in=dimensions)}


def _questions(voices: tuple[Voice, ...]) -> tuple[NotedQuestion, ...]:
    notes = QuestionNote.objects.filter(scorecard__in=[voice.pk for voice in voices]).exclude(text="")
    asked: dict[str, list[QuestionNote]] = defaultdict(list)
    for note in notes.select_related("question", "scorecard__interviewer").order_by("question__position", "pk"):
        asked[note.question.prompt].append(note)
    return tuple(NotedQuestion(prompt, tuple(found)) for prompt, found in asked.items())
