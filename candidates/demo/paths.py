"""How the crowd came to where it stands: every stage on the way, so that the history tells the same as the interviews."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from candidates.demo.crowd import CHUNK, REASONS, Crowd
from candidates.enums import InterviewState
from candidates.models import Application, Interview, StageChange
from rubrics.enums import StageKind
from rubrics.models import Role, Stage

WAY = (StageKind.SOURCED, StageKind.CONTACTED, StageKind.SCREENING, StageKind.INTERVIEWING, StageKind.SCORED)
MOMENTS = (0, 0.08, 0.2, 0.36, 0.9)
"""When each stage is entered, between coming and the latest move: interviews are held from four tenths to eight tenths."""
STOPS = (0.25, 0.35, 0.4)
"""How far somebody gets who is turned down or leaves before an interview."""
LEFT_OUT = 0.15
"""Of those who apply or are referred, so many are looked at without being contacted first."""


def write_paths(*, crowd: Crowd, roles: Sequence[Role], seed: int, now: datetime) -> None:
    """After the interviews: whoever was interviewed has been in the stage for it."""
    rng = np.random.default_rng([seed, 9])
    stages = {role.pk: {stage.kind: stage for stage in role.stages.all()} for role in roles}
    held = set(Interview.objects.filter(state=InterviewState.HELD).values_list("application_id", flat=True))
    for first in range(0, len(crowd.applications), CHUNK):
        rows = crowd.applications[first : first + CHUNK]
        changes = [
            change
            for row in rows
            for change in _changes(row, stages[row.role_id], _furthest(row, rng, interviewed=row.pk in held), rng, now)
        ]
        StageChange.objects.bulk_create(changes, batch_size=CHUNK)


def _furthest(row: Application, rng: np.random.Generator, *, interviewed: bool) -> int:
    """Of the way's stages, by number."""
    if row.stage.kind in WAY:
        return WAY.index(StageKind(row.stage.kind))
    if row.stage.kind == StageKind.WITHDRAWN:
        return int(rng.choice([1, 2, 3], p=[0.2, 0.3, 0.5]))
    return int(rng.choice([3, 4], p=[0.6, 0.4])) if interviewed else int(rng.choice(len(STOPS), p=STOPS))


def _changes(
    row: Application, stages: dict[str, Stage], furthest: int, rng: np.random.Generator, now: datetime
) -> Iterator[StageChange]:
    passed = [place for place in range(furthest + 1) if place != 1 or rng.random() > LEFT_OUT or furthest == 1]
    way = [(stages[WAY[place]], MOMENTS[place] * float(rng.uniform(0.6, 1))) for place in passed]
    if row.stage != way[-1][0]:
        way.append((row.stage, 1))
    elif len(way) > 1:
        way[-1] = (row.stage, 1)
    before: Stage | None = None
    for stage, share in way:
        at = row.created_at + (row.stage_since - row.created_at) * share
        closed = stage.kind in {StageKind.REJECTED, StageKind.WITHDRAWN}
        yield StageChange(
            application=row,
            from_stage=before,
            to_stage=stage,
            by=row.owner,
            at=min(at, now),
            reason=REASONS[row.candidate_id % len(REASONS)] if closed else "",
        )
        before = stage
