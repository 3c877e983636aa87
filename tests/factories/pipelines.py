"""Applications with their whole way through the pipeline, planted move by move."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from candidates.enums import Source
from candidates.models import Application, StageChange
from rubrics.enums import StageKind
from rubrics.models import Role
from tests.factories.candidates import CandidateFactory

FIRST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday; moves are dated in days after it."""

Move = tuple[str, float] | tuple[str, float, str]
"""The kind of stage moved to, when, and why."""


def on_the_way(role: Role, *moves: Move, source: str = Source.APPLIED, **fields: Any) -> Application:
    """Stands where the last move took it; the moves are dated as they are given, in whatever order."""
    stages = {stage.kind: stage for stage in role.stages.all()}
    ways: Sequence[tuple[str, datetime, str]] = [
        (kind, FIRST + timedelta(days=day), why[0] if why else "") for kind, day, *why in moves
    ]
    last, since, _ = max(ways, key=lambda way: way[1])
    if "candidate" not in fields:
        fields["candidate"] = CandidateFactory()
    application = Application.objects.create(
        role=role, stage=stages[last], stage_since=since, created_at=FIRST, source=source, **fields
    )
    before = None
    for kind, at, why in ways:
        StageChange.objects.create(application=application, from_stage=before, to_stage=stages[kind], at=at, reason=why)
        before = stages[kind]
    return application


def turned_down(role: Role, *way: str, days: float = 1, source: str = Source.APPLIED, **fields: Any) -> Application:
    """A day (or so many) in each stage of the way, then rejected."""
    moves = [(kind, place * days) for place, kind in enumerate((*way, StageKind.REJECTED))]
    return on_the_way(role, *moves, source=source, **fields)
