"""The steps of `bench_import`, each the only thing its process does."""

from pathlib import Path
from tempfile import TemporaryFile

from django.core.files.base import File
from django.utils import timezone

from candidates.models import Candidate, CandidateImport
from candidates.queries.candidates import CandidateFilter
from candidates.services.candidate_imports import check_import, decide, map_columns, request_run, start_import
from candidates.services.exports import Wanted, table_of, write_table
from candidates.services.import_runs import run_import
from screening.accounts.enums import Part
from screening.accounts.models import User
from tests.bench.bench_import import PEOPLE, person

AT_ONCE = 5_000


def silent(_done: int, _total: int | None = None) -> None:
    """Nobody looks."""


def fill(_path: Path) -> str:
    by = User.objects.create_user("recruiter@example.org", None, name="Recruiter", part=Part.RECRUITER)
    for first in range(0, PEOPLE, AT_ONCE):
        people = [person(number) for number in range(first, min(first + AT_ONCE, PEOPLE))]
        Candidate.objects.bulk_create(
            Candidate(name=name, email=email, phone=phone, created_by=by) for name, email, phone in people
        )
    return "people who are here already"


def start(path: Path) -> str:
    with path.open("rb") as file:
        upload = File(file, name="people.csv")
        of = start_import(upload=upload, role=None, source="import", by=User.objects.get(), now=timezone.now())
    map_columns(of=of, mapping=of.mapping, by=of.created_by)
    return str(of.mapping)


def check(_path: Path) -> str:
    of = CandidateImport.objects.get()
    check_import(import_id=of.pk, report=silent)
    found = {by: of.rows.filter(matched_by=by).count() for by in ("email", "reference", "phone", "name")}
    return f"{found}, {of.rows.exclude(problems=[]).count()} refused"


def run(_path: Path) -> str:
    of = CandidateImport.objects.get()
    decide(of=of, if_same="update", if_alike="add", rows={})
    request_run(of=of, by=of.created_by)
    run_import(import_id=of.pk, by=of.created_by, now=timezone.now(), report=silent)
    of.refresh_from_db()
    return str(of.counts)


def csv(_path: Path) -> str:
    return _exported("csv")


def xlsx(_path: Path) -> str:
    return _exported("xlsx")


def _exported(format: str) -> str:  # noqa: A002  # as the service calls it
    table = table_of(User.objects.get(), Wanted(CandidateFilter()), now=timezone.now())
    everybody = table.people.count()
    table = type(table)(table.people.filter(created_at__isnull=False, reference__startswith="N-"), table.user)
    with TemporaryFile() as file:
        write_table(file, table.header, table.rows(), format=format)
        return f"{table.people.count():,} of {everybody:,} people, {file.tell() // 1_000_000} MB"
