"""Tables that people bring, CSV or a workbook: found out how they are written, bounded, and read row by row.

Nothing in the file is trusted. A workbook is unpacked once within bounds before any library opens it, and its formulas
are never computed: they arrive as the text they are, and the check of the values refuses that.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO
from xml.etree.ElementTree import ParseError

from charset_normalizer import from_bytes
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from screening.accounts.errors import Refused

LARGEST = 30 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 200_000, 100, 50
LONGEST_CELL = 10_000
CHUNK = 256 * 1024
SAMPLE = 200_000
LOOKED_AT = 200
SEPARATORS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Western (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp874": "Thai (Windows-874)",
    "cp932": "Japanese (Shift JIS)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean",
}
UNPACKED, UNPACKED_WORDS, PARTS, RATIO = 400 * 1024 * 1024, 60 * 1024 * 1024, 1000, 150
SMALL = 1024 * 1024
DEFINES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
RUNS = re.compile(r"vbaproject|activex|/embeddings/|oleobject", re.IGNORECASE)

NO_TABLE = "This is neither a CSV file nor an Excel workbook (.xlsx). Save it as one of them."
BROKEN = "This workbook can’t be read. Save it again as .xlsx, or as CSV (UTF-8)."
BOMB = "This workbook unpacks to far more than a list of people. Save the one sheet as CSV (UTF-8)."
ACTIVE = "This workbook carries macros or embedded files. Save it as plain .xlsx or CSV."
TOO_LONG = f"The file has more than {MOST_ROWS:,} rows. Split it."
UNREADABLE_WORKBOOK = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError, AttributeError,
    IndexError, EOFError, NotImplementedError, RuntimeError, OSError,
)  # fmt: skip
"""Whatever a library that expects a whole workbook comes up with over half of one."""


@dataclass(frozen=True)
class Writing:
    """How a table is written; a workbook has sheets, anything else an encoding and a separator."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


Record = tuple[int, list[str]]


def find_writing(file: IO[bytes], *, name: str, size: int) -> Writing:
    """Raises Refused, in words, for anything that is no table or too large a one."""
    if size > LARGEST:
        raise Refused(f"“{name}” is larger than {LARGEST // 1024 // 1024} MB. Split it.")
    file.seek(0)
    first = file.read(4)
    if first == b"PK\x03\x04":
        check_workbook(file)
        return _find_sheet(file)
    if first.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rt", b"\x1f\x8b")) or name.lower().endswith(".xlsx"):
        raise Refused(NO_TABLE)
    encoding = find_encoding(file)
    return Writing(encoding=encoding, separator=find_separator(file, encoding))


def _find_sheet(file: IO[bytes]) -> Writing:
    """The first that holds a header and a row, for many a workbook begins with a page of explanations."""
    with _workbook(file) as book:
        sheets = {sheet.title: sheet for sheet in book.worksheets[:MOST_SHEETS]}
        filled = (title for title, sheet in sheets.items() if _is_filled(sheet.iter_rows(values_only=True)))
        return Writing(sheet=next(filled, next(iter(sheets), "")), sheets=tuple(sheets))


def _is_filled(rows: Iterable[Sequence[object]]) -> bool:
    return sum(any(cell not in {None, ""} for cell in row) for row in islice(rows, LOOKED_AT)) > 1


def find_encoding(file: IO[bytes]) -> str:
    """UTF-8 where all of it is; otherwise what its bytes look most like. A person may say it better."""
    file.seek(0)
    sample = file.read(SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample:
        raise Refused(NO_TABLE)
    if _is_utf8(file):
        return "utf-8-sig"
    return _likeliest(sample)


def _likeliest(sample: bytes) -> str:
    """Few bytes tell neighbours such as Western and Central European badly apart: then the commoner one."""
    order = list(ENCODINGS)
    found = list(from_bytes(sample, cp_isolation=order[2:]))
    if not found:
        return "cp1252"
    best = found[0]
    near = [one for one in found if one.chaos <= best.chaos + 0.01 and one.coherence >= best.coherence - 0.06]
    return min((one.encoding for one in near if one.encoding in order), key=order.index, default="cp1252")


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def find_separator(file: IO[bytes], encoding: str) -> str:
    """The one that cuts most lines into equally many cells, of those the one that cuts most."""

    def cut(separator: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for _, cells in islice(_csv(file, Writing(encoding, separator)), 30)]
        except Refused:
            return (0, 0)
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(SEPARATORS, key=cut)


def records(file: IO[bytes], writing: Writing) -> Iterator[Record]:
    """Rows that hold anything, with their numbers as a spreadsheet counts them. Raises Refused on the way."""
    with closing(_csv(file, writing) if writing.encoding else _sheet(file, writing)) as rows:
        for number, cells in rows:
            if number > MOST_ROWS + 1:
                raise Refused(TOO_LONG)
            if any(cells):
                yield number, cells


def _csv(file: IO[bytes], writing: Writing) -> Generator[Record]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=writing.encoding, newline="")
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=writing.separator), start=1):
            yield number, [_clean(cell) for cell in cells[: MOST_COLUMNS + 1]]
    except (csv.Error, UnicodeError) as error:
        label = ENCODINGS.get(writing.encoding, writing.encoding)
        raise Refused(
            f"The file can’t be read as {label}: choose another encoding, or save it as CSV (UTF-8)."
        ) from error
    finally:
        text.detach()


def _clean(cell: str) -> str:
    if "\0" in cell:
        raise Refused("The file holds characters that no table has. Save it as CSV (UTF-8).")
    return cell.strip(" \u00a0\n")[: LONGEST_CELL + 1]


def _sheet(file: IO[bytes], writing: Writing) -> Generator[Record]:
    with _workbook(file) as book:
        sheet = book[writing.sheet]
        sheet.reset_dimensions()  # what a file says of its own size is not believed
        width = MOST_COLUMNS + 1
        for number, cells in enumerate(sheet.iter_rows(max_col=width, values_only=True), start=1):
            texts = [_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            yield number, texts


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return _clean(str(cell))


@contextmanager
def _workbook(file: IO[bytes]) -> Iterator[Workbook]:
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()
    except UNREADABLE_WORKBOOK as error:
        raise Refused(BROKEN) from error


def check_workbook(file: IO[bytes]) -> None:
    """Unpacks every part within bounds, keeping nothing. Raises Refused for bombs, macros and definitions in XML."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > PARTS or len(names) != len(parts) or "xl/workbook.xml" not in names:
                raise Refused(NO_TABLE)
            if any(RUNS.search(name) for name in names):
                raise Refused(ACTIVE)
            left = UNPACKED
            for part in parts:
                left -= _unpack(archive, part, most=UNPACKED_WORDS if "sharedStrings" in part.filename else left)
    except UNREADABLE_WORKBOOK as error:
        raise Refused(BROKEN) from error


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, most: int) -> int:
    """How large it is. Its own header is not believed."""
    size, tail = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most or (size > SMALL and size > RATIO * max(part.compress_size, 1)):
                raise Refused(BOMB)
            is_xml = part.filename.endswith((".xml", ".rels"))
            if is_xml and (b"\0" in chunk or DEFINES.search(tail + chunk)):
                raise Refused(BROKEN)
            tail = chunk[-10:]
    return size
