"""What moved in a pipeline since somebody looked: so that an open board shows other people's moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Self

from candidates.models import Application
from candidates.queries.applications import (
    FIELDS,
    Card,
    PipelineFilter,
    Viewer,
    cards_of,
    find_applications,
    stage_counts,
)
from candidates.queries.paging import EPOCH, MICROSECOND, read_cursor

OVERLAP = timedelta(seconds=15)
"""A move takes its time before it is committed, so each question reaches back; what is known by then is told by a digest."""

MOST = 60
DIGEST = 8


@dataclass(frozen=True)
class Known:
    """How far a board is up to date: the newest move it knows, and a digest of those around it."""

    at: datetime
    digest: str = ""

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}.{self.digest}"

    @classmethod
    def read(cls, text: str, *, now: datetime) -> Self:
        """From an address; a garbled one knows nothing but what moves from now on."""
        at, _, digest = text.partition(".")
        cursor = read_cursor(f"{at}.0")
        return cls(min(cursor.at, now), digest) if cursor and not cursor.back else cls(now)


@dataclass(frozen=True)
class Changes:
    """`cards`: those to show, oldest move first; `gone`: ids of those no longer to show; `counts`: of every stage."""

    known: Known
    cards: list[Card]
    gone: list[int]
    counts: dict[int, int]
    too_many: bool


def changes_since(viewer: Viewer, wanted: PipelineFilter, known: Known) -> Changes | None:
    """None when nothing moved: one statement along an index, and one more for a reader who owes a scorecard here."""
    listed = Application.objects.visible_to(viewer.user).of_role(viewer.role)
    recent = listed.filter(stage_since__gt=known.at - OVERLAP).order_by("-stage_since", "-pk")
    moved = list(recent.values_list("pk", "stage_id", "stage_since")[: MOST + 1])
    hidden = viewer.sealed - set(
        listed.filter(pk__in=viewer.sealed).values_list("pk", flat=True) if viewer.sealed else ()
    )
    newest = moved[0][2] if moved else known.at
    window = [move for move in moved if move[2] > newest - OVERLAP]
    now_known = Known(newest, _digest(window, hidden))
    if now_known.digest == known.digest:
        return None
    stages = {stage.pk: stage for stage in viewer.role.stages.all()}
    found = find_applications(viewer, wanted)
    rows = list(found.filter(pk__in=[pk for pk, _, _ in moved]).order_by("stage_since", "pk").values(*FIELDS))
    shown = {row["pk"] for row in rows}
    counts = stage_counts(find_applications(viewer, wanted.of_any_stage))
    return Changes(
        known=now_known,
        cards=cards_of(viewer, rows, stages),
        gone=[pk for pk, _, _ in moved if pk not in shown] + sorted(hidden),
        counts={pk: counts.get(pk, 0) for pk in stages},
        too_many=len(moved) > MOST,
    )


def _digest(window: Iterable[tuple[int, int, datetime]], hidden: Iterable[int]) -> str:
    """Empty for nothing, as a board begins."""
    told = [f"{pk}:{stage}:{at.isoformat()}" for pk, stage, at in window] + [str(pk) for pk in sorted(hidden)]
    return blake2b(" ".join(told).encode(), digest_size=DIGEST).hexdigest() if told else ""
