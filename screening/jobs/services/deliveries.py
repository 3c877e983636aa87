"""The outbox: an e-mail is a row first, in the transaction of what it tells of, and leaves the house after the commit."""

import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from screening.jobs.services.waking import wake

ATTEMPTS = 5
WAIT = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
NO_MAILBOX, POLICY = {550, 551, 553}, "5.7."
"""What a mail server answers for a mailbox there is not; with the second it speaks of us, whom somebody may yet let in."""
MUTED = "Not sent: its reader does without mails of this kind."
REMOVED = "This message carried a personal link; its text was removed when it was sent."
METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """One of several mails that leave together; the key is its own."""

    event: str
    to: User | str
    subject: str
    template: str
    context: dict[str, Any]
    key: str
    reply_to: str = ""
    due_at: datetime | None = None


@transaction.atomic
def queue_mails(letters: Iterable[Letter]) -> list[Delivery]:
    """However many in one statement, under keys that were never used."""
    now = timezone.now()
    rows = Delivery.objects.bulk_create([_row_of(letter, now) for letter in letters])
    for row in rows:
        if row.state == DeliveryState.DUE:
            wake("jobs.deliver", delay=max(row.due_at - now, timedelta(0)), delivery_id=row.pk)
    return rows


def _wanted(event: str, user: User | None) -> dict[str, str]:
    """What a user does without stays in the outbox unsent: its key counts, so that nothing asks to send it again."""
    if user is None or event not in user.muted:
        return {"state": DeliveryState.DUE}
    return {"state": DeliveryState.CANCELLED, "error": MUTED}


def _row_of(letter: Letter, now: datetime) -> Delivery:
    user = letter.to if isinstance(letter.to, User) else None
    text, html = _written(user, letter.template, letter.context)
    return Delivery(
        event=letter.event,
        user=user,
        recipient=letter.to.email if isinstance(letter.to, User) else letter.to,
        reply_to=letter.reply_to,
        subject=_one_line(letter.subject),
        text=text,
        html=html,
        due_at=letter.due_at or now,
        key=letter.key,
        **_wanted(letter.event, user),
    )


def _written(reader: User | None, template: str, context: dict[str, Any]) -> tuple[str, str]:
    values = context | {"site": settings.SCREENING_URL, "reader": reader}
    with timezone.override(zoneinfo.ZoneInfo(reader.time_zone) if reader else timezone.get_default_timezone()):
        return render_to_string(f"mail/{template}.txt", values), render_to_string(f"mail/{template}.html", values)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:250]


@transaction.atomic
def queue_mail(  # noqa: PLR0913  # each is a column of the outbox
    *,
    event: str,
    to: User | str,
    subject: str,
    template: str,
    context: dict[str, Any],
    key: str = "",
    reply_to: str = "",
    due_at: datetime | None = None,
    confidential: bool = False,
    calendar: str = "",
) -> Delivery:
    """A mail from `templates/mail/<template>.txt` and `.html`, with times in the reader's zone.

    A key that was used before is the same mail: the earlier row is the answer. `confidential` mails carry a link that
    is a key; their text does not outlive the sending. `calendar` is an iCalendar object that goes along.
    """
    text, html = _written(to if isinstance(to, User) else None, template, context)
    return queue_message(
        event=event, to=to, subject=subject, text=text, html=html, key=key, reply_to=reply_to, due_at=due_at,
        confidential=confidential, calendar=calendar,
    )  # fmt: skip


@transaction.atomic
def queue_message(  # noqa: PLR0913  # each is a column of the outbox
    *,
    event: str,
    to: User | str,
    subject: str,
    text: str,
    html: str = "",
    key: str = "",
    reply_to: str = "",
    due_at: datetime | None = None,
    confidential: bool = False,
    calendar: str = "",
) -> Delivery:
    """A mail whose words exist already."""
    now = timezone.now()
    user = to if isinstance(to, User) else None
    values = {
        "event": event,
        "user": user,
        "recipient": user.email if user else to,
        "reply_to": reply_to,
        "subject": _one_line(subject),
        "text": text,
        "html": html,
        "calendar": calendar,
        "due_at": due_at or now,
        "confidential": confidential,
        **_wanted(event, user),
    }
    if key:
        delivery, created = Delivery.objects.get_or_create(key=key, defaults=values)
        if not created:
            return delivery
    else:
        delivery = Delivery.objects.create(**values)
    if delivery.state == DeliveryState.DUE:
        wake("jobs.deliver", delay=max(delivery.due_at - now, timedelta(0)), delivery_id=delivery.pk)
    return delivery


def withdraw_mail(*, keys: Iterable[str]) -> int:
    """What is still waiting under these keys is not sent any more."""
    waiting = Delivery.objects.exclude(key="").filter(key__in=list(keys), state=DeliveryState.DUE)
    return waiting.update(state=DeliveryState.CANCELLED)


