"""What a run's insights are computed from beside the levels: which questions were put, and the signals heard."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from candidates.enums import ScorecardOrigin
from candidates.models import QuestionNote, Scorecard, SignalHeard
from rubrics.enums import SignalKind
from rubrics.models import KitQuestion, QuestionDimension


class Questions(NamedTuple):
    """`items`: (n_cards, n_questions) strong less weak signals heard; NaN where the question was not in the kit, or its
    interviewer ticks no signals at all. `asked`: (n_cards, n_questions) whether the kit had it. `keys`, `prompts`: of the
    pool's versions, the newest wording of each; `informs`: the keys of the dimensions each informs.
    """

    keys: tuple[str, ...]
    prompts: tuple[str, ...]
    informs: tuple[frozenset[str], ...]
    items: NDArray[np.float64]
    asked: NDArray[np.bool_]


class Practice(NamedTuple):
    """How interviews were held, one row a scorecard, NaN for imported ones: hours from the interview's end to submitting,
    and the share of the kit's questions that left a note or a signal.
    """

    hours: NDArray[np.float64]
    followed: NDArray[np.float64]


def load_practice(cards: Sequence[int], pool_key: str) -> Practice:
    """In a constant number of queries."""
    kit_size = Counter(KitQuestion.objects.filter(kit__version__pool_key=pool_key).values_list("kit", flat=True))
    notes = QuestionNote.objects.filter(scorecard__interview__kit__version__pool_key=pool_key).exclude(text="")
    touched = set(notes.values_list("scorecard", "question__key"))
    touched |= {(card, key) for card, key, _ in _signals(pool_key)}
    left = Counter(card for card, _ in touched)
    held = Scorecard.objects.submitted().filter(
        interview__kit__version__pool_key=pool_key, origin=ScorecardOrigin.INTERVIEW
    )
    of_card = {
        pk: (max((at - ended).total_seconds() / 3600, 0.0), left[pk] / kit_size[kit] if kit_size[kit] else np.nan)
        for pk, at, ended, kit in held.values_list("pk", "submitted_at", "interview__ends_at", "interview__kit")
        if at is not None
    }
    rows = np.array([of_card.get(pk, (np.nan, np.nan)) for pk in cards], dtype=np.float64).reshape(len(cards), 2)
    return Practice(hours=rows[:, 0], followed=np.minimum(rows[:, 1], 1.0))


def load_questions(cards: Sequence[int], pool_key: str) -> Questions:
    """In a constant number of queries."""
    of_kits = KitQuestion.objects.filter(kit__version__pool_key=pool_key).order_by("kit__version", "position")
    asked = list(of_kits.values_list("kit", "question__key", "question__prompt"))
    prompts = {key: prompt for _, key, prompt in asked}
    keys = tuple(prompts)
    columns = {key: column for column, key in enumerate(keys)}
    in_kit: dict[int, list[int]] = {}
    for kit, key, _ in asked:
        in_kit.setdefault(kit, []).append(columns[key])
    items = np.full((len(cards), len(keys)), np.nan)
    rows = {pk: row for row, pk in enumerate(cards)}
    heard = [
        (rows[card], columns[key], 1 if kind == SignalKind.STRONG else -1)
        for card, key, kind in _signals(pool_key)
        if card in rows and key in columns
    ]
    listening = {row for row, _, _ in heard}
    put = np.zeros(items.shape, dtype=bool)
    for card, kit in _kits(pool_key):
        if card in rows:
            put[rows[card], in_kit.get(kit, [])] = True
    items[put & np.isin(np.arange(len(cards)), list(listening))[:, None]] = 0
    for row, column, sign in heard:
        items[row, column] += sign
    informs = _informs(pool_key)
    return Questions(keys, tuple(prompts.values()), tuple(frozenset(informs.get(key, ())) for key in keys), items, put)


def _signals(pool_key: str) -> Sequence[tuple[int, str, str]]:
    heard = SignalHeard.objects.filter(scorecard__interview__kit__version__pool_key=pool_key)
    return list(heard.values_list("scorecard", "signal__question__key", "signal__kind"))


def _informs(pool_key: str) -> dict[str, set[str]]:
    pairs = QuestionDimension.objects.filter(question__version__pool_key=pool_key)
    found: dict[str, set[str]] = {}
    for question, dimension in pairs.values_list("question__key", "dimension__key"):
        found.setdefault(question, set()).add(dimension)
    return found


def _kits(pool_key: str) -> Sequence[tuple[int, int]]:
    submitted = Scorecard.objects.submitted().filter(interview__kit__version__pool_key=pool_key)
    return list(submitted.values_list("pk", "interview__kit"))
