"""What comes back to whoever sent it: answers to scope questions, and letters to candidates that did not arrive."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, DateTimeField, Exists, F, IntegerField, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from candidates.models import CandidateMail
from candidates.queries.today import MOST, Item, Items, plural, shortened
from rubrics.enums import KickoffState
from rubrics.models import KickoffAnswer
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState

REMEMBERED = timedelta(days=14)


def came_back(user: User, now: datetime) -> dict[str, Items]:
    """For staff, by the title of its section; one statement."""
    rows = list(_answers(user).union(_letters(user, now), all=True).order_by("moment", "ref"))
    return {title: shortened(item(*row) for what, *row in rows if what == title) for title, item in ITEM.items()}


def _answers(user: User) -> QuerySet[Any, Any]:
    """To questions this user sent, which wait to be accepted or returned, by role."""
    waiting = KickoffAnswer.objects.visible_to(user).filter(asked_by=user, state=KickoffState.ANSWERED)
    roles = waiting.order_by().values("role__slug", "role__title")
    found = roles.annotate(what=_as("Answers to judge"), number=Count("pk"), moment=Min("answered_at"))
    named = found.annotate(ref=Cast("role__slug", CharField()), title=Cast("role__title", CharField()))
    return named.values_list("what", "ref", "title", "number", "moment").order_by("moment")[: MOST + 1]


def _letters(user: User, now: datetime) -> QuerySet[Any, Any]:
    """Of the last fortnight, unless somebody has written to that person since."""
    since = CandidateMail.objects.filter(candidate=OuterRef("candidate"), written_at__gt=OuterRef("written_at"))
    mine = CandidateMail.objects.visible_to(user).filter(by=user, written_at__gt=now - REMEMBERED)
    lost = mine.filter(~Exists(since), delivery__state=DeliveryState.FAILED).order_by("-written_at", "-pk")
    found = lost.annotate(
        what=_as("Letters that did not arrive"),
        ref=Cast("pk", CharField()),
        title=Cast("candidate__name", CharField()),
        number=Value(1, output_field=IntegerField()),
        moment=Cast(F("written_at"), DateTimeField()),
    )
    return found.values_list("what", "ref", "title", "number", "moment")[: MOST + 1]


def _as(words: str) -> Value:
    return Value(words, output_field=CharField())


def _answer(slug: str, title: str, number: int, at: datetime) -> Item:
    address = reverse("rubrics:role", args=[slug])
    return Item(title, address, why=plural(number, "answer about the scope"), at=at, mailed=True)


def _letter(pk: str, name: str, _number: int, at: datetime) -> Item:
    return Item(name, reverse("candidates:mail", args=[pk]), why="your letter could not be delivered", at=at)


ITEM = {"Answers to judge": _answer, "Letters that did not arrive": _letter}
