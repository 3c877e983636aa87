"""A version of a rubric as its page shows it: loaded whole, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value

from rubrics.models import CalibrationSample, Dimension, Kit, Level, Question, RubricVersion, Signal


@dataclass(frozen=True)
class QuestionShown:
    question: Question
    dimensions: list[Dimension]
    signals: list[tuple[Dimension, list[Signal]]]


@dataclass(frozen=True)
class KitShown:
    kit: Kit
    questions: list[Question]
    dimensions: list[Dimension]

    @property
    def minutes(self) -> int:
        return sum(question.minutes for question in self.questions)


@dataclass(frozen=True)
class DimensionShown:
    """`levels` has a place for every value, `share` is the part of the sum of weights, `kits` those that cover it."""

    dimension: Dimension
    levels: list[tuple[int, Level | None]]
    share: Decimal | None
    kits: list[Kit]


@dataclass(frozen=True)
class SampleShown:
    sample: CalibrationSample
    question: Question
    reference: list[tuple[Dimension, int, str]]


@dataclass(frozen=True)
class Sheet:
    version: RubricVersion
    dimensions: list[DimensionShown]
    questions: list[QuestionShown]
    kits: list[KitShown]
    samples: list[SampleShown]

    @property
    def level_names(self) -> list[tuple[int, str]]:
        """Every value with its name where all dimensions call it the same."""
        names: dict[int, set[str]] = {value: set() for value in self.version.level_values}
        for shown in self.dimensions:
            for value, level in shown.levels:
                names[value].add(level.name if level else "")
        return [(value, found.pop() if len(found) == 1 else "") for value, found in names.items()]


def sheet_of(version: RubricVersion) -> Sheet:
    dimensions = list(version.dimensions.prefetch_related("levels"))
    with_dimensions = version.questions.annotate(informs_ids=_all("informs__dimension_id", order_by="informs__pk"))
    questions = [_question(q, q.informs_ids, dimensions) for q in with_dimensions.prefetch_related("signals")]
    with_questions = version.kits.annotate(
        question_ids=_all("kit_questions__question_id", order_by="kit_questions__position")
    )
    kits = [_kit(kit, kit.question_ids, questions) for kit in with_questions]
    samples = CalibrationSample.objects.filter(question__version=version).annotate(
        rated=_all("references__dimension_id", order_by="references__pk"),
        levels=_all("references__level", order_by="references__pk"),
        whys=_all("references__why", order_by="references__pk"),
    )
    total = sum((dimension.weight for dimension in dimensions), Decimal(0))
    return Sheet(
        version=version,
        dimensions=[_dimension(dimension, version, total, kits) for dimension in dimensions],
        questions=questions,
        kits=kits,
        samples=[
            _sample(one, _judged(**{name: vars(one)[name] for name in ("rated", "levels", "whys")}), questions)
            for one in samples.order_by("pk")
        ],
    )


def _all(path: str, *, order_by: str) -> ArrayAgg:
    """The values at the far end of a relation, without a statement of their own."""
    return ArrayAgg(path, filter=Q(**{f"{path}__isnull": False}), order_by=order_by, default=Value([]))


def _question(question: Question, informs: Sequence[int], dimensions: Sequence[Dimension]) -> QuestionShown:
    informed = [dimension for dimension in dimensions if dimension.pk in informs]
    signals = list(question.signals.all())
    return QuestionShown(
        question=question,
        dimensions=informed,
        signals=[(d, [signal for signal in signals if signal.dimension_id == d.pk]) for d in informed],
    )


def _kit(kit: Kit, question_ids: Sequence[int], questions: Sequence[QuestionShown]) -> KitShown:
    by_pk = {shown.question.pk: shown for shown in questions}
    asked = [by_pk[pk] for pk in question_ids]
    dimensions = {dimension for shown in asked for dimension in shown.dimensions}
    return KitShown(
        kit=kit,
        questions=[shown.question for shown in asked],
        dimensions=sorted(dimensions, key=lambda dimension: dimension.position),
    )


def _dimension(
    dimension: Dimension, version: RubricVersion, total: Decimal, kits: Sequence[KitShown]
) -> DimensionShown:
    by_value = {level.value: level for level in dimension.levels.all()}
    return DimensionShown(
        dimension=dimension,
        levels=[(value, by_value.get(value)) for value in version.level_values],
        share=dimension.weight / total if total else None,
        kits=[shown.kit for shown in kits if dimension in shown.dimensions],
    )


def _judged(rated: Sequence[int], levels: Sequence[int], whys: Sequence[str]) -> dict[int, tuple[int, str]]:
    """A sample's references by dimension."""
    return dict(zip(rated, zip(levels, whys, strict=True), strict=True))


def _sample(
    sample: CalibrationSample, judged: Mapping[int, tuple[int, str]], questions: Sequence[QuestionShown]
) -> SampleShown:
    shown = next(shown for shown in questions if shown.question.pk == sample.question_id)
    return SampleShown(
        sample=sample,
        question=shown.question,
        reference=[(d, *judged[d.pk]) for d in shown.dimensions if d.pk in judged],
    )
