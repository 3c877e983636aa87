"""A file of scorecards as values: one row a scorecard, columns candidate, rater, then one per dimension."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rubrics.models import Dimension
from screening.accounts.errors import Refused

FIXED = ("candidate", "rater")
NOT_ASSESSED = {"", "na", "n/a", "-"}
WHOLE = re.compile(r"-?[0-9]{1,4}")
MOST_BYTES, MOST_ROWS = 20_000_000, 200_000


@dataclass(frozen=True)
class BadRow:
    """`line` as a spreadsheet counts it, the header being 1; `column` empty when it is about the whole row."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        where = f"Row {self.line}, column “{self.column}”" if self.column else f"Row {self.line}"
        return f"{where}: {self.text}"


class BadRows(Refused):
    """The file has rows that can't be imported, and nothing was."""

    def __init__(self, rows: Sequence[BadRow]) -> None:
        more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""  # noqa: PLR2004 -- as many as one reads
        super().__init__("Nothing was imported. " + " ".join(str(row) for row in rows[:10]) + more)
        self.rows = list(rows)


@dataclass(frozen=True)
class SheetRow:
    line: int
    candidate: str
    rater: str
    levels: tuple[int | None, ...]


@dataclass(frozen=True)
class Sheet:
    rows: list[SheetRow]
    bad: list[BadRow]


def read_sheet(content: bytes, dimensions: Sequence[Dimension], *, lowest: int, highest: int) -> Sheet:
    """Rows as values, and what is wrong with the others. Raises Refused when the file as a whole can't be read."""
    text = _decode(content)
    reader = _records(text)
    header = [name.strip() for name in next(reader, [])]
    columns = _columns(header, dimensions)
    rows: list[SheetRow] = []
    bad: list[BadRow] = []
    seen: dict[tuple[str, str], int] = {}
    for line, cells in enumerate(reader, start=2):
        if line - 1 > MOST_ROWS:
            raise Refused(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        if not any(cell.strip() for cell in cells):
            continue
        row, problems = _read_row(line, cells, columns, header, lowest, highest)
        if row is not None and (first := seen.setdefault((row.candidate, row.rater), line)) != line:
            problems.append(BadRow(line, "", f"the same candidate and rater already stand in row {first}."))
        if problems or row is None:
            bad += problems
        else:
            rows.append(row)
    return Sheet(rows, bad)


def _records(text: str) -> Iterator[list[str]]:
    """The cells of each row. Raises Refused where a quote never ends or a line ends oddly."""
    try:
        yield from csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text))
    except csv.Error as error:
        raise Refused(f"The file can’t be read as CSV: {error}. Save it as CSV (UTF-8) again.") from error


def _decode(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Refused(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("The file is not UTF-8 text. Save it as CSV (UTF-8).") from error
    if "\0" in text:
        raise Refused("The file holds characters that no CSV has. Save it as CSV (UTF-8).")
    return text


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(header: Sequence[str], dimensions: Sequence[Dimension]) -> list[int]:
    """Where candidate, rater and the dimensions stand; dimensions by key or name. Raises Refused naming what is missing."""
    lowered = [name.lower() for name in header]
    doubled = {name for name in lowered if name and lowered.count(name) > 1}
    if doubled:
        raise Refused(f"The column “{min(doubled)}” stands in the header more than once.")
    places, missing = [], []
    for names in [{name} for name in FIXED] + [{item.key.lower(), item.name.lower()} for item in dimensions]:
        place = next((n for n, name in enumerate(lowered) if name in names), None)
        if place is None:
            missing.append(min(names))
        else:
            places.append(place)
    if missing:
        raise Refused(f"The header lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.")
    unknown = [name for place, name in enumerate(header) if name and place not in places]
    if unknown:
        raise Refused(f"The column “{unknown[0]}” is no dimension of this role's rubric. Rename or remove it.")
    return places


def _read_row(
    line: int, cells: Sequence[str], columns: Sequence[int], header: Sequence[str], lowest: int, highest: int
) -> tuple[SheetRow | None, list[BadRow]]:
    if len(cells) != len(header):
        return None, [BadRow(line, "", f"has {len(cells)} cells where the header has {len(header)}.")]
    values = [cells[place].strip() for place in columns]
    problems = [BadRow(line, name, "is empty.") for name, value in zip(FIXED, values, strict=False) if not value]
    problems += [
        BadRow(line, name, "is longer than 120 characters.")
        for name, value in zip(FIXED, values, strict=False)
        if len(value) > 120  # noqa: PLR2004 -- as the column is
    ]
    levels: list[int | None] = []
    for place, value in zip(columns[2:], values[2:], strict=True):
        if value.lower() in NOT_ASSESSED:
            levels.append(None)
        elif WHOLE.fullmatch(value) and lowest <= int(value) <= highest:
            levels.append(int(value))
        else:
            problems.append(BadRow(line, header[place], f"“{value}” is not a level from {lowest} to {highest}."))
    if not problems and all(level is None for level in levels):
        problems.append(BadRow(line, "", "has no level at all."))
    return SheetRow(line, values[0], values[1], tuple(levels)), problems
