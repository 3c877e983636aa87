"""Django's PostgreSQL, which asks less of the server: whether a kept connection stands, how to find what it found before."""

import re
import select
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from django.db.backends import utils
from django.db.backends.postgresql import base

MOST_PLANNED = 100  # of one connection: the server keeps each plan in memory
NUMBERS = count(1)
PLACE = re.compile("%s")
TYPES = {bool: "boolean", int: "bigint", datetime: "timestamptz"}
"""Of values, as they have when they stand in a statement; of others the server looks what they are compared with."""


class DatabaseWrapper(base.DatabaseWrapper):
    planned: dict[tuple[str, str], str]
    """What this connection calls the statements it has planned, by what they say and the types of their values."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.planned = {}
        return super().get_new_connection(conn_params)

    def execute_planned(self, cursor: utils.CursorWrapper, sql: str, values: Sequence[Any]) -> None:
        """`cursor.execute`, but planned once for the connection: for what is found by its key, whichever that is."""
        types = ", ".join(TYPES.get(type(value), "unknown") for value in values)
        known = self.planned.get((sql, types))
        if known:
            cursor.execute(_run(known, values), values)
            return
        name = f"planned_{next(NUMBERS)}"
        plan = f"PREPARE {name}{types and f'({types})'} AS {_numbered(sql)}"
        cursor.execute(f"{self._room()}{plan}; {_run(name, values)}", values)
        self.planned[sql, types] = name

    def _room(self) -> str:
        if len(self.planned) < MOST_PLANNED:
            return ""
        self.planned.clear()
        return "DEALLOCATE ALL; "

    def is_usable(self) -> bool:
        """Between two requests a server says nothing unless it hangs up: only what it said, or an error, is asked after."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or self._said_something():
            return super().is_usable()
        return True

    def _said_something(self) -> bool:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))


def _numbered(sql: str) -> str:
    """With $1, $2 in the places of values."""
    numbers = count(1)
    return PLACE.sub(lambda _: f"${next(numbers)}", sql)


def _run(name: str, values: Sequence[Any]) -> str:
    return f"EXECUTE {name}({', '.join(['%s'] * len(values))})" if values else f"EXECUTE {name}"
