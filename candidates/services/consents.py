from datetime import datetime, timedelta

from django.db import transaction

from candidates.enums import ConsentHow
from candidates.models import Candidate, Consent, Meeting
from candidates.permissions.own_page import token_of
from candidates.services.mails import stop_letters_to
from candidates.services.meetings import call_off_void
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import queue_mail

NOTICE_VERSION = "1"
"""The notice a candidate says yes to; its words are the template of this number."""

CONSENT_LASTS = timedelta(days=365)


@transaction.atomic
def give_consent(*, candidate: Candidate, now: datetime) -> Consent:
    """The candidate's own yes, on their own page; a valid one they gave before is renewed."""
    return _write(candidate, ConsentHow.OWN_PAGE, now=now)


@transaction.atomic
def record_consent(*, candidate: Candidate, where: str, by: User, now: datetime) -> Consent:
    """A yes given elsewhere, such as in a call or by e-mail. Raises Refused without where it was given."""
    if not where.strip():
        raise Refused("Say where the candidate gave their consent, such as “in a call on 3 March”.")
    return _write(candidate, ConsentHow.RECORDED, now=now, where=where.strip(), by=by)


def _write(candidate: Candidate, how: ConsentHow, *, now: datetime, where: str = "", by: User | None = None) -> Consent:
    Candidate.objects.select_for_update().get(pk=candidate.pk)
    if candidate.erased_at:
        raise Refused("This candidate’s data were erased.")
    return Consent.objects.create(
        candidate=candidate,
        notice_version=NOTICE_VERSION,
        how=how,
        where_given=where,
        recorded_by=by,
        given_at=now,
        expires_at=now + CONSENT_LASTS,
    )


@transaction.atomic
def withdraw_consent(*, candidate: Candidate, now: datetime) -> int:
    """End every consent that still stands; how many there were. Interviews, decisions and letters stop at their gates."""
    Candidate.objects.select_for_update().get(pk=candidate.pk)
    stop_letters_to(candidate=candidate)
    ended: int = Consent.objects.valid(now).filter(candidate=candidate).update(withdrawn_at=now)
    call_off_void(meetings=Meeting.objects.filter(entry__application__candidate=candidate), now=now)
    return ended


@transaction.atomic
def send_link(*, candidate: Candidate, by: User) -> Delivery:
    """Mail the candidate the link to their own page. Raises Refused when we have no e-mail address."""
    if not candidate.email:
        raise Refused("There is no e-mail address on file. Add one, or record a consent given elsewhere.")
    return queue_mail(
        event="candidate.link",
        to=candidate.email,
        subject="Your application: what we keep about you, and your consent",
        template="candidate_link",
        context={"candidate": candidate, "token": token_of(candidate), "sender": by},
        confidential=True,
    )
