"""Bringing a table of people in: kept, mapped, checked without changing anything, decided, and then run or discarded."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import PurePath

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from candidates.enums import DuplicateRule, ImportState
from candidates.models import CandidateImport, ImportRow
from candidates.services.import_matches import find_matches
from candidates.services.import_values import (
    FIELDS,
    RowReader,
    guess_mapping,
    header_key,
    named_columns,
    phone_digits,
)
from candidates.services.tables import MOST_COLUMNS, Record, Writing, find_writing, records
from rubrics.models import Role
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.services.jobs import request_job

CHECK, RUN, FORGET = "candidates.check_import", "candidates.run_import", "candidates.forget_import"
KEPT_OPEN, KEPT_DONE = timedelta(days=14), timedelta(days=7)
AT_ONCE = 2_000
SHOWN = 5
AT_WORK = (ImportState.CHECKING, ImportState.IMPORTING)
Report = Callable[[int, int | None], None]
"""Told how many are done, and of how many where that is known."""


@transaction.atomic
def start_import(*, upload: File[bytes], role: Role | None, source: str, by: User, now: datetime) -> CandidateImport:
    """Keep the file, find out how it is written and what its columns hold. Raises Refused for what is no table."""
    name = PurePath(str(upload.name or "").replace("\\", "/")).name[-120:]
    writing = find_writing(upload, name=name, size=upload.size or 0)
    of = CandidateImport(name=name, role=role, source=source, created_by=by, created_at=now)
    _take_writing(of, writing)
    _read_header(of, upload)
    upload.seek(0)
    of.file.save(name, upload, save=False)
    of.save()
    request_job(task=FORGET, params={"import": of.pk}, title="Deleting an imported file", delay=KEPT_OPEN)
    return of


def _take_writing(of: CandidateImport, writing: Writing) -> None:
    of.encoding, of.separator, of.sheet = writing.encoding, writing.separator, writing.sheet
    of.sheets = list(writing.sheets)


def _read_header(of: CandidateImport, file: File[bytes]) -> None:
    """The columns, and what they held the last time the same person's firm mapped the same ones."""
    first = [cells for _, cells in islice(records(file, writing_of(of)), 2)]
    if not first:
        raise Refused("The file is empty. Its first row says what the columns hold.")
    if len(first[0]) > MOST_COLUMNS:
        raise Refused(f"The file has more than {MOST_COLUMNS} columns. Leave out those that are not needed.")
    if len(first) == 1:
        raise Refused("The file has no row but its header.")
    of.header = named_columns(first[0])
    of.header_key = header_key(of.header)
    of.mapping = _remembered(of) or _read_of(of, guess_mapping(of.header))


def _remembered(of: CandidateImport) -> dict[str, str]:
    known = CandidateImport.objects.filter(header_key=of.header_key).exclude(mapping={}).exclude(pk=of.pk)
    before = known.exclude(state=ImportState.MAPPING).values_list("mapping", flat=True).first()
    return {column: name for column, name in (before or {}).items() if column in of.header}


def _read_of(of: CandidateImport, mapping: Mapping[str, str]) -> dict[str, str]:
    """What of a mapping is read: a source is of an application, which nobody gets without a pipeline."""
    return {column: name for column, name in mapping.items() if name != "source" or of.role_id}


def writing_of(of: CandidateImport) -> Writing:
    return Writing(of.encoding, of.separator, of.sheet, tuple(of.sheets))


def first_rows(of: CandidateImport) -> list[Record]:
    """What the mapping is chosen by. Raises Refused when the file can't be read this way, or is gone."""
    with _opened(of) as file:
        return list(islice(records(file, writing_of(of)), 1, SHOWN + 1))


def _opened(of: CandidateImport) -> File[bytes]:
    try:
        return of.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Refused("The file has been deleted meanwhile. Bring it again.") from error


@transaction.atomic
def read_again(*, of: CandidateImport, writing: Writing) -> CandidateImport:
    """With another encoding, separator or sheet. Raises Refused when that makes no table of it."""
    locked = _lock(of)
    locked.encoding, locked.separator, locked.sheet = writing.encoding, writing.separator, writing.sheet
    with _opened(locked) as file:
        _read_header(locked, file)
    locked.save()
    return locked


@transaction.atomic
def reopen_mapping(*, of: CandidateImport) -> CandidateImport:
    """Back to the columns. Raises Refused once rows have been imported."""
    locked = _lock(of)
    if locked.rows.exclude(outcome="").exists():
        raise Refused("Some rows are imported already. Go on, or discard the rest.")
    locked.state = ImportState.MAPPING
    locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def map_columns(*, of: CandidateImport, mapping: Mapping[str, str], by: User) -> CandidateImport:
    """Say what the columns hold, and have the file checked. Raises Refused while nothing tells people's names."""
    locked = _lock(of)
    if locked.rows.exclude(outcome="").exists():
        raise Refused("Some rows are imported already. Go on, or discard the rest.")
    chosen = {column: mapping[column] for column in locked.header if mapping.get(column) in FIELDS}
    _check_mapping(chosen)
    locked.mapping = chosen
    return _work(locked, ImportState.CHECKING, CHECK, f"Check “{locked.name}”", by)


