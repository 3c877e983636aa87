from datetime import datetime

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F, Q

from candidates.models import (
    Application,
    Candidate,
    CandidateImport,
    Erasure,
    Export,
    Meeting,
    Report,
    VersionPlace,
)
from candidates.querysets.meetings import of_person
from candidates.services.meetings import call_off_void
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.jobs import request_job

DELETE_FILES = "candidates.delete_files"


@transaction.atomic
def ask_erasure(*, candidate: Candidate, now: datetime) -> Candidate:
    """The candidate wants their data gone; an administrator carries it out. Asking again changes nothing."""
    Candidate.objects.filter(pk=candidate.pk, erasure_requested_at=None).update(erasure_requested_at=now)
    candidate.refresh_from_db(fields=["erasure_requested_at"])
    return candidate


@transaction.atomic
def erase_candidate(*, candidate: Candidate, reason: str, by: User) -> Erasure:
    """Anonymise a person everywhere, history included, and remember that it was done.

    Levels, stages and decisions stay. Files are deleted by a job, which survives a crash between the two.
    Raises Refused without a reason, for somebody merged into another (erase that one), or when it was done before.
    """
    if not by.is_administrator:
        raise Refused("Only an administrator carries out an erasure.")
    if not reason.strip():
        raise Refused("Say why, such as “asked for by the candidate on 3 March”.")
    if candidate.merged_into_id:
        raise Refused("This file was merged into another one. Erase that one; it takes this one along.")
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if locked.erased_at:
        raise Refused("This candidate’s data were erased before.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT erase_candidate(%s, %s, %s)", [candidate.pk, by.pk, reason.strip()[:500]])
        files = [name for (name,) in cursor.fetchall()]
    files += [*_tables_on_their_way(), *_prepared_reports(candidate)]
    if files:
        request_job(
            task=DELETE_FILES, params={"files": files}, title="Deleting the files of an erased candidate", by=by
        )
    erasure = Erasure.objects.get(candidate_id=candidate.pk)
    call_off_void(meetings=Meeting.objects.filter(of_person(candidate.pk)), now=erasure.erased_at)
    return erasure


def _prepared_reports(candidate: Candidate) -> list[str]:
    """Reports of versions somebody would first have stood in: the database finds those of lists they stand on."""
    planned = Q(candidate=candidate) | Q(candidate__merged_into=candidate)
    held = VersionPlace.objects.filter(application__in=Application.objects.filter(planned))
    reports = Report.objects.filter(shortlist__versions__in=held.values("version"), version=F("shortlist__version") + 1)
    return [str(name) for name in reports.values_list("file", flat=True).distinct()]


def _tables_on_their_way() -> list[str]:
    """Files that were brought in or taken out and may hold the person: they live for days, and are made again."""
    files: list[str] = []
    for kept in (CandidateImport.objects.exclude(file=""), Export.objects.exclude(file="")):
        files += [str(name) for name in kept.values_list("file", flat=True)]
        kept.update(file="")
    return files


def delete_files(*, files: list[str]) -> int:
    """How many were still there."""
    present = [name for name in files if default_storage.exists(name)]
    for name in present:
        default_storage.delete(name)
    return len(present)
