"""A kept connection is used on without a word to the server, and given up once the server hung up."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from screening.postgresql.base import DatabaseWrapper
from tests.databases import maintenance, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[Any]:
    one = connection.copy()
    one.connect()
    yield one
    one.close()


def last_asked(one: Any) -> Any:
    """When the server last began or ended something for this connection."""
    with maintenance() as other:
        pid = one.connection.info.backend_pid
        [moment] = run(other, "SELECT state_change FROM pg_stat_activity WHERE pid = %s", pid)
    return moment


def test_a_connection_that_stands_is_not_asked(kept: Any) -> None:
    assert isinstance(kept, DatabaseWrapper)
    before = last_asked(kept)

    assert kept.is_usable()

    assert last_asked(kept) == before


def test_after_an_error_the_server_is_asked(kept: Any) -> None:
    before = last_asked(kept)
    kept.errors_occurred = True

    assert kept.is_usable()

    assert last_asked(kept) != before


def test_a_connection_the_server_ended_is_made_anew(kept: Any) -> None:
    with maintenance() as other:
        run(other, "SELECT pg_terminate_backend(%s, 5000)", kept.connection.info.backend_pid)

    assert not kept.is_usable()
    kept.health_check_enabled, kept.health_check_done = True, False
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
