"""Who did what, in words.

Values are shown for what people set up: accounts, roles and rubrics. Of candidates' records the page names the fields
only: what an administrator who sits on a panel owes a scorecard on must not reach them through history.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from screening.accounts.models import User
from screening.accounts.queries.history_rows import Place, Row, newest, read_rows, subject_of, tables

OPEN_APPS = ("accounts", "rubrics")
CLOSED_MODELS = ("rubrics.GateOverride",)  # tells what an application is missing
LONGEST_VALUE = 120
VERBS = {"insert": "added", "update": "changed", "delete": "removed"}


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
class HistoryPage:
    entries: list[Entry]
    older: Place | None


def history(*, below: Place | None = None, rows: int = 50, of_people: bool = True) -> HistoryPage:
    """Without `of_people` it leaves out what happened to candidates: that something happened may be an opinion."""
    closed = () if of_people else [number for number in range(len(tables())) if not _values_shown(subject_of(number))]
    places = newest(below, rows + 1, without=closed)
    shown = places[:rows]
    found = {row.place: row for row in read_rows(shown)}
    names = names_of_people(found.values())
    entries = [entry_of(found[place], names) for place in shown]
    return HistoryPage(entries, older=shown[-1] if len(places) > rows else None)


def names_of_people(rows: Iterable[Row]) -> dict[int, str]:
    """Of those who acted and of those whom a value names."""
    people = set()
    for row in rows:
        people.add(row.context.get("actor"))
        for field in subject_of(row.place.table)._meta.concrete_fields:
            if field.related_model is User:
                people |= {row.now.get(field.attname), (row.before or {}).get(field.attname)}
    return dict(User.objects.filter(pk__in=people - {None}).values_list("pk", "name"))


def entry_of(row: Row, names: dict[int, str]) -> Entry:
    model = subject_of(row.place.table)
    values_shown = _values_shown(model)
    called = str(row.now.get("name") or row.now.get("title") or "") if values_shown else ""
    actor = row.context.get("actor")
    return Entry(
        place=row.place,
        verb=VERBS.get(row.label, row.label),
        noun=str(model._meta.verbose_name),
        subject=called or f"no. {row.subject_id}",
        actor=names.get(actor, "Somebody no longer known") if actor else "The program",
        action=action_in_words(row.context),
        request_id=str(row.context.get("request") or row.context.get("job") or ""),
        changes=tuple(changes_of(row, model, names if values_shown else None)),
        values_shown=values_shown,
    )


def _values_shown(model: type[models.Model]) -> bool:
    return model._meta.app_label in OPEN_APPS and model._meta.label not in CLOSED_MODELS


def action_in_words(context: dict[str, Any]) -> str:
    """The name of the page, such as `accounts:client_new`, or that it was work in the background."""
    page = str(context.get("action") or "").rpartition(":")[2].replace("_", " ")
    return page or ("in the background" if context.get("job") else "")


def changes_of(row: Row, model: type[models.Model], names: dict[int, str] | None) -> Iterator[Change]:
    """Of a changed row the fields that differ; of a new one those that are not empty; without names no values."""
    if row.label == "delete":
        return
    before = (row.before or {}) if row.label == "update" else {}
    for field in model._meta.concrete_fields:
        key = field.attname
        if field.primary_key or getattr(field, "auto_now_add", False) or key not in row.now:
            continue
        value, earlier = row.now[key], before.get(key)
        if value == earlier or (row.label == "insert" and value in ("", None)):
            continue
        label = str(field.verbose_name)
        if names is None:
            yield Change(label, None, None)
        else:
            yield Change(label, in_words(field, earlier, names) if before else None, in_words(field, value, names))


def in_words(field: Any, value: Any, names: dict[int, str]) -> str:
    if value in (None, ""):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.related_model is User:
        return names.get(value, f"no. {value}")
    if field.is_relation:
        return f"no. {value}"
    if isinstance(field, models.DateTimeField):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%d %b %Y, %H:%M}"
    text = json.dumps(value) if isinstance(value, dict | list) else str(dict(field.flatchoices).get(value, value))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
