"""Who did what: the newest rows of all history tables as one list, read by their index whatever their number.

Values are shown for what people set up: accounts, roles and rubrics. Of candidates' records the page names the fields
only: what an administrator who sits on a panel owes a scorecard on must not reach them through history.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, cast

from django.apps import apps
from django.db import connection, models
from pghistory.models import Event

from screening.accounts.models import User

OPEN_APPS = ("accounts", "rubrics")
CLOSED_MODELS = ("rubrics.GateOverride",)  # tells what an application is missing
LONGEST_VALUE = 120
VERBS = {"insert": "Added", "update": "Changed", "delete": "Removed"}


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
class Change:
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Entry:
    place: Place
    verb: str
    noun: str
    subject: str
    actor: str
    action: str
    request_id: str
    changes: tuple[Change, ...]
    values_shown: bool


@dataclass(frozen=True)
class Row:
    """One row of a history table with the one before it."""

    place: Place
    label: str
    subject_id: str
    context: dict[str, Any]
    now: dict[str, Any]
    before: dict[str, Any] | None


@dataclass(frozen=True)
class HistoryPage:
    entries: list[Entry]
    older: Place | None


@cache
def tables() -> tuple[type[Event], ...]:
    """Every history table, in an order that does not change while the program runs."""
    found = [model for model in apps.get_models() if issubclass(model, Event) and not model._meta.proxy]
    return tuple(sorted(found, key=lambda model: model._meta.db_table))


def subject_of(table: int) -> type[models.Model]:
    return cast("type[models.Model]", tables()[table].pgh_tracked_model)


def history(*, below: Place | None = None, rows: int = 50) -> HistoryPage:
    places = newest(below, rows + 1)
    shown = places[:rows]
    found = {row.place: row for row in read_rows(shown)}
    names = names_of_actors(found.values())
    entries = [entry_of(found[place], names) for place in shown]
    return HistoryPage(entries, older=shown[-1] if len(places) > rows else None)


def newest(below: Place | None, rows: int) -> list[Place]:
    """The places of the newest rows: a few from each table by index, then the newest of those."""
    parts, values = [], []
    for number, table in enumerate(tables()):
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


def names_of_actors(rows: Iterable[Row]) -> dict[int, str]:
    actors = {row.context.get("actor") for row in rows}
    return dict(User.objects.filter(pk__in=[actor for actor in actors if actor]).values_list("pk", "name"))


def entry_of(row: Row, names: dict[int, str]) -> Entry:
    model = subject_of(row.place.table)
    values_shown = model._meta.app_label in OPEN_APPS and model._meta.label not in CLOSED_MODELS
    noun = str(model._meta.verbose_name)
    subject = str(row.now.get("name") or row.now.get("title") or "") if values_shown else ""
    actor = row.context.get("actor")
    return Entry(
        place=row.place,
        verb=VERBS.get(row.label, row.label),
        noun=noun,
        subject=subject or f"{noun} {row.subject_id}",
        actor=names.get(actor, "Somebody no longer known") if actor else "The program",
        action=action_in_words(row.context),
        request_id=str(row.context.get("request") or row.context.get("job") or ""),
        changes=tuple(changes_of(row, model, values_shown=values_shown)),
        values_shown=values_shown,
    )


def action_in_words(context: dict[str, Any]) -> str:
    return str(context.get("action") or "").replace("_", " ").replace(":", ": ")


def changes_of(row: Row, model: type[models.Model], *, values_shown: bool) -> Iterator[Change]:
    """Of a changed row the fields that differ; of a new or removed one those that are not empty."""
    if row.label == "delete":
        return
    before = (row.before or {}) if row.label == "update" else {}
    for key, value in row.now.items():
        if key == "id" or key.startswith("pgh_") or value == before.get(key, "" if value == "" else None):
            continue
        field = next((f for f in model._meta.concrete_fields if f.attname == key), None)
        name = str(field.verbose_name) if field else key
        if values_shown:
            yield Change(name, in_words(field, before[key]) if key in before else None, in_words(field, value))
        else:
            yield Change(name, None, None)


def in_words(field: "models.Field[Any, Any] | None", value: Any) -> str:
    choices = dict(getattr(field, "flatchoices", ()) or ())
    text = str(choices.get(value, value)) if not isinstance(value, dict | list) else json.dumps(value)
    text = {"None": "nothing", "True": "yes", "False": "no", "": "nothing"}.get(text, text)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
