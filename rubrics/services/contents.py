"""Writing the content of a draft: all of it, replacing what was there."""

from collections.abc import Mapping

from rubrics.models import (
    CalibrationSample,
    Dimension,
    Kit,
    KitQuestion,
    Level,
    Question,
    QuestionDimension,
    RubricVersion,
    SampleReference,
    Signal,
)
from rubrics.spec import DimensionSpec, QuestionSpec, RubricSpec


def replace_content(version: RubricVersion, spec: RubricSpec) -> None:
    _clear(version)
    version.summary = spec.summary
    version.lowest, version.highest = spec.lowest, spec.highest
    version.evidence_from = spec.evidence_from
    version.weights_reason = spec.weights_reason
    version.save()
    dimensions = _write_dimensions(version, spec.dimensions)
    questions = _write_questions(version, spec.questions, dimensions)
    _write_kits(version, spec, questions)
    _write_samples(spec, questions, dimensions)


def _clear(version: RubricVersion) -> None:
    SampleReference.objects.filter(sample__question__version=version).delete()
    CalibrationSample.objects.filter(question__version=version).delete()
    version.kits.all().delete()
    version.questions.all().delete()
    version.dimensions.all().delete()


def _write_dimensions(version: RubricVersion, specs: tuple[DimensionSpec, ...]) -> dict[str, Dimension]:
    dimensions = Dimension.objects.bulk_create(
        Dimension(
            version=version,
            key=spec.key,
            name=spec.name,
            description=spec.description,
            strong=spec.strong,
            weak=spec.weak,
            weight=spec.weight,
            floor=spec.floor,
            position=position,
        )
        for position, spec in enumerate(specs)
    )
    Level.objects.bulk_create(
        Level(dimension=dimension, value=level.value, name=level.name, anchor=level.anchor)
        for dimension, spec in zip(dimensions, specs, strict=True)
        for level in spec.levels
    )
    return {dimension.key: dimension for dimension in dimensions}


def _write_questions(
    version: RubricVersion, specs: tuple[QuestionSpec, ...], dimensions: Mapping[str, Dimension]
) -> dict[str, Question]:
    questions = Question.objects.bulk_create(
        Question(
            version=version,
            key=spec.key,
            prompt=spec.prompt,
            probes=list(spec.probes),
            minutes=spec.minutes,
            core=spec.core,
            position=position,
        )
        for position, spec in enumerate(specs)
    )
    both = list(zip(questions, specs, strict=True))
    QuestionDimension.objects.bulk_create(
        QuestionDimension(question=question, dimension=dimensions[key])
        for question, spec in both
        for key in spec.dimensions
    )
    Signal.objects.bulk_create(
        Signal(
            question=question,
            dimension=dimensions[signal.dimension],
            kind=signal.kind,
            text=signal.text,
            position=position,
        )
        for question, spec in both
        for position, signal in enumerate(spec.signals)
    )
    return {question.key: question for question in questions}


def _write_kits(version: RubricVersion, spec: RubricSpec, questions: Mapping[str, Question]) -> None:
    kits = Kit.objects.bulk_create(
        Kit(version=version, key=kit.key, name=kit.name, position=position) for position, kit in enumerate(spec.kits)
    )
    KitQuestion.objects.bulk_create(
        KitQuestion(kit=kit, question=questions[key], position=position)
        for kit, kit_spec in zip(kits, spec.kits, strict=True)
        for position, key in enumerate(kit_spec.questions)
    )


def _write_samples(spec: RubricSpec, questions: Mapping[str, Question], dimensions: Mapping[str, Dimension]) -> None:
    samples = CalibrationSample.objects.bulk_create(
        CalibrationSample(question=questions[sample.question], key=sample.key, title=sample.title, answer=sample.answer)
        for sample in spec.samples
    )
    SampleReference.objects.bulk_create(
        SampleReference(sample=sample, dimension=dimensions[key], level=reference.level, why=reference.why)
        for sample, sample_spec in zip(samples, spec.samples, strict=True)
        for key, reference in sample_spec.reference.items()
    )
