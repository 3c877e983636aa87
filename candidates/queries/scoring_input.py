"""What the workers score: the counting scorecards of a pool, as arrays, under ids of their own."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from candidates.enums import ScorecardOrigin, ScorecardState
from candidates.models import Application, Rating, SampleRating, Scorecard
from candidates.scoring import RatingSheet, Scale
from rubrics.enums import StageKind
from rubrics.models import Dimension, Role, RubricVersion


@dataclass(frozen=True)
class Weighing:
    """What a role asks of the pool's dimensions, in their order: weights and must-have floors."""

    weights: tuple[float, ...]
    floors: tuple[float | None, ...]


@dataclass(frozen=True)
class PoolInput:
    """One row a counting scorecard, in the order of `cards`, their ids. `subjects` maps an application's id to the one used in the arrays.

    `ended` are subjects nobody considers any more: they inform the statistics and have no rank.
    """

    cards: tuple[int, ...]
    keys: tuple[str, ...]
    names: tuple[str, ...]
    lowest: int
    highest: int
    subjects: dict[int, int]
    imported: dict[int, int]
    sheet: RatingSheet
    samples: RatingSheet | None
    roles: dict[int, Role]
    weighings: dict[Weighing, list[int]]
    ended: frozenset[int]

    def scale_of(self, weighing: Weighing) -> Scale:
        return Scale(
            weights=weighing.weights,
            lowest=self.lowest,
            highest=self.highest,
            floors=weighing.floors,
            bar={role.pk: float(role.bar) for role in self.roles.values() if role.bar is not None},
        )

    def floors_of(self, role: Hashable) -> tuple[float | None, ...]:
        return next(weighing.floors for weighing, roles in self.weighings.items() if role in roles)


class Card(NamedTuple):
    """A counting scorecard, by ids."""

    pk: int
    rater: int
    application: int
    role: int
    origin: str


def load_pool(pool_key: str, *, moving: Role | None = None) -> PoolInput | None:
    """Everything that bears on a pool's scores, in a constant number of queries; None when nobody is measured by it.

    `moving` is a role taken as if one of the pool's versions measured it already, whatever is saved.
    """
    versions = list(
        RubricVersion.objects.published().filter(pool_key=pool_key).order_by("-pk").prefetch_related("dimensions")
    )
    if not versions:
        return None
    newest = versions[0]
    dimensions = list(newest.dimensions.all())
    keys = tuple(dimension.key for dimension in dimensions)
    roles = {
        role.pk: role for role in Role.objects.filter(rubric_version__in=versions).select_related("rubric_version")
    }
    if moving is not None:
        roles[moving.pk] = moving
    brought = _brought_along(versions, roles.values())
    counting = (
        Scorecard.objects.counting()
        .filter(_given_on(versions, brought))
        .order_by("interview__application_id", "pk")
        .values_list("pk", "interviewer_id", "interview__application_id", "interview__application__role_id", "origin")
    )
    cards = [Card(*row) for row in counting]
    subjects: dict[int, int] = {}
    for card in cards:
        subjects.setdefault(card.application, len(subjects))
    over = Q(stage__kind__in=[StageKind.REJECTED, StageKind.WITHDRAWN]) | Q(merged_into__isnull=False)
    ended = Application.objects.filter(over, role__in=roles).values_list("pk", flat=True)
    imported: dict[int, int] = {}
    for card in cards:
        if card.origin == ScorecardOrigin.IMPORTED:
            imported[card.application] = imported.get(card.application, 0) + 1
    sheet = RatingSheet(
        candidates=[subjects[card.application] for card in cards],
        raters=[card.rater for card in cards],
        roles=[card.role for card in cards],
        ratings=_ratings([card.pk for card in cards], _given_on(versions, brought, "scorecard__"), keys),
    )
    return PoolInput(
        cards=tuple(card.pk for card in cards),
        keys=keys,
        names=tuple(dimension.name for dimension in dimensions),
        lowest=newest.lowest,
        highest=newest.highest,
        subjects=subjects,
        imported=imported,
        sheet=sheet,
        samples=_samples(versions, keys),
        roles=roles,
        weighings=_weighings(roles.values(), versions, keys),
        ended=frozenset(subjects[pk] for pk in ended if pk in subjects),
    )