def _check_mapping(mapping: Mapping[str, str]) -> None:
    holds: dict[str, list[str]] = {}
    for column, name in mapping.items():
        holds.setdefault(name, []).append(column)
    for name, columns in holds.items():
        if len(columns) > 1 and name != "links":
            one, two, *_ = columns
            raise Refused(f"“{one}” and “{two}” are both said to hold “{FIELDS[name]}”. Choose one.")
    if not {"name", "first_name", "last_name"} & set(holds):
        raise Refused("Say which column holds people’s names.")


def _work(of: CandidateImport, state: ImportState, task: str, title: str, by: User) -> CandidateImport:
    of.state, of.error = state, ""
    of.job = request_job(task=task, params={"import": of.pk}, title=title[:200], key=f"{task}:{of.pk}", by=by)
    of.save()
    return of


def _lock(of: CandidateImport) -> CandidateImport:
    """For somebody who changes it: raises Conflict while a worker has it, Refused when it is over."""
    locked = CandidateImport.objects.select_for_update(of=("self",)).select_related("job").get(pk=of.pk)
    if locked.state in AT_WORK and locked.job is not None and not locked.job.is_finished:
        raise Conflict("Work on this file is going on. Wait for it, or cancel it.")
    if locked.state in {ImportState.DONE, ImportState.DISCARDED}:
        raise Refused("This import is over. Bring the file again.")
    return locked


def check_import(*, import_id: int, report: Report) -> None:
    """Read every row into the database and find duplicates; no candidate is touched. Begins anew when interrupted."""
    of = CandidateImport.objects.filter(pk=import_id, state=ImportState.CHECKING).first()
    if of is None:
        return
    try:
        _stage_rows(of, report)
    except Refused as refused:
        of.rows.all().delete()
        _change(of, state=ImportState.MAPPING, error=refused.message[:500])
        return
    reader = RowReader(of.header, _read_of(of, of.mapping))
    find_matches(of=of, email=reader.column_of("email"), reference=reader.column_of("reference"))
    _change(of, state=ImportState.CHECKED)


def _change(of: CandidateImport, **values: object) -> None:
    CandidateImport.objects.filter(pk=of.pk).update(**values)


def _stage_rows(of: CandidateImport, report: Report) -> None:
    ImportRow.objects.filter(of=of).delete()
    reader = RowReader(of.header, _read_of(of, of.mapping))
    done = 0
    with _opened(of) as file:
        # A workbook takes as long to count as to read.
        total = None if of.is_workbook else sum(1 for _ in records(file, writing_of(of))) - 1
        rows = islice(records(file, writing_of(of)), 1, None)
        while chunk := [_row(of, reader, number, cells) for number, cells in islice(rows, AT_ONCE)]:
            ImportRow.objects.bulk_create(chunk)
            done += len(chunk)
            report(done, total)


def _row(of: CandidateImport, reader: RowReader, number: int, cells: list[str]) -> ImportRow:
    read = reader.read(cells)
    good = read.values if not read.problems else {}
    return ImportRow(
        of=of,
        number=number,
        cells=cells,
        values=read.values,
        problems=read.problems,
        email=good.get("email", ""),
        phone=phone_digits(good.get("phone", "")),
        reference=good.get("reference", ""),
    )


@transaction.atomic
def decide(*, of: CandidateImport, if_same: str, if_alike: str, rows: Mapping[int, str]) -> CandidateImport:
    """What becomes of rows about people who are here: by rule, and for some rows (number → decision) by hand."""
    locked = _lock(of)
    if locked.state != ImportState.CHECKED:
        raise Conflict("The file has to be checked first.")
    if if_same == DuplicateRule.ADD:
        raise Refused("An e-mail and a reference belong to one person: leave such rows out, or update who is here.")
    locked.if_same, locked.if_alike = if_same, if_alike
    locked.save(update_fields=["if_same", "if_alike"])
    for decision in {"", *DuplicateRule.values}:
        numbers = [number for number, chosen in rows.items() if chosen == decision]
        if numbers:
            locked.rows.filter(number__in=numbers).exclude(match=None).update(decision=decision)
    return locked


@transaction.atomic
def request_run(*, of: CandidateImport, by: User) -> CandidateImport:
    """Have the checked rows imported; what an interrupted run left is done by the next."""
    locked = _lock(of)
    if locked.state not in {ImportState.CHECKED, ImportState.IMPORTING}:
        raise Conflict("The file has to be checked first.")
    return _work(locked, ImportState.IMPORTING, RUN, f"Import “{locked.name}”", by)


@transaction.atomic
def discard_import(*, of: CandidateImport) -> None:
    """Nothing more is imported; the file and its rows go now."""
    locked = _lock(of)
    forget(locked, state=ImportState.DISCARDED)


def forget_import(*, import_id: int) -> None:
    """The time is over for which the file and its rows are kept."""
    of = CandidateImport.objects.filter(pk=import_id).first()
    if of is None:
        return
    forget(of, state=ImportState.DONE if of.state == ImportState.DONE else ImportState.DISCARDED)


@transaction.atomic
def forget(of: CandidateImport, *, state: ImportState) -> None:
    name = of.file.name
    of.rows.all().delete()
    of.file = ""
    of.state = state
    of.save(update_fields=["file", "state"])
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
