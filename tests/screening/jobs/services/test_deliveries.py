import smtplib
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from pytest_django.fixtures import Settings

from screening.accounts.errors import Refused
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import ATTEMPTS, REMOVED, WAIT, deliver, queue_mail, queue_message, send_again
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.jobs import DeliveryFactory

pytestmark = pytest.mark.django_db


class NobodyAnswers(EmailBackend):
    def send_messages(self, _messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone away")


@pytest.fixture
def mail_server_away(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NobodyAnswers"


def test_a_mail_is_a_row_before_it_is_sent() -> None:
    delivery = queue_message(
        event="tests.told", to="ann@example.com", subject="News\r\nBcc: all@example.com", text="Hi"
    )
    assert mail.outbox == []
    assert (delivery.state, delivery.subject, delivery.user) == (DeliveryState.DUE, "News Bcc: all@example.com", None)


@pytest.mark.parametrize(("reply_to", "automatic"), [("", "auto-generated"), ("ann@example.com", None)])
def test_what_somebody_wrote_is_not_called_automatic(reply_to: str, automatic: str | None) -> None:
    delivery = DeliveryFactory(reply_to=reply_to)
    deliver(delivery_id=delivery.pk, now=timezone.now())
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.extra_headers.get("Auto-Submitted") == automatic


def test_it_is_sent_once() -> None:
    delivery = DeliveryFactory(html="<p>Something happened.</p>")
    for _time in range(3):
        deliver(delivery_id=delivery.pk, now=timezone.now())
    [message] = mail.outbox
    assert (message.to, message.subject, message.body) == ([delivery.recipient], delivery.subject, delivery.text)
    assert isinstance(message, EmailMultiAlternatives)
    assert message.alternatives[0][0] == "<p>Something happened.</p>"
    assert message.extra_headers["Message-ID"].startswith(f"<delivery-{delivery.pk}@")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == (DeliveryState.SENT, 1, "")
    assert delivery.sent_at is not None


def test_nothing_is_sent_for_a_row_that_is_gone_or_not_due() -> None:
    later = DeliveryFactory(due_at=timezone.now() + timedelta(hours=1))
    assert deliver(delivery_id=later.pk, now=timezone.now()) is None
    assert deliver(delivery_id=later.pk + 1000, now=timezone.now()) is None
    assert mail.outbox == []


def test_whoever_is_sending_keeps_others_away_until_the_next_attempt(mail_server_away: None) -> None:
    delivery = DeliveryFactory()
    now = timezone.now()
    deliver(delivery_id=delivery.pk, now=now)
    assert deliver(delivery_id=delivery.pk, now=now + WAIT[0] - timedelta(seconds=1)) is None
    assert deliver(delivery_id=delivery.pk, now=now + WAIT[0]) is not None


def test_attempts_wait_longer_each_time_and_end(mail_server_away: None) -> None:
    delivery = DeliveryFactory()
    waits = []
    for _attempt in range(ATTEMPTS):
        due = delivery.due_at
        deliver(delivery_id=delivery.pk, now=due)
        delivery.refresh_from_db()
        waits.append(delivery.due_at - due)
    assert tuple(waits) == WAIT
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, ATTEMPTS)
    assert delivery.error == "SMTPServerDisconnected: gone away"


class Refuses(EmailBackend):
    """Says the same of every recipient."""

    said = (550, b"no such mailbox here")

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise smtplib.SMTPRecipientsRefused({one: self.said for message in messages for one in message.to})


class RefusesForNow(Refuses):
    said = (451, b"try again later")


class RefusesUs(Refuses):
    said = (550, b"5.7.1 relaying denied")


class RefusesTheWords(EmailBackend):
    def send_messages(self, _messages: object) -> int:
        raise smtplib.SMTPDataError(554, b"no \xff here")


@pytest.mark.parametrize(
    ("server", "state", "error"),
    [
        (Refuses, DeliveryState.FAILED, "550 no such mailbox here"),
        (RefusesUs, DeliveryState.DUE, "550 5.7.1 relaying denied"),
        (RefusesForNow, DeliveryState.DUE, "451 try again later"),
        (RefusesTheWords, DeliveryState.DUE, "554 no \N{REPLACEMENT CHARACTER} here"),
    ],
)
def test_what_a_mail_server_says_is_read_and_no_mailbox_is_asked_for_twice(
    settings: Settings, server: type[EmailBackend], state: str, error: str
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{server.__name__}"
    delivery = DeliveryFactory()
    deliver(delivery_id=delivery.pk, now=timezone.now())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == (state, 1, error)


def test_a_mail_that_kills_its_worker_is_given_up() -> None:
    delivery = DeliveryFactory(attempts=ATTEMPTS)
    assert deliver(delivery_id=delivery.pk, now=timezone.now()) is None
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED
    assert mail.outbox == []


def test_somebody_who_may_no_longer_sign_in_is_not_written_to() -> None:
    user = RecruiterFactory(is_active=False)
    delivery = DeliveryFactory(user=user, recipient=user.email)
    deliver(delivery_id=delivery.pk, now=timezone.now())
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.CANCELLED
    assert mail.outbox == []


@pytest.mark.parametrize(("demo", "kept"), [(False, REMOVED), (True, "https://key")])
def test_a_link_that_is_a_key_does_not_outlive_the_sending(settings: Settings, demo: bool, kept: str) -> None:
    settings.DEMO = demo
    delivery = DeliveryFactory(text="https://key", confidential=True)
    assert ("key" in delivery.readable_text) is demo
    deliver(delivery_id=delivery.pk, now=timezone.now())
    delivery.refresh_from_db()
    assert mail.outbox[0].body == "https://key"
    assert delivery.text == kept


def test_the_same_key_is_the_same_mail() -> None:
    first = queue_message(event="tests.told", to="ann@example.com", subject="News", text="Hi", key="told-1")
    second = queue_message(event="tests.told", to="ann@example.com", subject="News", text="Hi again", key="told-1")
    assert first.pk == second.pk
    assert Delivery.objects.get().text == "Hi"


def test_templates_know_the_reader_and_the_site(settings: Settings) -> None:
    user = RecruiterFactory(time_zone="Asia/Bangkok")
    invitation = {"name": "Ann", "expires_at": timezone.now(), "invited_by": user}
    delivery = queue_mail(
        event="tests.told",
        to=user,
        subject="News",
        template="invitation",
        context={"invitation": invitation, "link": "x"},
    )
    assert (delivery.recipient, delivery.user) == (user.email, user)
    assert "Hello Ann" in delivery.text
    assert settings.SCREENING_URL in delivery.html


def test_what_failed_can_be_sent_again_by_an_administrator() -> None:
    delivery = DeliveryFactory(state=DeliveryState.FAILED, attempts=ATTEMPTS)
    send_again(delivery=delivery, by=AdministratorFactory())
    deliver(delivery_id=delivery.pk, now=timezone.now())
    assert len(mail.outbox) == 1
    with pytest.raises(Refused, match="failed"):
        send_again(delivery=delivery, by=AdministratorFactory())
