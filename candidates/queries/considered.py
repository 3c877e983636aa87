"""The people behind a number of the pipeline's insights, by name as far as the reader may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from candidates.models import Application
from candidates.queries.considerations import Considered, Way
from rubrics.enums import NameForm, StageKind
from screening.accounts.models import User


@dataclass(frozen=True)
class Listed:
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


def listed(user: User, way: Way, rows: Sequence[Considered]) -> list[Listed]:
    """In the order given; one statement."""
    found = Application.objects.opinions_visible_to(user).select_related("candidate", "role__client")
    applications = found.in_bulk([row.application for row in rows])
    return [_listed(user, way, row, applications[row.application]) for row in rows if row.application in applications]


def _listed(user: User, way: Way, row: Considered, application: Application) -> Listed:
    person, role = application.candidate, application.role
    return Listed(
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
    )
