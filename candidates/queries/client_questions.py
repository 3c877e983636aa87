"""The questions a client asked about somebody, as each side may read them, and which of them wait for whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from candidates.models import ClientAnswer, ClientQuestion, ShortlistEntry
from candidates.queries.names import listings, name_for
from candidates.queries.redaction import Redaction, redaction
from candidates.queries.today import MOST, Item, Items, shortened
from rubrics.enums import NameForm
from screening.accounts.models import User


@dataclass(frozen=True)
class Word:
    who: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Thread:
    """A question and what was said after it."""

    pk: int
    question: Word
    answers: tuple[Word, ...]
    may_answer: bool


def asked_about(user: User) -> ArraySubquery:
    """What this user may read of the questions about an entry (the outer row), for `threads_of`."""
    word = JSONObject(who="by__name", text="text", at="at")
    answers = ClientAnswer.objects.filter(question=OuterRef("pk")).values_list(word)
    thread = JSONObject(
        pk="pk", by="asked_by", who="asked_by__name", text="text", at="asked_at", answers=ArraySubquery(answers)
    )
    return ArraySubquery(ClientQuestion.objects.visible_to(user).filter(entry=OuterRef("pk")).values_list(thread))


def threads_of(entry: ShortlistEntry, user: User) -> list[Thread]:
    """The oldest first, of an entry loaded with them; a client reads no more of the name than the shortlist says."""
    form = entry.shortlist.name_form if user.is_client_reviewer else NameForm.FULL
    shown = redaction(entry.application.candidate, form)
    return [
        Thread(
            pk=one["pk"],
            question=_word(one, shown),
            answers=tuple(_word(answer, shown) for answer in one["answers"]),
            may_answer=user.is_staff_of_firm or one["by"] == user.pk,
        )
        for one in vars(entry)["asked"] or ()  # none at all where nothing could be readable
    ]


def _word(told: dict[str, Any], shown: Redaction) -> Word:
    return Word(told["who"], shown(told["text"]), datetime.fromisoformat(told["at"]))


def client_threads_waiting(user: User) -> Items:
    """For staff what a client asked and nobody answered, for a reviewer the answers they have not read."""
    waiting = (
        ClientQuestion.objects.waiting_for(user)
        .select_related("entry__shortlist", "entry__application__candidate", "entry__application__role", "asked_by")
        .order_by("asked_at", "pk")
    )
    if user.is_client_reviewer:  # whose shortlists chose in which form they read a name
        waiting = waiting.prefetch_related(listings("entry__application"))
    return shortened(_item(question, user) for question in waiting[: MOST + 1])


def _item(question: ClientQuestion, user: User) -> Item:
    application = question.entry.application
    page = reverse("candidates:entry", args=[question.entry_id])
    words = "your question was answered" if user.is_client_reviewer else f"{question.asked_by.name} asks"
    return Item(
        name_for(user, application),
        f"{page}#question-{question.pk}",
        why=f"{words} · {application.role.title}",
        at=question.asked_at,
    )
