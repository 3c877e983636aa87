"""Words kept for many letters. Earlier versions stand in the history; nothing is deleted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from candidates.models import MailTemplate
from candidates.queries.mail_words import problems_in
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User


@dataclass(frozen=True)
class TemplateWords:
    name: str
    subject: str
    text: str


@transaction.atomic
def save_template(
    *, template: MailTemplate | None, words: TemplateWords, seen: str, by: User, now: datetime
) -> MailTemplate:
    """A new one, or the next version of it; `seen` is the moment (ISO) of the version the writer began from.

    Raises Refused naming each variable we do not know and where it stands, Conflict when somebody saved it meanwhile.
    """
    must_be_known(words.subject, words.text)
    locked = _locked(template) if template else MailTemplate()
    if template and locked.saved_at.isoformat() != seen:
        raise Conflict("Somebody saved this template meanwhile. Below is yours; look at theirs before you save again.")
    if _name_taken(words.name, apart_from=locked):
        raise Refused(f"There is a template “{words.name}” already.")
    locked.name, locked.subject, locked.text = words.name, words.subject, words.text
    locked.written_by, locked.saved_at = by, now
    locked.save()
    return locked


def must_be_known(subject: str, text: str) -> None:
    if not subject.strip() or not text.strip():
        raise Refused("A letter needs a subject and a text.")
    problems = [*problems_in(subject, where="the subject"), *problems_in(text, where="the text")]
    if problems:
        raise Refused(" ".join(problems))


def _locked(template: MailTemplate) -> MailTemplate:
    return MailTemplate.objects.select_for_update().get(pk=template.pk)


def _name_taken(name: str, *, apart_from: MailTemplate) -> bool:
    return MailTemplate.objects.offered().filter(name=name).exclude(pk=apart_from.pk).exists()


@transaction.atomic
def archive_template(*, template: MailTemplate, now: datetime) -> MailTemplate:
    """No longer offered; letters that began from it keep saying so."""
    locked = _locked(template)
    locked.archived_at = locked.archived_at or now
    locked.save(update_fields=["archived_at"])
    return locked


@transaction.atomic
def restore_template(*, template: MailTemplate) -> MailTemplate:
    """Offer it again. Raises Refused when another one has its name by now."""
    locked = _locked(template)
    if _name_taken(locked.name, apart_from=locked):
        raise Refused(f"There is a template “{locked.name}” already. Rename that one first.")
    locked.archived_at = None
    locked.save(update_fields=["archived_at"])
    return locked
