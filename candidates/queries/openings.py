"""Who at the client opened what of a shortlist, and when."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidates.enums import Opened
from candidates.models import Shortlist, ShortlistOpening


@dataclass(frozen=True)
class Look:
    """One thing somebody opened."""

    what: str
    first_at: datetime
    last_at: datetime

    @property
    def is_again(self) -> bool:
        return self.last_at - self.first_at >= timedelta(minutes=1)


@dataclass(frozen=True)
class Reader:
    """Somebody at the client, and what they opened: the shortlist, its report, then the people in their order."""

    name: str
    looks: tuple[Look, ...]
    people: int

    @property
    def last_at(self) -> datetime:
        return max(look.last_at for look in self.looks)


def readers_of(shortlist: Shortlist, names: Mapping[int, str]) -> list[Reader]:
    """Who read last comes first; `names` maps an entry (id) to what the reader of the list calls the person."""
    found: dict[int, list[ShortlistOpening]] = defaultdict(list)
    openings = ShortlistOpening.objects.filter(shortlist=shortlist).select_related("user")
    for opening in openings.order_by("-version", "-what", "entry__position"):
        found[opening.user_id].append(opening)
    readers = [_reader(rows, names) for rows in found.values()]
    return sorted(readers, key=lambda reader: reader.last_at, reverse=True)


def _reader(rows: list[ShortlistOpening], names: Mapping[int, str]) -> Reader:
    return Reader(
        name=rows[0].user.name,
        looks=tuple(Look(_what(row, names), row.first_at, row.last_at) for row in rows),
        people=len({row.entry_id for row in rows if row.what == Opened.ENTRY}),
    )


def _what(row: ShortlistOpening, names: Mapping[int, str]) -> str:
    of_version = f", version {row.version}" if row.version > 1 else ""
    if row.entry_id:
        return f"{names.get(row.entry_id, 'Somebody no longer on it')}{of_version}"
    return f"{Opened(row.what).label}{of_version}"
