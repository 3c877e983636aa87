from django.db import transaction

from candidates.models import Application, Candidate, Note
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def add_note(*, candidate: Candidate, text: str, by: User, application: Application | None = None) -> Note:
    """Raises Refused for an empty note, or for an application of somebody else."""
    if not text.strip():
        raise Refused("Write something first.")
    if application is not None and application.candidate_id != candidate.pk:
        raise Refused("Choose one of this candidate’s own roles.")
    return Note.objects.create(candidate=candidate, application=application, author=by, text=text.strip())


@transaction.atomic
def edit_note(*, note: Note, text: str) -> Note:
    if not text.strip():
        raise Refused("A note can’t be empty. Delete it instead.")
    note.text = text.strip()
    note.save(update_fields=["text"])
    return note


@transaction.atomic
def delete_note(*, note: Note) -> None:
    note.delete()
