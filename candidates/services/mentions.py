"""Telling people that a note names them: by a letter without its words, and on their day's page until they have seen it."""

from datetime import datetime

from candidates.models import Application, Candidate, Mention, Note
from candidates.queries.mentions import Named, known_to, named_in, readers_of
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


def named_people(*, text: str, candidate: Candidate, application: Application | None, by: User) -> Named:
    """Whom the text names. Raises Refused naming those who may not read the note, or who can't be told apart."""
    named = named_in(text, known_to(by))
    readers = set(readers_of(candidate, application).filter(pk__in=[one.pk for one in named.people]))
    closed = [one.name for one in named.people if one not in readers and one != by]
    if closed:
        about = "the person, not one role" if application is None else f"the role {application.role.title}"
        raise Refused(
            f"{' and '.join(closed)} may not read this note, which is about {about}. "
            "Choose a role they work on, or take the @ away."
        )
    return named


def tell_mentioned(*, note: Note, people: list[User], now: datetime) -> list[User]:
    """Whoever is named for the first time; not the author."""
    known = set(note.mentions.values_list("user", flat=True))
    new = [one for one in people if one.pk not in known and one.pk != note.author_id]
    for mention in Mention.objects.bulk_create([Mention(note=note, user=one, at=now) for one in new]):
        queue_mail(
            event="note.mention",
            to=mention.user,
            subject=f"{note.author.name} mentioned you in a note",
            template="mention",
            context={
                "mention": mention,
                "person": mention.user,
                "by": note.author,
                "role": note.application.role if note.application else None,
            },
            key=f"mention:{mention.pk}",
        )
    return new


def see_mentions(*, user: User, candidate: Candidate, now: datetime) -> int:
    """They have the notes before them."""
    mine = Mention.objects.filter(user=user, seen_at=None, note__candidate=candidate)
    return mine.update(seen_at=now)
