"""What moving a role to another version of its rubric would change, computed from the scorecards there are."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from candidates.enums import InterviewState
from candidates.models import Application, Interview
from candidates.queries.names import name_for
from candidates.queries.scoring_input import PoolInput, load_pool
from candidates.scoring import PanelScores, rank, score_panel, word_reasons
from rubrics.models import Dimension, Role, RubricVersion
from screening.accounts.models import User


@dataclass(frozen=True)
class Standing:
    """A person's score and place; no place while they cannot be ranked, for the reasons given."""

    score: float
    place: int | None
    reasons: str


@dataclass(frozen=True)
class Moved:
    application: Application
    name: str
    before: Standing | None
    after: Standing | None

    @property
    def places_up(self) -> int:
        """Below 0 is down; 0 where either place is missing."""
        if self.before is None or self.after is None or self.before.place is None or self.after.place is None:
            return 0
        return self.before.place - self.after.place

    @property
    def changes_place(self) -> bool:
        return self.place_of(self.before) != self.place_of(self.after)

    @property
    def shift(self) -> float | None:
        return None if self.before is None or self.after is None else self.after.score - self.before.score

    @staticmethod
    def place_of(standing: Standing | None) -> int | None:
        return standing.place if standing else None


@dataclass(frozen=True)
class VersionMove:
    """`people` is None while its reader owes a scorecard in the role: who stands where is sealed from them."""

    same_pool: bool
    comparable: bool
    same_rubric: bool
    gone: list[Dimension]
    new: list[Dimension]
    reworded: list[Dimension]
    interviews_ahead: int
    people: list[Moved] | None

    @property
    def moving(self) -> int:
        return sum(person.changes_place for person in self.people or ())

    @property
    def no_longer_ranked(self) -> int:
        before_and_not_after = (
            Moved.place_of(person.before) is not None and Moved.place_of(person.after) is None
            for person in self.people or ()
        )
        return sum(before_and_not_after)


def preview_move(*, role: Role, version: RubricVersion, user: User, method: str) -> VersionMove:
    """Both scored in the same way, now; so what it says is what the move does, unless a scorecard comes in between."""
    present = role.rubric_version
    assert present is not None
    old, new = _by_key(present), _by_key(version)
    hidden = Application.objects.of_role(role)
    sealed = (hidden.sealed_from(user) | hidden.filter(candidate__user=user)).exists()
    same_pool = present.pool_key == version.pool_key
    return VersionMove(
        same_pool=same_pool,
        comparable=same_pool
        or (present.rubric_id == version.rubric_id and present.level_values == version.level_values),
        same_rubric=present.rubric_id == version.rubric_id,
        gone=[one for key, one in old.items() if key not in new],
        new=[one for key, one in new.items() if key not in old],
        reworded=[one for key, one in new.items() if key in old and _anchors(one) != _anchors(old[key])],
        interviews_ahead=Interview.objects.filter(application__role=role, state=InterviewState.SCHEDULED)
        .exclude(kit__version=version)
        .count(),
        people=None if sealed else _people(role, version, user, method),
    )


def _by_key(version: RubricVersion) -> dict[str, Dimension]:
    return {dimension.key: dimension for dimension in version.dimensions.prefetch_related("levels")}


def _anchors(dimension: Dimension) -> dict[int, str]:
    return {level.value: level.anchor for level in dimension.levels.all()}


def _people(role: Role, version: RubricVersion, user: User, method: str) -> list[Moved]:
    """Best first as they stand now; whoever has no place now comes last."""
    moved = copy.copy(role)
    moved.rubric_version = version
    before, after = _standings(role, method), _standings(moved, method)
    applications = Application.objects.select_related("candidate", "role").in_bulk([*before, *after])
    people = [
        Moved(application, name_for(user, application), before.get(pk), after.get(pk))
        for pk, application in applications.items()
    ]
    return sorted(people, key=lambda one: (Moved.place_of(one.before) or len(people) + 1, one.name))


def _standings(role: Role, method: str) -> Mapping[int, Standing]:
    """Application → how it stands when the role is measured by the version set on it; ended ones are left out."""
    assert role.rubric_version is not None
    pool = load_pool(role.rubric_version.pool_key, moving=role)
    if pool is None or not pool.subjects:
        return {}
    weighing = next(weighing for weighing, roles in pool.weighings.items() if role.pk in roles)
    panel = score_panel(pool.sheet, pool.scale_of(weighing), method=method, samples=pool.samples)
    considered = np.array([subject not in pool.ended for subject in panel.candidates], dtype=bool)
    panel = replace(panel, rankable=panel.rankable & considered)
    ranking = rank(panel, role.pk, k=role.openings, draws=1, seed=0)
    places = dict(zip(ranking.order, ranking.rank, strict=True))
    applications = {subject: application for application, subject in pool.subjects.items()}
    return {
        applications[int(str(subject))]: _standing(panel, row, places.get(subject), pool)
        for row, subject in enumerate(panel.candidates)
        if panel.roles[row] == role.pk and considered[row]
    }


def _standing(panel: PanelScores, row: int, place: int | None, pool: PoolInput) -> Standing:
    reasons = word_reasons(panel.reasons[row], pool.names)
    return Standing(float(panel.score[row]), None if place is None else int(place), "; ".join(reasons))
