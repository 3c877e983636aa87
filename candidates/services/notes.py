from datetime import datetime

from django.db import transaction

from candidates.models import Application, Candidate, Note
from candidates.services.mentions import named_people, tell_mentioned
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def add_note(
    *, candidate: Candidate, text: str, by: User, now: datetime, application: Application | None = None
) -> Note:
    """Whoever stands in it after an @ is told.

    Raises Refused for an empty note, for an application of somebody else, or when it names who may not read it.
    """
    if not text.strip():
        raise Refused("Write something first.")
    if application is not None and application.candidate_id != candidate.pk:
        raise Refused("Choose one of this candidate’s own roles.")
    named = named_people(text=text, candidate=candidate, application=application, by=by)
    note = Note.objects.create(candidate=candidate, application=application, author=by, text=text.strip())
    tell_mentioned(note=note, people=named.people, now=now)
    return note


@transaction.atomic
def edit_note(*, note: Note, text: str, now: datetime) -> Note:
    """Whoever is named in it now and was not before is told. Raises Refused as `add_note` does."""
    if not text.strip():
        raise Refused("A note can’t be empty. Delete it instead.")
    named = named_people(text=text, candidate=note.candidate, application=note.application, by=note.author)
    note.text, note.changed_at = text.strip(), now
    note.save(update_fields=["text", "changed_at"])
    tell_mentioned(note=note, people=named.people, now=now)
    return note


@transaction.atomic
def delete_note(*, note: Note) -> None:
    note.delete()