@transaction.atomic
def withdraw_unsent(deliveries: QuerySet[Delivery], *, tried: bool = False) -> list[int]:
    """Those of them (ids) that wait and now never leave; with `tried` also what a mail server has refused, for good too."""
    waiting = deliveries.filter(state__in=[DeliveryState.DUE, *([DeliveryState.FAILED] if tried else [])])
    locked = waiting.select_for_update(of=("self",)).order_by("pk")
    found = [row.pk for row in locked if tried or row.attempts == 0]
    Delivery.objects.filter(pk__in=found).update(state=DeliveryState.CANCELLED)
    return found


@transaction.atomic
def send_again(*, delivery: Delivery, by: User) -> Delivery:
    """What failed for good gets all its attempts once more."""
    delivery = Delivery.objects.select_for_update().visible_to(by).get(pk=delivery.pk)
    if delivery.state != DeliveryState.FAILED:
        raise Refused("Only a message that failed can be sent again.")
    delivery.state, delivery.attempts, delivery.due_at = DeliveryState.DUE, 0, timezone.now()
    delivery.save(update_fields=["state", "attempts", "due_at"])
    wake("jobs.deliver", delivery_id=delivery.pk)
    return delivery


def deliver(*, delivery_id: int, now: datetime) -> Delivery | None:
    """Send it, unless it is gone, sent, not due, or being sent. No lock is held while a mail server makes us wait.

    A worker that dies between the mail server's yes and our note of it sends again; the message id is the same, so that
    mail programs show one.
    """
    delivery = claim(delivery_id=delivery_id, now=now)
    if delivery is None:
        return None
    try:
        message_of(delivery).send()
    except Exception as error:  # noqa: BLE001  # whatever a mail server or a library comes up with: tried again, and at last shown
        log.warning("delivery_failed", delivery=delivery.pk, attempt=delivery.attempts, error=type(error).__name__)
        note_failure(delivery, error)
        return delivery
    note_success(delivery)
    return delivery


@transaction.atomic
def claim(*, delivery_id: int, now: datetime) -> Delivery | None:
    """Count the attempt and move the next one away: until then nobody else sends it."""
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    delivery = rows.due(now).filter(pk=delivery_id).first()
    if delivery is None:
        return None
    if delivery.user is not None and not delivery.user.is_active:
        delivery.state = DeliveryState.CANCELLED
    elif delivery.attempts >= ATTEMPTS:
        delivery.state = DeliveryState.FAILED
    else:
        delivery.due_at = now + WAIT[delivery.attempts]
        delivery.attempts += 1
    delivery.save(update_fields=["state", "due_at", "attempts"])
    return delivery if delivery.state == DeliveryState.DUE else None


def message_of(delivery: Delivery) -> EmailMultiAlternatives:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    headers = {"Message-ID": f"<delivery-{delivery.pk}@{host}>"}
    if not delivery.reply_to:  # which goes to whoever wrote it; a mailbox may answer them that its owner is away
        headers["Auto-Submitted"] = "auto-generated"
    message = EmailMultiAlternatives(
        subject=delivery.subject,
        body=delivery.text,
        to=[delivery.recipient],
        reply_to=[delivery.reply_to] if delivery.reply_to else None,
        headers=headers,
    )
    if delivery.html:
        message.attach_alternative(delivery.html, "text/html")
    if delivery.calendar:
        # Once as another form of the mail, which mail programs offer to accept, once as a file for those that don't.
        method = METHOD.search(delivery.calendar)
        kind = f"text/calendar; method={method[1]}" if method else "text/calendar"
        message.attach_alternative(delivery.calendar, kind)
        message.attach("invitation.ics", delivery.calendar.encode(), "application/ics")
    return message


def note_failure(delivery: Delivery, error: Exception) -> None:
    """A mailbox that a mail server says there is not is asked for once; anything else may be mended meanwhile."""
    said = _said(error)
    delivery.error = ("; ".join(f"{code} {words}" for code, words in said) or f"{type(error).__name__}: {error}")[:1000]
    of_mailbox = all(code in NO_MAILBOX and POLICY not in words for code, words in said)
    if delivery.attempts >= ATTEMPTS or (isinstance(error, SMTPRecipientsRefused) and of_mailbox):
        delivery.state = DeliveryState.FAILED
    delivery.save(update_fields=["error", "state"])


def _said(error: Exception) -> list[tuple[int, str]]:
    """What a mail server answered: code and words, of each recipient or of the whole message."""
    answers: Iterable[tuple[int, bytes | str]] = []
    if isinstance(error, SMTPRecipientsRefused):
        answers = error.recipients.values()
    elif isinstance(error, SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    return [(code, told.decode(errors="replace") if isinstance(told, bytes) else told) for code, told in answers]


def note_success(delivery: Delivery) -> None:
    delivery.state, delivery.sent_at, delivery.error = DeliveryState.SENT, timezone.now(), ""
    if delivery.confidential and not settings.DEMO:
        delivery.text, delivery.html = REMOVED, ""
    delivery.save(update_fields=["state", "sent_at", "error", "text", "html"])
