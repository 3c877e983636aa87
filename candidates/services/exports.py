"""Taking people's data out as CSV or a workbook: each time on record, and with nothing in it that computes."""

import csv
import io
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from candidates.enums import TableFormat
from candidates.models import Candidate, Export
from candidates.queries.applications import PipelineFilter, find_applications, viewer_of
from candidates.queries.candidates import CandidateFilter, find_candidates
from candidates.queries.exports import Table
from candidates.services.formulas import escaped
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.jobs import request_job

BUILD, FORGET = "candidates.build_export", "candidates.forget_export"
LARGE = 2_000
KEPT = timedelta(days=1)
REPORT_EVERY = 2_000
MOST_ROWS_OF_SHEET = 1_048_575
BOM = "\ufeff"
"""By which Excel knows UTF-8."""


@dataclass(frozen=True)
class Wanted:
    """A view of people: all of them, or one pipeline, and by what it is filtered."""

    filter: CandidateFilter | PipelineFilter
    role: Role | None = None

    def as_params(self) -> dict[str, Any]:
        return {"filter": asdict(self.filter), "role": self.role and self.role.pk}

    @classmethod
    def of_params(cls, params: dict[str, Any]) -> "Wanted":
        if params["role"] is None:
            return cls(CandidateFilter(**params["filter"]))
        return cls(PipelineFilter(**params["filter"]), Role.objects.get(pk=params["role"]))


def table_of(user: User, wanted: Wanted, *, now: datetime) -> Table:
    """By what the user may see at this moment, whenever it was asked for."""
    if wanted.role is None:
        assert isinstance(wanted.filter, CandidateFilter)
        return Table(find_candidates(user, wanted.filter), user)
    assert isinstance(wanted.filter, PipelineFilter)
    found = find_applications(viewer_of(user, wanted.role, now), wanted.filter)
    people = Candidate.objects.visible_to(user).filter(pk__in=found.values("candidate_id"), erased_at=None)
    return Table(people, user, wanted.role)


@transaction.atomic
def start_export(*, wanted: Wanted, words: str, format: str, by: User, now: datetime) -> Export:  # noqa: A002  # its name on every page
    """Put on record who takes what out. A large one is built by a job and has a file; for others there is none.

    `words` say how the list was filtered, without anybody's name: they are kept.
    """
    if not by.is_staff_of_firm:
        raise Refused("Only recruiters and administrators take people’s data out.")
    people = table_of(by, wanted, now=now).people.order_by()[: LARGE + 1].count()
    export = Export.objects.create(what=words[:250], format=format, created_by=by, created_at=now)
    if people <= LARGE:
        export.people, export.finished_at = people, now
    else:
        export.file = f"exports/{uuid.uuid4().hex}.{format}"
        params = {"export": export.pk, "wanted": wanted.as_params()}
        export.job = request_job(task=BUILD, params=params, title="Export of candidates", by=by)
        request_job(task=FORGET, params={"export": export.pk}, title="Deleting an exported file", delay=KEPT)
    export.save()
    return export


def build_export(*, export_id: int, wanted: dict[str, Any], now: datetime, report: Callable[[int], None]) -> None:
    """The file of a large export; begun anew when it was interrupted."""
    export = Export.objects.exclude(file="").select_related("created_by").filter(pk=export_id).first()
    if export is None or not export.created_by.is_active:
        return
    table = table_of(export.created_by, Wanted.of_params(wanted), now=now)
    done = 0

    def counted() -> Iterator[list[str]]:
        nonlocal done
        for row in table.rows():
            done += 1
            if done % REPORT_EVERY == 0:
                report(done)
            yield row

    with TemporaryFile() as file:
        write_table(file, table.header, counted(), format=export.format)
        file.seek(0)
        default_storage.delete(export.file)
        default_storage.save(export.file, File(file))
    Export.objects.filter(pk=export.pk).update(people=done, finished_at=timezone.now())


def forget_export(*, export_id: int) -> None:
    export = Export.objects.exclude(file="").filter(pk=export_id).first()
    if export is not None:
        name = export.file
        Export.objects.filter(pk=export_id).update(file="")
        default_storage.delete(name)


def csv_lines(header: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """As they come, for an answer that is streamed."""
    line = io.StringIO()
    writer = csv.writer(line)
    line.write(BOM)
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        writer.writerow([escaped(cell) for cell in row])
        if number % 100 == 0:
            yield line.getvalue()
            line.seek(0)
            line.truncate()
    yield line.getvalue()


def write_table(file: IO[bytes], header: list[str], rows: Iterable[list[str]], *, format: str) -> None:  # noqa: A002  # the same
    if format == TableFormat.XLSX:
        _write_workbook(file, header, rows)
        return
    for lines in csv_lines(header, rows):
        file.write(lines.encode())


def _write_workbook(file: IO[bytes], header: list[str], rows: Iterable[list[str]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Candidates")
    sheet.freeze_panes = "A2"
    sheet.append(header)
    for number, row in enumerate(rows):
        if number >= MOST_ROWS_OF_SHEET:
            raise Refused("A sheet holds about a million rows. Export as CSV.")
        sheet.append([_cell(text) for text in row])
    book.save(file)


def _cell(text: str) -> str | None:
    return escaped(ILLEGAL_CHARACTERS_RE.sub("", text)) or None
