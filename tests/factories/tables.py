"""What was done to many at once, saved as a view, brought in and taken out, with words that tests look for."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from candidates.models import (
    Application,
    BulkAction,
    BulkItem,
    Candidate,
    CandidateImport,
    Export,
    ImportRow,
    SavedView,
)
from candidates.services.notes import add_note
from screening.accounts.models import User
from tests.factories.candidates import NOW
from tests.factories.mails import CandidateMailFactory, MailTemplateFactory


def plant_tables(zeb: Application, *, by: User) -> None:
    role = zeb.role
    action = BulkAction.objects.create(
        role=role, kind="move", to_stage=zeb.stage, reason="bulkreason", by=by, started_at=NOW
    )
    BulkItem.objects.create(action=action, application=zeb, from_stage=zeb.stage, outcome="refused", why="bulkrefusal")
    planned = BulkAction.objects.create(role=role, kind="move", to_stage=role.stages.all()[0], by=by)
    BulkItem.objects.create(action=planned, application=zeb, from_stage=zeb.stage)
    _plant_letters(zeb, by=by)
    SavedView.objects.create(owner=by, role=role, name="ownview")
    SavedView.objects.create(owner=by, role=role, name="sharedview", shared=True)
    for state in ("checked", "done"):
        brought = CandidateImport.objects.create(
            name="people.csv",
            encoding="utf-8",
            separator=",",
            header=["Name"],
            state=state,
            created_by=by,
            created_at=NOW,
        )
        _plant_rows(brought, zeb.candidate)
    taken = Export.objects.create(
        what="Candidates", format="csv", created_by=by, created_at=NOW, finished_at=NOW, file="exports/planted.csv"
    )
    if not default_storage.exists(taken.file):
        default_storage.save(taken.file, ContentFile(b"exportedtable"))


def _plant_letters(zeb: Application, *, by: User) -> None:
    """One that was written, the words for others, and a note that names somebody of the team."""
    CandidateMailFactory(
        candidate=zeb.candidate, application=zeb, by=by, delivery__subject="lettersubject", delivery__text="letterwords"
    )
    MailTemplateFactory(text="templatewords")
    colleague = zeb.role.team.earliest("pk").user
    text = f"notemention @{colleague.name}"
    add_note(candidate=zeb.candidate, application=zeb, text=text, by=by, now=NOW)


def _plant_rows(brought: CandidateImport, match: Candidate) -> None:
    """One that nothing keeps out, one of somebody who is here, one with a fault."""
    rows = [
        ImportRow(of=brought, number=2, cells=["New"], values={"name": "New"}),
        ImportRow(
            of=brought,
            number=3,
            cells=["importedname"],
            values={"name": "importedname"},
            email=match.email,
            match=match,
            matched_by="name",
        ),
        ImportRow(of=brought, number=4, cells=["?"], problems=[["Name", "importedproblem"]]),
    ]
    if brought.state == "done":
        rows[1].outcome = "skipped"
    ImportRow.objects.bulk_create(rows)
