"""The people behind a number of the pipeline's insights, by name as far as the reader may read it, and why they are out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from candidates.models import Application, StageChange
from candidates.models.applications import UNDONE
from candidates.queries.considerations import Considered, Way
from rubrics.enums import NameForm, StageKind
from screening.accounts.models import User


@dataclass(frozen=True)
class Reason:
    """Why somebody was rejected or withdrew, and who (id) wrote it."""

    text: str = ""
    by: int | None = None


@dataclass(frozen=True)
class Listed:
    application: int
    candidate: int
    name: str
    role: str
    client: str
    source: str
    ending: str
    ended: str
    finished_at: datetime
    furthest: str
    days: float | None
    why: Reason


def listed(user: User, way: Way, rows: Sequence[Considered], *, until: datetime) -> list[Listed]:
    """In the order given, with what was known then; two statements."""
    found = Application.objects.opinions_visible_to(user).select_related("candidate", "role__client")
    applications = found.in_bulk([row.application for row in rows])
    shown = [row for row in rows if row.application in applications]
    why = _reasons(way, shown, until)
    return [_listed(user, way, row, applications[row.application], why.get(row.application, Reason())) for row in shown]


def opinions_in(user: User, people: Sequence[Listed]) -> set[int]:
    """Applications (ids) of which somebody else's reason stands there."""
    return {one.application for one in people if one.why.text and one.why.by != user.pk}


def _reasons(way: Way, rows: Sequence[Considered], until: datetime) -> dict[int, Reason]:
    """By application: what the newest move out that counts says. One that led to where they no longer stood does not."""
    ending = {row.application: row.ending for row in rows}
    known = StageChange.objects.filter(application__in=ending, at__lt=until).exclude(reason=UNDONE)
    moves = known.filter(to_stage__in=way.out).order_by("at", "pk")  # the newest is the last and stays
    told = moves.values_list("application_id", "to_stage_id", "reason", "by_id")
    return {pk: Reason(text, by) for pk, stage, text, by in told if way.out[stage] == ending[pk]}


def _listed(user: User, way: Way, row: Considered, application: Application, why: Reason) -> Listed:
    person, role = application.candidate, application.role
    return Listed(
        application=application.pk,
        candidate=person.pk,
        name=person.name_in(NameForm.FULL if user.is_staff_of_firm else role.name_form),
        role=role.title,
        client=role.client.name,
        source=application.get_source_display(),
        ending=row.ending,
        ended=str(StageKind(row.ending).label),
        finished_at=row.finished_at,
        furthest=way.steps[row.furthest].name if way.steps else "",
        days=row.days,
        why=why,
    )
