"""Letters that people here write to candidates. The program writes none of its own accord."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from candidates.gates.mails import missing_to_write, reach_of
from candidates.models import Application, BulkItem, Candidate, CandidateMail, MailTemplate
from candidates.queries.mail_words import filled, unfilled_in, values_for
from candidates.services.mail_templates import must_be_known
from rubrics.gates.base import pass_gate
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import Letter, queue_mails, withdraw_unsent

LEAVES_AFTER = timedelta(seconds=15)
"""Undo is offered for 10 seconds; whoever pressed in time is not to lose to a slow line."""

EVENT = "candidate.mail"


@dataclass(frozen=True)
class Words:
    """What is written, with or without variables; `template` is what it began from."""

    subject: str
    text: str
    template: MailTemplate | None = None


@dataclass(frozen=True)
class Written:
    """As it leaves the house."""

    subject: str
    text: str


def letter_to(*, candidate: Candidate, application: Application | None, words: Words, by: User) -> Written:
    """The letter word for word. Raises Refused for a variable that is unknown or stands for nothing here."""
    must_be_known(words.subject, words.text)
    values = values_for(candidate, application, by)
    empty = unfilled_in(f"{words.subject}\n{words.text}", values)
    if empty:
        raise Refused(f"“{empty[0]}” stands for nothing yet: choose the role you write about, or write it out.")
    return Written(" ".join(filled(words.subject, values).split()), filled(words.text, values).strip())


@transaction.atomic
def write_mail(  # who to whom about what, and the moment
    *, candidate: Candidate, application: Application | None, words: Words, key: str, by: User, now: datetime
) -> CandidateMail:
    """Put it into the outbox, where it waits as long as it can be taken back. The same key is the same letter.

    Raises GateRefused for somebody who may not be written to, Refused for words that can't be sent.
    """
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    pass_gate(missing_to_write(reach_of(locked, by=by, now=now)))
    key = f"one:{locked.pk}:{key}"
    before = CandidateMail.objects.filter(key=key).first()
    if before is not None:
        return before
    written = letter_to(candidate=locked, application=application, words=words, by=by)
    mail = CandidateMail(candidate=locked, application=application, template=words.template, key=key)
    [mail] = _queue([(mail, written)], by=by, now=now)
    return mail


@transaction.atomic
def write_to_many(*, items: Sequence[BulkItem], words: Words, by: User, now: datetime) -> None:
    """To each the same words with their own values, under a key of the item: done twice it is one letter."""
    chosen = Application.objects.filter(pk__in=[item.application_id for item in items])
    applications = chosen.select_related("candidate", "role__client").in_bulk()
    letters = []
    for item in items:
        application = applications[item.application_id]
        written = letter_to(candidate=application.candidate, application=application, words=words, by=by)
        mail = CandidateMail(
            candidate=application.candidate,
            application=application,
            template=words.template,
            bulk_item=item,
            key=f"bulk:{item.pk}",
        )
        letters.append((mail, written))
    _queue(letters, by=by, now=now)


def _queue(letters: Sequence[tuple[CandidateMail, Written]], *, by: User, now: datetime) -> list[CandidateMail]:
    deliveries = queue_mails(
        Letter(
            event=EVENT,
            to=mail.candidate.email,
            subject=written.subject,
            template="candidate_mail",
            context={"text": written.text},
            key=f"letter:{mail.key}",
            reply_to=by.email,
            due_at=now + LEAVES_AFTER,
        )
        for mail, written in letters
    )
    for (mail, _), delivery in zip(letters, deliveries, strict=True):
        mail.delivery, mail.by, mail.written_at = delivery, by, now
    return CandidateMail.objects.bulk_create([mail for mail, _ in letters])


@transaction.atomic
def take_back_mail(*, mail: CandidateMail) -> None:
    """It does not leave any more. Raises Refused when it has."""
    if not withdraw_unsent(Delivery.objects.filter(pk=mail.delivery_id)):
        raise Refused("It has left already.")


@transaction.atomic
def take_back_many(*, items: Sequence[BulkItem]) -> set[int]:
    """Of letters of these items those that had not left; their items (ids)."""
    written = CandidateMail.objects.filter(bulk_item__in=[item.pk for item in items])
    kept_in = withdraw_unsent(Delivery.objects.filter(pk__in=written.values("delivery")))
    return set(written.filter(delivery__in=kept_in).values_list("bulk_item", flat=True))


@transaction.atomic
def stop_letters_to(*, candidate: Candidate) -> int:
    """They want no more of us: what has not left does not, nor can anybody send again what failed."""
    mails = CandidateMail.objects.filter(candidate=candidate)
    return len(withdraw_unsent(Delivery.objects.filter(pk__in=mails.values("delivery")), tried=True))
