"""What a candidate is told about a decision against them: drafted from its reason, read, edited and sent by a person."""

from datetime import datetime

from django.db import transaction

from candidates.enums import Outcome
from candidates.models import Feedback, ShortlistEntry
from candidates.services.decisions import newest_decision_locked
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


def drafted_feedback(*, entry: ShortlistEntry, why: str, by: User) -> str:
    """A beginning, with the client's reason as it was given: it is for the writer to put into words for the candidate."""
    return (
        f"Hello {entry.application.candidate.name},\n\n"
        f"thank you for the time you gave to the conversations about the role {entry.application.role.title}. "
        "The company has decided not to go on with your application.\n\n"
        f"What it rested on: {why}\n\n"
        f"If you have questions about this, write to me at {by.email}. We wish you well.\n\n"
        f"{by.name}"
    )


@transaction.atomic
def save_feedback(*, entry: ShortlistEntry, text: str, by: User, now: datetime) -> Feedback:
    """Keep a draft. Raises Refused unless the newest decision is a rejection, or when it was sent."""
    newest = newest_decision_locked(entry)
    if newest is None or newest.outcome != Outcome.REJECT:
        raise Refused("Feedback follows a decision against somebody, and there is none that counts.")
    feedback = Feedback.objects.filter(decision=newest).first() or Feedback(decision=newest)
    if feedback.sent_at is not None:
        raise Refused("This feedback has been sent already.")
    feedback.text, feedback.written_by, feedback.saved_at = text.strip(), by, now
    feedback.save()
    return feedback


@transaction.atomic
def send_feedback(*, entry: ShortlistEntry, text: str, has_read: bool, by: User, now: datetime) -> Feedback:
    """Mail it to the candidate, as the sender has read it. Raises Refused for an empty text, unread, or with nowhere to send."""
    candidate = entry.application.candidate
    if not text.strip():
        raise Refused("Write what the candidate is told.")
    if not has_read:
        raise Refused("Read it as the candidate will, and say so.")
    if not candidate.email or candidate.erased_at:
        raise Refused("There is no e-mail address on file to send it to.")
    feedback = save_feedback(entry=entry, text=text, by=by, now=now)
    queue_mail(
        event="candidate.feedback",
        to=candidate.email,
        subject=f"Your application: {entry.application.role.title}",
        template="feedback",
        context={"text": feedback.text},
        key=f"feedback:{feedback.pk}",
    )
    feedback.sent_by, feedback.sent_at = by, now
    feedback.save(update_fields=["sent_by", "sent_at"])
    return feedback
