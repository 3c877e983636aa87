"""A kept connection is used on without a word to the server, given up once it hung up, and finds again what it planned."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, connection

from screening.postgresql.base import MOST_PLANNED, DatabaseWrapper
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


def planned(one: Any, sql: str, *values: object) -> Any:
    with one.cursor() as cursor:
        one.execute_planned(cursor, sql, values)
        [row] = cursor.fetchall()
    return row


def plans_of(one: Any) -> int:
    with one.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def test_a_planned_statement_finds_what_any_other_finds(kept: Any) -> None:
    sql = "SELECT $1::int + 1, $2 || ' is 100%', $3::timestamptz IS NULL"

    for number, word in enumerate(["it", "'); DROP TABLE x; --", "%s", "$1", "ü"]):
        assert planned(kept, sql, number, word, None) == (number + 1, f"{word} is 100%", True)
    assert plans_of(kept) == 1


def test_plans_of_a_connection_are_limited(kept: Any) -> None:
    for number in range(MOST_PLANNED + 1):
        assert planned(kept, f"SELECT $1::int + {number}", 1) == (number + 1,)

    assert plans_of(kept) == 1
    assert planned(kept, "SELECT $1::int + 0", 1) == (1,)


def test_a_statement_that_failed_or_was_taken_back_is_asked_again(kept: Any) -> None:
    sql = "SELECT 1 / $1::int"
    with pytest.raises(DataError):
        planned(kept, sql, 0)
    assert planned(kept, sql, 1) == (1,)

    kept.set_autocommit(False)
    assert planned(kept, "SELECT $1::int", 1) == (1,)
    kept.rollback()
    assert planned(kept, "SELECT $1::int", 2) == (2,)
    kept.rollback()


def test_a_connection_made_anew_plans_anew(kept: Any) -> None:
    assert planned(kept, "SELECT $1::int", 1) == (1,)
    kept.close()
    assert planned(kept, "SELECT $1::int", 2) == (2,)
    assert plans_of(kept) == 1
