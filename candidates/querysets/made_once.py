"""Statements in which only values change, made once: Django takes longer to put one together than PostgreSQL to answer.

A query set is made of marks in the place of the values; what it says in SQL is kept, for a reader under all that decides
what they may see, of which alone it was made. So no rule is written, or decided, twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from psycopg2.extensions import AsIs

from candidates.querysets.words import TRIGRAM

if TYPE_CHECKING:
    from screening.accounts.models import User
    from screening.postgresql.base import DatabaseWrapper

Plain = str | int | datetime
Given = Plain | Sequence[Plain]
Make = Callable[..., QuerySet[Any, Any]]
Fixed = tuple[tuple[str, Hashable], ...]
Made = tuple[str, tuple[Any, ...]]

WORD, LONG = 0xE100, "\ue0ff"
WORDS = re.compile("([\ue100-\uf8ff])x\ue0ff?")
"""Marks of words: as short or as long as these, and with a letter, or they would be none. For private use: nobody types them."""
NUMBER = -(10**12)
MOMENT = datetime(1, 1, 1, tzinfo=UTC)


class Reader(Hashable, Protocol):
    """Somebody, as far as a list is theirs: equal where each would find the same."""

    def user(self) -> User: ...


def rows_of(
    make: Make, *values: Given, reader: Reader | None = None, by_key: bool = False, **fixed: Hashable
) -> list[tuple[Any, ...]]:
    """What `make(*values, **fixed)` finds, a list of values; for a reader `make(user, *values, **fixed)`.

    It may compare with the values, not reckon with them. What is fixed stands in the statement for good, and so would
    whatever else it asks: the time of day, say, must be a value. `by_key` where they are
    numbers or moments and the same plan serves them all.
    """
    made = (_made_by_key if by_key else _made)(make, reader, tuple(map(_shape, values)), tuple(fixed.items()))
    if made is None:
        return []
    sql, marked = made
    given = list(_flat(values))
    asked = [_value(mark, given) for mark in marked]
    with connection.cursor() as cursor:
        if by_key:
            cast("DatabaseWrapper", connection).execute_planned(cursor, sql, asked)
        else:
            cursor.execute(sql, asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@lru_cache(maxsize=500)
def _made(make: Make, reader: Reader | None, shapes: tuple[Any, ...], fixed: Fixed) -> Made | None:
    """The statement and what is given with it; None for one that needs no answer."""
    marks = _marks(shapes, count())
    found = make(*((reader.user(),) if reader else ()), *marks, **dict(fixed))
    try:
        made: Made = found.query.sql_with_params()
    except EmptyResultSet:
        return None
    return made


@lru_cache(maxsize=500)
def _made_by_key(make: Make, reader: Reader | None, shapes: tuple[Any, ...], fixed: Fixed) -> Made | None:
    """Nothing but marks is given with it, and they are $1, $2 … there: what is fixed may well decide how to find the rest."""
    made = _made(make, reader, shapes, fixed)
    if made is None:
        return None
    sql, marked = made
    keys = tuple(dict.fromkeys(mark for mark in marked if _is_key(mark)))
    places = [AsIs(f"${keys.index(mark) + 1}") if _is_key(mark) else mark for mark in marked]
    with connection.cursor() as cursor:
        return cursor.mogrify(sql, places).decode(), keys


def _shape(value: Given) -> Any:
    if isinstance(value, str):
        return len(value) < TRIGRAM
    if isinstance(value, int | datetime):
        return int if isinstance(value, int) else datetime
    return tuple(map(_shape, value))


def _marks(shapes: Iterable[Any], numbers: Iterator[int]) -> list[Any]:
    return [_marks(shape, numbers) if isinstance(shape, tuple) else _mark(shape, next(numbers)) for shape in shapes]


def _mark(shape: Any, number: int) -> Plain:
    if shape is int:
        return NUMBER - number
    if shape is datetime:
        return MOMENT + timedelta(number)
    return f"{chr(WORD + number)}x{'' if shape else LONG}"


def _flat(values: Iterable[Given]) -> Iterator[Plain]:
    for value in values:
        if isinstance(value, str | int | datetime):
            yield value
        else:
            yield from value


def _value(mark: Any, given: Sequence[Any]) -> Any:
    """What is asked for in the place of a mark."""
    if isinstance(mark, str):
        return WORDS.sub(lambda found: given[ord(found[1]) - WORD], mark)
    if not _is_key(mark):
        return mark
    return given[NUMBER - mark] if isinstance(mark, int) else given[(mark - MOMENT).days]


def _is_key(mark: Any) -> bool:
    if isinstance(mark, int):
        return mark <= NUMBER
    return isinstance(mark, datetime) and mark.year < MOMENT.year + 100
