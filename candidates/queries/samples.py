"""Calibration: which samples wait for somebody, what became of one, and how people lean against the reference."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from candidates.models import SampleRating
from candidates.scoring.calibration import Lean, lean_of
from rubrics.enums import RoleStatus
from rubrics.models import CalibrationSample, Dimension, Level, Role, RubricVersion, SampleReference
from screening.accounts.models import User

Text = tuple[str, str, str, str]
"""What makes copies of a sample in several versions one: pool, question, key and answer."""


@dataclass(frozen=True)
class SampleRow:
    sample: CalibrationSample
    rated_at: datetime | None


@dataclass(frozen=True)
class SamplesOfVersion:
    version: RubricVersion
    rows: list[SampleRow]

    @property
    def done(self) -> int:
        return sum(row.rated_at is not None for row in self.rows)


def samples_for(user: User) -> list[SamplesOfVersion]:
    """Samples of the rubrics that the user's roles are measured by, or of all while they have no role.

    Within a version those still to score first, in an order of the user's own: the file's would give the levels away.
    """
    rated = _rated_by(user)
    seen: set[Text] = set()
    found: dict[int, SamplesOfVersion] = {}
    for sample in (
        CalibrationSample.objects.visible_to(user)
        .filter(question__version__in=_versions_for(user))
        .select_related("question__version__rubric")
        .order_by("question__version__rubric__title", "-question__version")
    ):
        text = _text(sample)
        if text in seen:
            continue
        seen.add(text)
        version = sample.question.version
        group = found.setdefault(version.pk, SamplesOfVersion(version, []))
        group.rows.append(SampleRow(sample, rated.get(text)))
    for group in found.values():
        group.rows.sort(key=lambda row: (row.rated_at is not None, _shuffled(user, row.sample)))
    return list(found.values())


def _shuffled(user: User, sample: CalibrationSample) -> str:
    return sha256(f"{user.pk} {sample.question.key} {sample.key}".encode()).hexdigest()


def next_sample(user: User, after: CalibrationSample) -> CalibrationSample | None:
    """One this user has not scored yet, of the same version first."""
    groups = sorted(samples_for(user), key=lambda group: group.version.pk != after.question.version_id)
    return next((row.sample for group in groups for row in group.rows if row.rated_at is None), None)


def _versions_for(user: User) -> QuerySet[RubricVersion]:
    alive = Role.objects.visible_to(user).exclude(status__in=[RoleStatus.FILLED, RoleStatus.CLOSED])
    published = RubricVersion.objects.published().filter(questions__samples__isnull=False).distinct()
    of_mine = published.filter(pk__in=alive.values("rubric_version"))
    if of_mine.exists():
        return of_mine
    later = RubricVersion.objects.published().filter(rubric=OuterRef("rubric"), number__gt=OuterRef("number"))
    return published.filter(~Exists(later))


def _text(sample: CalibrationSample) -> Text:
    return (sample.question.version.pool_key, sample.question.key, sample.key, sample.answer)


def _rated_by(user: User) -> dict[Text, datetime]:
    mine = SampleRating.objects.filter(rater=user).values_list(
        "sample__question__version__pool_key", "sample__question__key", "sample__key", "sample__answer", "rated_at"
    )
    return {(pool, question, key, answer): at for pool, question, key, answer, at in mine}


def load_sample(user: User, pk: int) -> CalibrationSample | None:
    """A sample to be scored, with its question; none that the user may not see."""
    visible = CalibrationSample.objects.visible_to(user)
    return visible.select_related("question__version__rubric").filter(pk=pk).first()


def dimensions_judged(sample: CalibrationSample) -> list[Dimension]:
    """The dimensions that its question informs, with their levels."""
    return list(sample.question.dimensions.order_by("position").prefetch_related("levels"))


@dataclass(frozen=True)
class Judged:
    """One dimension of a sample, after it was scored; `others`: how many gave each level."""

    dimension: Dimension
    mine: int
    reference: int | None
    why: str
    others: list[tuple[Level, int]]

    @property
    def counts(self) -> dict[int, int]:
        return {level.value: number for level, number in self.others}

    @property
    def number(self) -> int:
        return sum(number for _, number in self.others)

    @property
    def mean(self) -> float | None:
        return sum(level.value * number for level, number in self.others) / self.number if self.number else None

    @property
    def apart(self) -> int | None:
        """How far above the reference one is."""
        return None if self.reference is None else self.mine - self.reference

    @property
    def words(self) -> str:
        levels = "level" if abs(self.apart or 0) == 1 else "levels"
        return f"{abs(self.apart or 0)} {levels} {'above' if (self.apart or 0) > 0 else 'below'}"


@dataclass(frozen=True)
class SampleResult:
    judged: list[Judged]
    rated_at: datetime
    raters: int


def result_of(sample: CalibrationSample, user: User) -> SampleResult | None:
    """What the user gave, the reference and the others' levels; None until the user's own are in."""
    ratings = list(
        SampleRating.objects.visible_to(user)
        .of_same_text(sample)
        .values_list("rater_id", "dimension__key", "level", "rated_at")
    )
    mine = {key: (level, at) for rater, key, level, at in ratings if rater == user.pk}
    if not mine:
        return None
    others: dict[str, Counter[int]] = defaultdict(Counter)
    for rater, key, level, _ in ratings:
        if rater != user.pk:
            others[key][level] += 1
    references = {one.dimension_id: one for one in SampleReference.objects.filter(sample=sample)}
    return SampleResult(
        judged=[
            _judged(dimension, mine[dimension.key][0], references.get(dimension.pk), others[dimension.key])
            for dimension in dimensions_judged(sample)
            if dimension.key in mine
        ],
        rated_at=max(at for _, at in mine.values()),
        raters=len({rater for rater, *_ in ratings} - {user.pk}),
    )


def _judged(dimension: Dimension, mine: int, reference: SampleReference | None, others: Counter[int]) -> Judged:
    return Judged(
        dimension=dimension,
        mine=mine,
        reference=reference.level if reference else None,
        why=reference.why if reference else "",
        others=[(level, others[level.value]) for level in dimension.levels.all()],
    )


@dataclass(frozen=True)
class RaterLean:
    """`lean` is None while there are too few samples to say anything."""

    user: User
    scored: int
    lean: Lean | None


def lean_of_user(user: User) -> RaterLean:
    return next(iter(leans_of([user])))


def leans_of(people: Collection[User]) -> list[RaterLean]:
    """How each of these people leans against the reference, over all samples they scored; one statement."""
    reference = SampleReference.objects.filter(sample=OuterRef("sample"), dimension=OuterRef("dimension"))
    given = (
        SampleRating.objects.filter(rater__in=people)
        .annotate(reference=Subquery(reference.values("level")[:1]))
        .values_list(
            "rater_id",
            "sample_id",
            "level",
            "reference",
            "sample__question__version__lowest",
            "sample__question__version__highest",
        )
    )
    scored: dict[int, set[int]] = defaultdict(set)
    apart: dict[tuple[int, int], list[float]] = defaultdict(list)
    for rater, sample, level, wanted, lowest, highest in given:
        scored[rater].add(sample)
        if wanted is not None:  # levels of a 1–5 scale, whatever the rubric's own
            apart[rater, sample].append((level - wanted) * 4 / (highest - lowest))
    return [RaterLean(user, len(scored[user.pk]), _lean(user, apart.items())) for user in people]


def _lean(user: User, apart: Iterable[tuple[tuple[int, int], list[float]]]) -> Lean | None:
    return lean_of([sum(values) / len(values) for (rater, _), values in apart if rater == user.pk])


def people_calibrated(viewer: User) -> QuerySet[User]:
    """Everybody who scored a sample, by name; for those who run the interviews."""
    everybody: QuerySet[User] = User.objects.filter(Exists(SampleRating.objects.filter(rater=OuterRef("pk"))))
    return everybody.order_by("name", "pk") if viewer.is_staff_of_firm else everybody.none()
