"""Scores as the comparison and its explanation show them, within the seal of who reads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from candidates.models import Application, Score, ScoringRun
from candidates.queries.names import name_for
from candidates.scoring import NOTES
from rubrics.enums import StageKind
from rubrics.models import Dimension, Role
from screening.accounts.models import User
from screening.jobs.enums import JobState
from screening.jobs.models import Job

ENDED = (StageKind.REJECTED, StageKind.WITHDRAWN)
SHOWN_AT_MOST = 250
"""More people than anybody compares; the rest is reached through the pipeline."""


@dataclass(frozen=True)
class Row:
    score: Score
    name: str
    tied: bool


@dataclass(frozen=True)
class Group:
    """People who can be compared with each other: linked through shared interviewers."""

    number: int
    rows: list[Row]


@dataclass(frozen=True)
class Comparison:
    dimensions: list[Dimension]
    groups: list[Group]
    without_evidence: list[Row]
    below_floor: list[Row]
    ranks_open: bool
    shown_all: bool
    total: int
    run: ScoringRun | None
    notes: list[str]
    computing: bool

    @property
    def applications(self) -> list[int]:
        return [row.score.application_id for row in self.rows]

    @property
    def rows(self) -> list[Row]:
        ranked = [row for group in self.groups for row in group.rows]
        return [*ranked, *self.below_floor, *self.without_evidence]


def compare_role(*, role: Role, user: User, ended: bool) -> Comparison:
    """Everybody scored in a role whom the user may compare; `ended` adds rejected and withdrawn people.

    Ranks are left out while anybody of the role is sealed from the user: a gap in them would tell.
    """
    visible = Score.objects.visible_to(user).filter(role=role, application__role=role, application__merged_into=None)
    if not ended:
        visible = visible.exclude(application__stage__kind__in=ENDED)
    scores = list(
        visible.select_related("application__candidate").order_by("-rankable", "-score", "application")[
            : SHOWN_AT_MOST + 1
        ]
    )
    for score in scores:
        score.application.role = role
    shown = scores[:SHOWN_AT_MOST]
    ranks_open = ranks_are_open(user, role)
    run = ScoringRun.objects.defer("input").get(pk=shown[0].run_id) if shown else None  # its input is large
    rows = _rows(shown, user, ranks_open=ranks_open)
    return Comparison(
        dimensions=list(role.rubric_version.dimensions.all()) if role.rubric_version else [],
        groups=_groups([row for row in rows if row.score.rankable and not row.score.below_floor]),
        without_evidence=[row for row in rows if not row.score.rankable],
        below_floor=[row for row in rows if row.score.rankable and row.score.below_floor],
        ranks_open=ranks_open,
        shown_all=len(scores) <= SHOWN_AT_MOST,
        total=len(shown),
        run=run,
        notes=[NOTES[code] for code in run.notes] if run else [],
        computing=_computing(role),
    )


def ranks_are_open(user: User, role: Role) -> bool:
    """Nobody of the role is hidden from the user, so that no gap can tell."""
    of_role = Application.objects.of_role(role).order_by()
    hidden, themselves = of_role.sealed_from(user), of_role.filter(candidate__user=user)
    return not hidden.values("pk").union(themselves.values("pk")).exists()  # each by its own index


def tells_of_sealed(user: User, run: ScoringRun) -> bool:
    """How strict each interviewer is rests on all levels of a pool; with those one may read, the sealed ones come out."""
    return Application.objects.sealed_from(user).filter(role__rubric_version__pool_key=run.pool_key).exists()


def _rows(scores: Sequence[Score], user: User, *, ranks_open: bool) -> list[Row]:
    size = Counter(score.tie for score in scores if score.tie is not None)
    return [
        Row(
            score=score,
            name=name_for(user, score.application),
            tied=ranks_open and score.tie is not None and size[score.tie] > 1,
        )
        for score in scores
    ]


def _groups(rows: Sequence[Row]) -> list[Group]:
    numbers = sorted({row.score.component for row in rows})
    return [
        Group(place, [row for row in rows if row.score.component == number])
        for place, number in enumerate(numbers, start=1)
    ]


def _computing(role: Role) -> bool:
    if role.rubric_version is None:
        return False
    return Job.objects.filter(
        key=f"score_pool:{role.rubric_version.pool_key}", state__in=[JobState.QUEUED, JobState.RUNNING]
    ).exists()
