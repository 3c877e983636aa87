"""Keyset pages: each begins where the last one ended, so that page 1,000 costs what page 1 costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ENOUGH = 1000
DIGITS = 18


@dataclass(frozen=True)
class Cursor:
    """The row a page begins after (or, going back, ends before)."""

    at: datetime
    pk: int
    back: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.back}{(self.at - EPOCH) // MICROSECOND}.{self.pk}"


def number_in(text: str) -> int | None:
    """A number from an address; None for anything else, and for one no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


def read_cursor(text: str) -> Cursor | None:
    """None for the first page, and for an address somebody garbled."""
    first, _, second = text.removeprefix("-").partition(".")
    at, pk = number_in(first), number_in(second)
    if at is None or pk is None:
        return None
    try:
        return Cursor(EPOCH + at * MICROSECOND, pk, back=text.startswith("-"))
    except OverflowError:
        return None


@dataclass(frozen=True)
class Slice:
    rows: list[dict[str, Any]]
    next: str
    previous: str


def newest_first(rows: QuerySet[Any, Any], *, field: str, cursor: str, size: int) -> Slice:
    """One page of rows (dicts with `field` and `pk`), by `field` and primary key, newest first."""
    return in_pages(rows, field=field, cursor=cursor, size=size)


def in_pages(rows: QuerySet[Any, Any], *, field: str, cursor: str, size: int, oldest_first: bool = False) -> Slice:
    """`newest_first`, or the other way round; a cursor always means: on from here as the page is sorted, or back."""
    start = read_cursor(cursor)
    back = start is not None and start.back
    rising = back != oldest_first
    if start is not None:
        rows = rows.filter(beyond(replace(start, back=rising), field=field))
    ordering = (field, "pk") if rising else (f"-{field}", "-pk")
    found: Sequence[dict[str, Any]] = list(rows.order_by(*ordering)[: size + 1])
    more = len(found) > size
    page = list(found[:size])
    if back:
        page.reverse()
    onward = more if not back else True
    before = more if back else start is not None
    return Slice(
        rows=page,
        next=str(Cursor(page[-1][field], page[-1]["pk"])) if page and onward else "",
        previous=str(Cursor(page[0][field], page[0]["pk"], back=True)) if page and before else "",
    )


def beyond(cursor: Cursor, *, field: str) -> Q:
    """Rows older than the cursor (or newer, with `back`). The first half lets an index find the place."""
    if cursor.back:
        return Q(**{f"{field}__gte": cursor.at}) & (Q(**{f"{field}__gt": cursor.at}) | Q(pk__gt=cursor.pk))
    return Q(**{f"{field}__lte": cursor.at}) & (Q(**{f"{field}__lt": cursor.at}) | Q(pk__lt=cursor.pk))


def counted(rows: QuerySet[Any, Any]) -> str:
    """How many, exactly up to a thousand: “304” or “1,000+”. Never counts a whole table."""
    number = rows.order_by()[: ENOUGH + 1].count()
    return f"{number:,}" if number <= ENOUGH else f"{ENOUGH:,}+"
