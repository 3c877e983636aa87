"""What the database itself refuses, and the history it keeps.

Content that must never change is held by triggers rather than by the application: they refuse everybody except the
owner of the table, so only a migration or a database function that the owner defined (erasure) gets past them.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

import pghistory
import pgtrigger
from django.db import models

M = TypeVar("M", bound=models.Model)

REFUSE = """
    IF (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) <> current_user THEN
        RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, '{why}' USING ERRCODE = '23001';
    END IF;
"""
RETURN_ROW = "IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;"


class Both(pgtrigger.Condition):
    """Two conditions that must hold together; pgtrigger combines only those of one kind."""

    def __init__(self, first: pgtrigger.Condition, second: pgtrigger.Condition) -> None:
        self.first, self.second = first, second

    def resolve(self, model: type[models.Model]) -> str:
        return f"(({self.first.resolve(model)}) AND ({self.second.resolve(model)}))"


def never_truncated() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="never_truncated",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=REFUSE.format(why="it is kept") + "RETURN NULL;",
    )


def never_changes(
    *, why: str, once: pgtrigger.Q | None = None, except_for: Iterable[str] = ()
) -> list[pgtrigger.Trigger]:
    """Refuse UPDATE of content columns, DELETE and TRUNCATE.

    `once` limits the refusal to rows whose old values meet it (a draft may change, what is published may not);
    `except_for` names the columns that may still change, such as the date of an approval.
    """
    changed: pgtrigger.Condition = pgtrigger.AnyChange(exclude=list(except_for))
    return [
        pgtrigger.Trigger(
            name="content_never_changes",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=changed if once is None else Both(once, changed),
            func=REFUSE.format(why=why) + "RETURN NEW;",
        ),
        pgtrigger.Trigger(
            name="never_deleted",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            condition=once,
            func=REFUSE.format(why=why) + "RETURN OLD;",
        ),
        never_truncated(),
    ]


def sealed_with(*, parents: str, why: str) -> list[pgtrigger.Trigger]:
    """Refuse INSERT, UPDATE and DELETE of rows that belong to something sealed.

    `parents` is an SQL query over OLD and NEW that yields a row when a parent of either is sealed.
    """
    return [
        pgtrigger.Trigger(
            name="sealed_with_parent",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=f"IF EXISTS ({parents}) THEN {REFUSE.format(why=why)} END IF; {RETURN_ROW}",
        ),
        never_truncated(),
    ]


def keep_history(*, once: pgtrigger.Q | None = None, exclude: Iterable[str] = ()) -> Callable[[type[M]], type[M]]:
    """Keep every version of a model's rows, with who, when and which action, where nobody can rewrite them.

    `once` is a condition on the new values: history begins with the first row that meets it.
    """
    trackers: list[pghistory.RowEvent] = [
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange() if once is None else Both(once, pgtrigger.AnyChange()))
    ]
    if once is None:
        trackers += [pghistory.InsertEvent(), pghistory.DeleteEvent()]
    return cast(
        "Callable[[type[M]], type[M]]",
        pghistory.track(
            *trackers,
            exclude=list(exclude) or None,
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(),
            meta={
                "triggers": never_changes(why="history is kept"),
                "indexes": [models.Index(fields=["-pgh_created_at", "-pgh_id"])],  # the audit page reads newest first
            },
        ),
    )
