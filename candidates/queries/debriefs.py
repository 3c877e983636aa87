"""Who said what about an application: dimension by dimension, interviewer by interviewer, the widest spread first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from candidates.models import (
    Application,
    DebriefOutcome,
    DebriefQuestion,
    Evidence,
    QuestionNote,
    Rating,
    Scorecard,
    SignalHeard,
)
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

    @property
    def key(self) -> str:
        """Of the form that asks about the whole scorecard."""
        return f"{self.pk}-"


@dataclass(frozen=True)
class Word:
    """What one voice says on one dimension."""

    voice: Voice
    rating: Rating | None
    evidence: tuple[Evidence, ...]
    signals: tuple[Signal, ...]

    @property
    def value(self) -> int | None:
        return self.rating.level if self.rating else None

    @property
    def level_name(self) -> str:
        """As annotated where the ratings are read."""
        name: str | None = vars(self.rating)["level_name"] if self.rating else None
        return name or ""

    @property
    def key(self) -> str:
        return f"{self.voice.pk}-{self.rating.dimension_id}" if self.rating else ""

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
class Awaited:
    """Somebody of the panel who has not sealed theirs, since their interview."""

    name: str
    since: datetime
    due_at: datetime | None
    user: int


@dataclass(frozen=True)
class NotedQuestion:
    prompt: str
    notes: tuple[QuestionNote, ...]


@dataclass(frozen=True)
class Debrief:
    application: Application
    voices: tuple[Voice, ...]
    rows: tuple[DebriefRow, ...]
    awaited: tuple[Awaited, ...]
    excused: tuple[Scorecard, ...]

    @property
    def is_complete(self) -> bool:
        """Nobody is awaited and somebody spoke: the panel may meet."""
        return bool(self.voices) and not self.awaited

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
    cards = _cards([application.pk])
    voices = _voices(cards)
    return Debrief(
        application=application,
        voices=voices,
        rows=debrief_rows(voices),
        awaited=_awaited(cards),
        excused=tuple(card for card in cards if card.state == "excused"),
    )


def awaited_on(application: Application) -> tuple[Awaited, ...]:
    """Who is still to judge; names only, so that whoever owes one may read it as well."""
    return _awaited(
        Scorecard.objects.owed()
        .filter(interview__application=application)
        .select_related("interviewer", "interview")
        .order_by("interviewer__name", "interviewer", "interview")
    )


def threads_of(application: Application) -> list[DebriefQuestion]:
    """The questions asked about the scorecards of an application, with what was answered."""
    asked = DebriefQuestion.objects.filter(scorecard__interview__application=application)
    related = asked.select_related("asked_by", "scorecard__interviewer", "dimension", "evidence", "resolved_by")
    return list(related.prefetch_related("answers__by").order_by("asked_at", "pk"))


def outcomes_of(application: Application) -> list[DebriefOutcome]:
    """The newest first; that one counts."""
    return list(application.debrief_outcomes.select_related("noted_by"))


def _awaited(cards: Iterable[Scorecard]) -> tuple[Awaited, ...]:
    owed = (card for card in cards if _is_owed(card))
    return tuple(
        Awaited(card.interviewer.name, card.interview.ends_at, card.due_at, card.interviewer_id) for card in owed
    )


def _is_owed(card: Scorecard) -> bool:
    return card.is_draft and card.amends_id is None and card.interview.state in {"scheduled", "held"}


def voices_on(applications: Iterable[int]) -> tuple[Voice, ...]:
    """All that was submitted on several applications (ids)."""
    return _voices(_cards(applications))


def _cards(applications: Iterable[int]) -> list[Scorecard]:
    counting = Scorecard.objects.counting().filter(pk=OuterRef("pk"))
    return list(
        Scorecard.objects.filter(interview__application__in=list(applications))
        .select_related("interviewer", "interview__kit__version", "correction_approved_by")
        .annotate(counts=Exists(counting))
        .order_by("interviewer__name", "interviewer", "interview", "submitted_at", "pk")
    )


def _voices(cards: Iterable[Scorecard]) -> tuple[Voice, ...]:
    return tuple(Voice(card, bool(vars(card)["counts"])) for card in cards if card.is_submitted)


def debrief_rows(voices: tuple[Voice, ...]) -> tuple[DebriefRow, ...]:
    """A dimension that stands in two versions of a rubric under one key is one row."""
    pks = [voice.pk for voice in voices]
    level = Level.objects.filter(dimension=OuterRef("dimension"), value=OuterRef("level"))
    given_ones = Rating.objects.filter(scorecard__in=pks).annotate(level_name=Subquery(level.values("name")[:1]))
    ratings = list(given_ones.select_related("dimension").order_by("dimension", "pk"))
    given = {(rating.scorecard_id, rating.dimension.key): rating for rating in ratings}
    evidence, heard = _evidence(pks), _heard(pks)

    def word(voice: Voice, key: str) -> Word:
        rating = given.get((voice.pk, key))
        if rating is None:
            return Word(voice, None, (), ())
        place = (voice.pk, rating.dimension_id)
        return Word(voice, rating, tuple(evidence[place]), tuple(heard[place]))

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


def notes_of(voices: tuple[Voice, ...]) -> tuple[NotedQuestion, ...]:
    """What was noted under each question of the kits."""
    notes = QuestionNote.objects.filter(scorecard__in=[voice.pk for voice in voices]).exclude(text="")
    asked: dict[str, list[QuestionNote]] = defaultdict(list)
    for note in notes.select_related("question", "scorecard__interviewer").order_by("question__position", "pk"):
        asked[note.question.prompt].append(note)
    return tuple(NotedQuestion(prompt, tuple(found)) for prompt, found in asked.items())


@dataclass(frozen=True)
class Place:
    """One level of a dimension, and who gave it."""

    level: Level
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Step:
    """One page of a debrief held as a meeting: a dimension, or, last, what it comes to."""

    key: str
    name: str
    row: DebriefRow | None


LAST = "outcome"


def steps_of(debrief: Debrief) -> list[Step]:
    """The dimensions in the order of the debrief, then the outcome."""
    return [*(Step(row.dimension.key, row.dimension.name, row) for row in debrief.rows), Step(LAST, "Outcome", None)]


def places_of(row: DebriefRow) -> list[Place]:
    """The scale of a dimension, with those who count beneath the level they gave."""
    return [
        Place(level, tuple(word for word in row.words if word.voice.counts and word.value == level.value))
        for level in row.dimension.levels.all()
    ]
