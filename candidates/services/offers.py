"""After a decision to hire: what is offered, and what they answer. A declined offer leads to a later decision."""

from datetime import date, datetime

from django.db import transaction

from candidates.enums import OfferAnswer, Outcome
from candidates.models import Decision, Offer, ShortlistEntry
from candidates.services.decisions import newest_decision_locked
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def make_offer(*, entry: ShortlistEntry, starts_on: date, terms: str, by: User, now: datetime) -> Offer:
    """Write it down, or correct it until it is answered."""
    decision = _decided_to_hire(entry)
    offer = Offer.objects.filter(decision=decision).first() or Offer(decision=decision, made_at=now)
    if offer.answer:
        raise Refused("This offer has been answered. Another one needs another decision.")
    offer.starts_on, offer.terms, offer.recorded_by = starts_on, terms.strip(), by
    offer.save()
    return offer


@transaction.atomic
def answer_offer(*, entry: ShortlistEntry, answer: OfferAnswer, reason: str, by: User, now: datetime) -> Offer:
    """Record what they said. Raises Refused when nothing is offered, when answered before, or for a no without why."""
    offer = Offer.objects.filter(decision=_decided_to_hire(entry)).first()
    if offer is None:
        raise Refused("Write down the offer first.")
    if offer.answer:
        raise Refused("The answer to this offer is on record already.")
    if answer == OfferAnswer.DECLINED and not reason.strip():
        raise Refused("Say why they declined, as far as they told you.")
    offer.answer, offer.answer_reason, offer.answered_at, offer.recorded_by = answer, reason.strip(), now, by
    offer.save()
    return offer


def _decided_to_hire(entry: ShortlistEntry) -> Decision:
    newest = newest_decision_locked(entry)
    if newest is None or newest.outcome != Outcome.HIRE:
        raise Refused("An offer follows a decision to hire, and there is none that counts.")
    return newest
