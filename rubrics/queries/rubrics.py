"""Reading rubrics: the plain values of a version, and what the pages show of it."""

from django.db.models import Count, Prefetch, Q

from rubrics.enums import RoleStatus, SignalKind, VersionStatus
from rubrics.models import (
    CalibrationSample,
    Dimension,
    Kit,
    KitQuestion,
    Question,
    QuestionDimension,
    Role,
    Rubric,
    RubricVersion,
    Signal,
)
from rubrics.queries.diffs import Change, changes
from rubrics.spec import (
    DimensionSpec,
    KitSpec,
    LevelSpec,
    QuestionSpec,
    ReferenceSpec,
    RubricSpec,
    SampleSpec,
    SignalSpec,
)
from screening.accounts.models import User


def version_spec(version: RubricVersion) -> RubricSpec:
    """The whole content of a version as plain values; loading them again gives an equal version."""
    informs = Prefetch("informs", QuestionDimension.objects.select_related("dimension"))
    signals = Prefetch("signals", Signal.objects.select_related("dimension"))
    asked = Prefetch("kit_questions", KitQuestion.objects.select_related("question"))
    return RubricSpec(
        slug=version.rubric.slug,
        title=version.rubric.title,
        summary=version.summary,
        lowest=version.lowest,
        highest=version.highest,
        evidence_from=version.evidence_from,
        weights_reason=version.weights_reason,
        dimensions=tuple(map(_dimension, version.dimensions.prefetch_related("levels"))),
        questions=tuple(map(_question, version.questions.prefetch_related(informs, signals))),
        kits=tuple(map(_kit, version.kits.prefetch_related(asked))),
        samples=tuple(
            map(
                _sample,
                CalibrationSample.objects.filter(question__version=version)
                .select_related("question")
                .prefetch_related("references__dimension")
                .order_by("pk"),
            )
        ),
    )


def _dimension(dimension: Dimension) -> DimensionSpec:
    return DimensionSpec(
        key=dimension.key,
        name=dimension.name,
        description=dimension.description,
        strong=dimension.strong,
        weak=dimension.weak,
        weight=dimension.weight,
        floor=dimension.floor,
        levels=tuple(LevelSpec(level.value, level.name, level.anchor) for level in dimension.levels.all()),
    )


def _question(question: Question) -> QuestionSpec:
    signals = sorted(question.signals.all(), key=lambda signal: signal.position)
    informs = sorted(question.informs.all(), key=lambda link: link.pk)
    return QuestionSpec(
        key=question.key,
        prompt=question.prompt,
        minutes=question.minutes,
        dimensions=tuple(link.dimension.key for link in informs),
        probes=tuple(question.probes),
        signals=tuple(
            SignalSpec(
                dimension=signal.dimension.key,
                kind="strong" if signal.kind == SignalKind.STRONG else "weak",
                text=signal.text,
            )
            for signal in signals
        ),
        core=question.core,
    )


def _kit(kit: Kit) -> KitSpec:
    return KitSpec(key=kit.key, name=kit.name, questions=tuple(row.question.key for row in kit.kit_questions.all()))


def _sample(sample: CalibrationSample) -> SampleSpec:
    return SampleSpec(
        key=sample.key,
        question=sample.question.key,
        title=sample.title,
        answer=sample.answer,
        reference={
            reference.dimension.key: ReferenceSpec(reference.level, reference.why)
            for reference in sample.references.all()
        },
    )


def rubrics_listed(user: User) -> list[Rubric]:
    """Rubrics this user may see, each with the versions they may see, newest first, and how many roles use them."""
    versions = RubricVersion.objects.visible_to(user).annotate(role_count=Count("roles", distinct=True))
    rubrics = Rubric.objects.visible_to(user).prefetch_related(Prefetch("versions", versions.order_by("-number")))
    return [rubric for rubric in rubrics if rubric.versions.all()]


def predecessor_of(version: RubricVersion) -> RubricVersion | None:
    """The published version before this one."""
    return (
        RubricVersion.objects.published()
        .filter(rubric=version.rubric_id, number__lt=version.number)
        .select_related("rubric")
        .order_by("-number")
        .first()
    )


def draft_for(role: Role, user: User) -> RubricVersion | None:
    """What is being written for a role: the next version of its rubric, or its first one."""
    drafts = RubricVersion.objects.visible_to(user).filter(status=VersionStatus.DRAFT)
    used = Q(rubric__written_for=role)
    if role.rubric_version is not None:
        used = Q(rubric=role.rubric_version.rubric_id)
    return drafts.filter(used).select_related("rubric").order_by("pk").first()


def roles_to_move(version: RubricVersion) -> list[Role]:
    """Roles that an earlier version of the same rubric measures."""
    earlier = Role.objects.filter(rubric_version__rubric=version.rubric_id, rubric_version__number__lt=version.number)
    return list(earlier.exclude(status=RoleStatus.CLOSED).select_related("rubric_version"))


def changes_since(version: RubricVersion, predecessor: RubricVersion) -> list[Change]:
    return changes(version_spec(predecessor), version_spec(version))
