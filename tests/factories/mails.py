import factory
from factory.django import DjangoModelFactory

from candidates.models import CandidateMail, MailTemplate
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, CandidateFactory
from tests.factories.jobs import DeliveryFactory


class MailTemplateFactory(DjangoModelFactory[MailTemplate]):
    class Meta:
        model = MailTemplate

    name = factory.Sequence(lambda n: f"Letter {n}")
    subject = "About {{ role_title }}"
    text = "Hello {{ candidate_first_name }},\n\nuntil soon.\n\n{{ sender_name }}"
    saved_at = NOW


class CandidateMailFactory(DjangoModelFactory[CandidateMail]):
    """A letter in the outbox, as it was written."""

    class Meta:
        model = CandidateMail

    candidate = factory.SubFactory(CandidateFactory)
    by = factory.SubFactory(RecruiterFactory)
    key = factory.Sequence(lambda n: f"letter-{n}")
    written_at = NOW
    delivery = factory.SubFactory(
        DeliveryFactory,
        event="candidate.mail",
        recipient=factory.SelfAttribute("..candidate.email"),
        subject="Until soon",
        text="Hello, until soon.",
    )