def _brought_along(
    versions: Sequence[RubricVersion], roles: Iterable[Role]
) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Other versions and the roles that bring their scorecards along, having been moved to a version of the pool.

    A role brings what was given on another version of the same rubric with the same range of levels; its dimensions are
    matched by their keys.
    """
    measured: dict[int, list[int]] = {}
    for role in roles:
        if role.rubric_version is not None:
            measured.setdefault(role.rubric_version.rubric_id, []).append(role.pk)
    others = RubricVersion.objects.published().filter(
        rubric__in=measured, lowest=versions[0].lowest, highest=versions[0].highest
    )
    left: dict[int, list[int]] = {}
    for pk, rubric in others.exclude(pk__in=[version.pk for version in versions]).values_list("pk", "rubric_id"):
        left.setdefault(rubric, []).append(pk)
    return [(pks, measured[rubric]) for rubric, pks in left.items()]


def _given_on(
    versions: Sequence[RubricVersion], brought: Iterable[tuple[Sequence[int], Sequence[int]]], path: str = ""
) -> Q:
    """Scorecards on a version of the pool, and those that roles brought along."""
    version, role = f"{path}interview__kit__version__in", f"{path}interview__application__role__in"
    given = Q(**{version: versions})
    for pks, roles in brought:
        given |= Q(**{version: pks, role: roles})
    return given


def _ratings(cards: Sequence[int], given_on: Q, keys: Sequence[str]) -> NDArray[np.float64]:
    """Levels, shape (n_cards, n_dimensions), NaN where not assessed."""
    rows = {pk: row for row, pk in enumerate(cards)}
    columns = {key: column for column, key in enumerate(keys)}
    levels = np.full((len(cards), len(keys)), np.nan)
    given = Rating.objects.filter(given_on, scorecard__state=ScorecardState.SUBMITTED, level__isnull=False).values_list(
        "scorecard_id", "dimension__key", "level"
    )
    for pk, key, level in given.iterator(chunk_size=20_000):
        if pk in rows and key in columns and level is not None:
            levels[rows[pk], columns[key]] = level
    return levels


def _samples(versions: Sequence[RubricVersion], keys: Sequence[str]) -> RatingSheet | None:
    """Calibration samples, one row for each rater of each; None when nobody has rated any.

    Versions of a pool carry copies of the same sample; it is one, under the oldest copy's id.
    """
    columns = {key: column for column, key in enumerate(keys)}
    given = SampleRating.objects.filter(sample__question__version__in=versions).order_by("sample_id", "pk")
    first: dict[tuple[str, str, str], int] = {}
    rows: dict[tuple[int, int], NDArray[np.float64]] = {}
    for pk, question, sample, answer, rater, key, level in given.values_list(
        "sample_id", "sample__question__key", "sample__key", "sample__answer", "rater_id", "dimension__key", "level"
    ):
        if key in columns:
            one = first.setdefault((question, sample, answer), pk)
            rows.setdefault((one, rater), np.full(len(keys), np.nan))[columns[key]] = level
    if not rows:
        return None
    ordered = sorted(rows)
    return RatingSheet(
        candidates=[f"sample {sample}" for sample, _ in ordered],
        raters=[rater for _, rater in ordered],
        roles=[0] * len(ordered),
        ratings=np.array([rows[pair] for pair in ordered]),
    )


def _weighings(
    roles: Iterable[Role], versions: Sequence[RubricVersion], keys: Sequence[str]
) -> dict[Weighing, list[int]]:
    """Roles of the pool by how they weigh its dimensions: their versions may differ in weights and floors."""
    of_version = {
        version.pk: _weighing({dimension.key: dimension for dimension in version.dimensions.all()}, keys)
        for version in versions
    }
    grouped: dict[Weighing, list[int]] = {}
    for role in roles:
        if role.rubric_version_id is not None:
            grouped.setdefault(of_version[role.rubric_version_id], []).append(role.pk)
    return grouped


def _weighing(dimensions: dict[str, Dimension], keys: Sequence[str]) -> Weighing:
    ordered = [dimensions[key] for key in keys]
    return Weighing(
        weights=tuple(float(dimension.weight) for dimension in ordered),
        floors=tuple(None if dimension.floor is None else float(dimension.floor) for dimension in ordered),
    )
