"""Writing a draft's questions, their probes and signals, one at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from rubrics.enums import SignalKind
from rubrics.models import (
    CalibrationSample,
    Dimension,
    Question,
    QuestionDimension,
    RubricVersion,
    SampleReference,
    Signal,
)
from rubrics.queries.parts import question_part, signals_part
from rubrics.services.dimensions import dimension_of, free_key, move_past
from rubrics.services.locks import lock_draft, must_have_seen
from screening.accounts.errors import Refused

WORDS_IN_A_KEY = 4


@transaction.atomic
def add_question(*, version: RubricVersion, prompt: str, dimension: str) -> Question:
    """At the end, informing one dimension; the rest is edited in place."""
    draft = lock_draft(version)
    informs = dimension_of(draft, dimension)
    taken = set(draft.questions.values_list("key", flat=True))
    last = draft.questions.aggregate(last=Max("position"))["last"]
    question = Question.objects.create(
        version=draft,
        key=free_key(" ".join(prompt.split()[:WORDS_IN_A_KEY]), taken, stem="question"),
        prompt=prompt,
        position=0 if last is None else last + 1,
    )
    QuestionDimension.objects.create(question=question, dimension=informs)
    return question


@transaction.atomic
def write_question(
    *, version: RubricVersion, key: str, content: Mapping[str, Any], seen: str | None = None
) -> Question:
    """Wording, minutes, probes, whether it is core, and which dimensions it informs; their signals go with them."""
    draft = lock_draft(version)
    question = question_of(draft, key)
    must_have_seen(question_part(question), new=content, seen=seen)
    for name in ("prompt", "minutes", "core", "probes"):
        setattr(question, name, content[name])
    question.save(update_fields=["prompt", "minutes", "core", "probes"])
    _inform(draft, question, content["dimensions"])
    return question


def _inform(draft: RubricVersion, question: Question, keys: Sequence[str]) -> None:
    wanted = list(draft.dimensions.filter(key__in=keys))
    present = set(question.informs.values_list("dimension_id", flat=True))
    gone = present - {dimension.pk for dimension in wanted}
    question.signals.filter(dimension__in=gone).delete()
    SampleReference.objects.filter(sample__question=question, dimension__in=gone).delete()
    question.informs.filter(dimension__in=gone).delete()
    QuestionDimension.objects.bulk_create(
        QuestionDimension(question=question, dimension=dimension) for dimension in wanted if dimension.pk not in present
    )


@transaction.atomic
def write_signals(
    *, version: RubricVersion, key: str, dimension: str, content: Mapping[str, Any], seen: str | None = None
) -> None:
    """What to listen for, strong and weak, in the answer to a question on one dimension it informs."""
    draft = lock_draft(version)
    question, about = question_of(draft, key), dimension_of(draft, dimension)
    if not question.informs.filter(dimension=about).exists():
        raise Refused("This question no longer informs the dimension: somebody changed that meanwhile.")
    must_have_seen(signals_part(question, about), new=content, seen=seen)
    others = list(question.signals.exclude(dimension=about).order_by("position", "pk"))
    question.signals.filter(dimension=about).delete()
    for place, signal in enumerate(others):
        signal.position = place
    Signal.objects.bulk_update(others, ["position"])
    Signal.objects.bulk_create(_signals(question, about, content, first=len(others)))


def _signals(question: Question, dimension: Dimension, content: Mapping[str, Any], *, first: int) -> list[Signal]:
    texts = [(kind, text) for kind in SignalKind for text in content[kind]]
    return [
        Signal(question=question, dimension=dimension, kind=kind, text=text, position=place)
        for place, (kind, text) in enumerate(texts, start=first)
    ]


@transaction.atomic
def move_question(*, version: RubricVersion, key: str, past: str) -> None:
    """Put a question on the other side of its neighbour."""
    draft = lock_draft(version)
    move_past(draft.questions.in_bulk([question_of(draft, key).pk, question_of(draft, past).pk]).values())


@transaction.atomic
def remove_question(*, version: RubricVersion, key: str) -> None:
    """With its signals and its samples; kits ask one question less."""
    draft = lock_draft(version)
    question = question_of(draft, key)
    CalibrationSample.objects.filter(question=question).delete()
    question.delete()


def question_of(draft: RubricVersion, key: str) -> Question:
    found = draft.questions.filter(key=key).first()
    if found is None:
        raise Refused("This question is no longer in the draft: somebody removed it meanwhile.")
    return found
