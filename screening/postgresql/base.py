"""Django's PostgreSQL, which asks less of the server: whether a kept connection stands, how to find what it found before."""

import select
from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db.backends import utils
from django.db.backends.postgresql import base

MOST_PLANNED = 100  # of one connection: the server keeps each plan in memory
NUMBERS = count(1)
ANYHOW = "SET LOCAL plan_cache_mode = force_generic_plan; "  # else the server plans anew where it thinks that pays


class DatabaseWrapper(base.DatabaseWrapper):
    planned: dict[str, str]
    """What this connection calls the statements it has planned."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.planned = {}
        return super().get_new_connection(conn_params)

    def execute_planned(self, cursor: utils.CursorWrapper, sql: str, values: Sequence[Any]) -> None:
        """`cursor.execute`, but planned once for the connection: for what is found by its key, whichever that is.

        In `sql` the values are $1, $2 …; it compares them with something, which tells the server their types.
        """
        run = f"{ANYHOW}EXECUTE {{}}({', '.join(['%s'] * len(values))})"
        name = self.planned.get(sql)
        if name:
            cursor.execute(run.format(name), values)
            return
        name = f"planned_{next(NUMBERS)}"
        plan = sql.replace("%", "%%")
        cursor.execute(f"{self._room()}PREPARE {name} AS {plan}; {run.format(name)}", values)
        self.planned[sql] = name

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
