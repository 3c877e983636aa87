from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from rubrics.enums import Duty, RoleStatus, SignalKind, StageKind, VersionStatus
from rubrics.models import (
    Dimension,
    Kit,
    KitQuestion,
    Level,
    Question,
    QuestionDimension,
    Role,
    RoleMember,
    Rubric,
    RubricVersion,
    Scope,
    ScopeApproval,
    Signal,
    Stage,
)
from screening.accounts.models import User
from tests.factories.accounts import ClientFactory, RecruiterFactory

NAMES = ("Production ownership", "Architectural judgment", "Observability", "Communication", "Mentoring")


class RubricFactory(DjangoModelFactory[Rubric]):
    class Meta:
        model = Rubric

    title = factory.Sequence(lambda n: f"Senior engineer {n}")
    slug = factory.Sequence(lambda n: f"senior-engineer-{n}")


class DraftVersionFactory(DjangoModelFactory[RubricVersion]):
    """A draft without content; `published_version` makes a whole one."""

    class Meta:
        model = RubricVersion

    rubric = factory.SubFactory(RubricFactory)
    number = 1


def draft_version(*, dimensions: int = 3, lowest: int = 1, highest: int = 5, **fields: object) -> RubricVersion:
    """A complete draft: one question per dimension, a kit of all questions and one of the first two."""
    version = DraftVersionFactory(lowest=lowest, highest=highest, **fields)
    names = [*NAMES, *(f"Dimension {position}" for position in range(len(NAMES), dimensions))][:dimensions]
    measured = Dimension.objects.bulk_create(
        Dimension(
            version=version,
            key=name.lower().replace(" ", "-"),
            name=name,
            position=position,
            weight=Decimal(1),
            floor=lowest + 2 if position == 0 else None,
        )
        for position, name in enumerate(names)
    )
    Level.objects.bulk_create(
        Level(dimension=dimension, value=value, name=f"level {value}", anchor=f"{dimension.name} at {value}.")
        for dimension in measured
        for value in version.level_values
    )
    _ask(version, measured)
    return version


def _ask(version: RubricVersion, measured: list[Dimension]) -> None:
    questions = Question.objects.bulk_create(
        Question(
            version=version,
            key=f"q{dimension.position}",
            prompt=f"Tell me about {dimension.name.lower()}.",
            position=dimension.position,
        )
        for dimension in measured
    )
    pairs = list(zip(questions, measured, strict=True))
    QuestionDimension.objects.bulk_create(
        QuestionDimension(question=question, dimension=dimension) for question, dimension in pairs
    )
    Signal.objects.bulk_create(
        Signal(question=question, dimension=dimension, kind=kind, text=f"{kind} sign of {dimension.name}")
        for question, dimension in pairs
        for kind in SignalKind
    )
    whole = Kit.objects.create(version=version, key="whole", name="Whole interview", position=0)
    short = Kit.objects.create(version=version, key="short", name="Short interview", position=1)
    KitQuestion.objects.bulk_create(
        KitQuestion(kit=kit, question=question, position=question.position)
        for kit, asked in ((whole, questions), (short, questions[:2]))
        for question in asked
    )


def published_version(**fields: object) -> RubricVersion:
    return publish(draft_version(**fields))  # type: ignore[arg-type]  # passed through


def publish(version: RubricVersion) -> RubricVersion:
    version.status = VersionStatus.PUBLISHED
    version.published_at = datetime(2026, 1, 1, tzinfo=UTC)
    version.published_by = RecruiterFactory()
    version.pool_key = f"pool-{version.pk}"
    version.save()
    return version


class RoleFactory(DjangoModelFactory[Role]):
    """An open role with all stages, a published rubric, a scope its client approved; `team` puts people on it."""

    class Meta:
        model = Role
        skip_postgeneration_save = True

    client = factory.SubFactory(ClientFactory)
    title = factory.Sequence(lambda n: f"Senior AI Engineer {n}")
    slug = factory.Sequence(lambda n: f"senior-ai-engineer-{n}")
    status = RoleStatus.OPEN
    rubric_version = factory.LazyFunction(published_version)
    panel_size = 2
    bar = Decimal("3.5")

    @factory.post_generation
    def stages(self: Role, create: bool, extracted: object) -> None:
        Stage.objects.bulk_create(
            Stage(role=self, kind=kind, name=kind.label, position=position) for position, kind in enumerate(StageKind)
        )

    @factory.post_generation
    def scope_approved(self: Role, create: bool, extracted: object) -> None:
        words = dict.fromkeys(Scope.QUESTIONS, "Claims triage must stay above 0.9 precision.")
        scope = Scope.objects.create(role=self, **words)
        recruiter = RecruiterFactory()
        ScopeApproval.objects.create(
            role=self,
            content=scope.content,
            approver_name="Client",
            recorded_by=recruiter,
            where_given="in a call",
            approved_at=datetime(2026, 1, 2, tzinfo=UTC),
        )

    @factory.post_generation
    def team_of(self: Role, create: bool, extracted: list[User] | None) -> None:
        for user in extracted or []:
            RoleMember.objects.create(role=self, user=user, duty=Duty.INTERVIEWER)
