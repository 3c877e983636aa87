"""Two who move the same cards at the very same moment: the second waits for the first, and misses nobody."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, connections, transaction

from candidates.models import Application
from candidates.services.applications import (
    MovedMeanwhile,
    bulk_move,
    enter_stage,
    enter_stage_together,
    move_application,
)
from rubrics.enums import StageKind
from rubrics.models import Role, Stage
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory
from tests.factories.rubrics import RoleFactory

# of this database: who waits for somebody's transaction has locks of tables as well
WAITING = """SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (
    SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
)"""


def stage(role: Role, kind: StageKind) -> Stage:
    return role.stages.get(kind=kind)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[list[object]]:
    """Begins a transaction; `act` runs beside it until it waits for what was done in here, and ends after it.

    What it answers, or its error, is in the list afterwards.
    """

    def run() -> object:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test wants to see it
            return error
        finally:
            connections.close_all()

    found: list[object] = []
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            yield found
            running = pool.submit(run)
            while not (somebody_waits() or running.done()):
                pass
        found.append(running.result(timeout=30))


@pytest.fixture
def role(committed_db: str) -> Role:
    return RoleFactory()


def at_stage(role: Role, kind: StageKind) -> Application:
    return ApplicationFactory(role=role, stage=stage(role, kind))


def test_the_second_to_move_a_card_is_told_where_it_stands(role: Role) -> None:
    card, by = at_stage(role, StageKind.SOURCED), RecruiterFactory()
    contacted, interviewing = stage(role, StageKind.CONTACTED), stage(role, StageKind.INTERVIEWING)
    late = partial(move_application, application=card, to=interviewing, by=by, now=NOW, seen=card.stage_id)
    with meanwhile(late) as found:
        move_application(application=card, to=contacted, by=by, now=NOW)
    [error] = found
    assert isinstance(error, MovedMeanwhile)
    card.refresh_from_db()
    assert card.stage == contacted


def test_many_moved_together_miss_nobody_whom_somebody_else_moves(role: Role) -> None:
    cards, by = [at_stage(role, StageKind.SOURCED) for _ in range(3)], RecruiterFactory()
    contacted, interviewing = stage(role, StageKind.CONTACTED), stage(role, StageKind.INTERVIEWING)
    late = partial(bulk_move, applications=cards, to=interviewing, by=by, now=NOW)
    with meanwhile(late) as found:
        move_application(application=cards[1], to=contacted, by=by, now=NOW)
    assert not isinstance(found[0], Exception)
    assert set(Application.objects.values_list("stage__kind", flat=True)) == {StageKind.INTERVIEWING}


@pytest.mark.parametrize("together", [True, False])
def test_the_program_moves_from_where_the_card_stands_by_then(role: Role, together: bool) -> None:
    card, by = at_stage(role, StageKind.INTERVIEWING), RecruiterFactory()
    kind = StageKind.SHORTLISTED
    late: Callable[[], object] = (
        partial(enter_stage_together, applications=[card.pk], kind=kind, by=by, now=NOW)
        if together
        else partial(enter_stage, application=card, kind=kind, by=by, now=NOW)
    )
    with meanwhile(late) as found:
        move_application(application=card, to=stage(role, StageKind.SCORED), by=by, now=NOW)
    assert not isinstance(found[0], Exception)
    card.refresh_from_db()
    assert card.stage.kind == kind
