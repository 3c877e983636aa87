"""What a client asks us about somebody on a shortlist, and what we answer."""

from datetime import datetime

from django.db import transaction

from candidates.models import ClientAnswer, ClientQuestion, Shortlist, ShortlistEntry
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


@transaction.atomic
def ask_firm(*, entry: ShortlistEntry, text: str, by: User, now: datetime) -> ClientQuestion:
    """Ask us about somebody presented; whoever presented them gets mail. Raises Refused."""
    if not entry.shortlist.is_with_client:
        raise Refused("This shortlist is not with the client.")
    if not text.strip():
        raise Refused("Write the question.")
    question = ClientQuestion.objects.create(entry=entry, asked_by=by, text=text.strip(), asked_at=now)
    _tell(question, presenter_of(entry.shortlist), words="a question about")
    return question


@transaction.atomic
def answer_client(*, question: ClientQuestion, text: str, by: User, now: datetime) -> ClientAnswer:
    """Write in the thread of a question; the other side gets mail. Raises Refused."""
    shortlist = question.entry.shortlist
    if not shortlist.is_with_client:
        raise Refused("This shortlist is not with the client.")
    if not text.strip():
        raise Refused("Write the answer.")
    answer = ClientAnswer.objects.create(question=question, by=by, text=text.strip(), at=now)
    if by.pk == question.asked_by_id:
        _tell(question, presenter_of(shortlist), words="a question about")
    else:
        _tell(question, question.asked_by, words="an answer to your question about")
    return answer


def presenter_of(shortlist: Shortlist) -> User:
    """Who at our side a client's word about a shortlist goes to."""
    people = (shortlist.presented_by, shortlist.created_by)
    return next((one for one in people if one is not None and one.is_active), shortlist.created_by)


def _tell(question: ClientQuestion, person: User, *, words: str) -> None:
    """A letter is read where no seal holds: it names neither the candidate nor what was said."""
    shortlist = question.entry.shortlist
    subject = f"{words} shortlist {shortlist.number}"
    queue_mail(
        event="shortlist.question",
        to=person,
        subject=f"{subject[:1].upper()}{subject[1:]}",
        template="client_question",
        context={"person": person, "words": subject, "question": question},
    )
