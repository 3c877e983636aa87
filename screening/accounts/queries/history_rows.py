"""The newest rows of all history tables as one list, read by their index whatever their number."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, cast

from django.apps import apps
from django.db import connection, models
from pghistory.models import Event


@dataclass(frozen=True, order=True)
class Place:
    """Where a row stands in the list: time, table, row. The next page begins below it."""

    at: datetime
    table: int
    row: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.table}~{self.row}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        try:
            at, table, row = text.split("~")
            return cls(datetime.fromisoformat(at), int(table), int(row))
        except ValueError:
            return None


@dataclass(frozen=True)
class Row:
    """One row of a history table with the one before it."""

    place: Place
    label: str
    subject_id: str
    context: dict[str, Any]
    now: dict[str, Any]
    before: dict[str, Any] | None


@cache
def tables() -> tuple[type[Event], ...]:
    """Every history table, in an order that does not change while the program runs."""
    found = [model for model in apps.get_models() if issubclass(model, Event) and not model._meta.proxy]
    return tuple(sorted(found, key=lambda model: model._meta.db_table))


def subject_of(table: int) -> type[models.Model]:
    return cast("type[models.Model]", tables()[table].pgh_tracked_model)


def newest(below: Place | None, rows: int, *, without: Collection[int] = ()) -> list[Place]:
    """The places of the newest rows: a few from each table by index, then the newest of those.

    `without` are tables (numbers) that are closed to the reader.
    """
    parts, values = [], []
    for number, table in enumerate(tables()):
        if number in without:
            continue
        where = ""
        if below is not None:
            # Of rows of the same time those of later tables came first.
            where = "WHERE (pgh_created_at, pgh_id) < (%s, %s)"
            values += [below.at, below_in(below, number)]
        parts.append(
            f"(SELECT pgh_created_at, {number} AS place, pgh_id FROM {table._meta.db_table} {where} "  # noqa: S608  # our own names
            "ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT %s)"
        )
        values.append(rows)
    sql = " UNION ALL ".join(parts) + " ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT %s"
    return [Place(*row) for row in fetch(sql, [*values, rows])]


def below_in(below: Place, table: int) -> int:
    """The first row, of those with the very same time, that is on the page already."""
    if table == below.table:
        return below.row
    return 0 if table > below.table else 2**31 - 1


def read_rows(places: list[Place]) -> Iterator[Row]:
    """The rows at these places and those before them, in one statement."""
    by_table = groupby(sorted(places, key=lambda place: place.table), key=lambda place: place.table)
    parts, values = [], []
    for number, of_table in by_table:
        name = tables()[number]._meta.db_table
        parts.append(
            f"SELECT e.pgh_created_at, {number}, e.pgh_id, e.pgh_label, e.pgh_obj_id::text, e.pgh_context, to_jsonb(e), "  # noqa: S608  # our own names
            f"(SELECT to_jsonb(b) FROM {name} b WHERE b.pgh_obj_id = e.pgh_obj_id AND b.pgh_id < e.pgh_id "
            f"ORDER BY b.pgh_id DESC LIMIT 1) FROM {name} e WHERE e.pgh_id = ANY(%s)"
        )
        values.append([place.row for place in of_table])
    for at, number, row, label, subject_id, context, now, before in fetch(" UNION ALL ".join(parts), values):
        yield Row(Place(at, number, row), label, subject_id, loaded(context) or {}, loaded(now), loaded(before))


def fetch(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def loaded(value: Any) -> Any:
    """Django's connections give JSON of raw SQL as text."""
    return json.loads(value) if isinstance(value, str) else value
