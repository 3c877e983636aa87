"""Reminders to reviewers at the client who must evaluate and have not: twice by themselves, and by hand."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest

from candidates.enums import ShortlistState
from candidates.models import ShortlistReviewer, ShortlistVersion
from screening.accounts.errors import Refused
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import queue_mail

AFTER = (timedelta(days=3), timedelta(days=7))
TOO_LATE = timedelta(days=14)
"""Who did not answer for so long is not written to by itself any more; a recruiter releases them."""
NOT_AGAIN_FOR = timedelta(hours=20)


def remind_reviewers(*, now: datetime) -> int:
    """Queue every reminder that is due and was not queued before; how many. Twice, or late, is harmless."""
    waiting = _owing().filter(told_at__lte=now - AFTER[0], told_at__gt=now - AFTER[-1] - TOO_LATE)
    due = {key: reviewer for reviewer in waiting if (key := _key(reviewer, now))}
    known = set(Delivery.objects.filter(key__in=due).values_list("key", flat=True))
    for key, reviewer in due.items():
        if key not in known:
            _remind(reviewer, key=key, now=now)
    return len(due.keys() - known)


def _key(reviewer: ShortlistReviewer, now: datetime) -> str:
    """Of the newest that is due: what it overtook is not sent."""
    days = max(delay.days for delay in AFTER if vars(reviewer)["told_at"] + delay <= now)
    version = reviewer.shortlist.version
    return f"shortlist.reminder:{reviewer.pk}:{days}" + (f":v{version}" if version > 1 else "")


def _owing() -> QuerySet[Any]:
    """Who must evaluate a presented shortlist and has not committed all, with `told_at`: when they were asked to."""
    key = Concat(Value("shortlist.presented:"), Cast(OuterRef("pk"), TextField()))
    told = Delivery.objects.filter(key=key).values("created_at")[:1]
    renewed = ShortlistVersion.objects.filter(shortlist=OuterRef("shortlist")).order_by("-number")
    on_list = Q(shortlist__entries__left_in=None)
    committed = on_list & Q(
        shortlist__entries__reviews__reviewer=F("user"), shortlist__entries__reviews__committed_at__isnull=False
    )
    return (
        ShortlistReviewer.objects.filter(must=True, released_at=None, user__is_active=True)
        .filter(shortlist__state=ShortlistState.PRESENTED)
        .annotate(
            told_at=Greatest(
                Coalesce(Subquery(told), F("shortlist__presented_at")),
                Subquery(renewed.filter(presented_at__isnull=False).values("presented_at")[:1]),
            ),
            people=Count("shortlist__entries", filter=on_list, distinct=True),
            done=Count("shortlist__entries__reviews", filter=committed, distinct=True),
        )
        .filter(done__lt=F("people"))
        .select_related("user", "shortlist__role")
        .order_by("pk")
    )


@transaction.atomic
def remind_by_hand(*, reviewer: ShortlistReviewer, now: datetime) -> None:
    """Raises Refused for somebody who owes nothing, or had a reminder a short while ago."""
    owing = _owing().filter(pk=reviewer.pk).first()
    if owing is None:
        raise Refused(f"Nobody waits for an evaluation of {reviewer.user.name}.")
    lately = Delivery.objects.filter(
        key__startswith=f"shortlist.reminder:{reviewer.pk}:", due_at__gt=now - NOT_AGAIN_FOR
    )
    if lately.exists():
        raise Refused(f"{reviewer.user.name} had a reminder within the last day.")
    _remind(owing, key=f"shortlist.reminder:{reviewer.pk}:{now:%Y%m%dT%H%M%S}", now=now)


def _remind(reviewer: ShortlistReviewer, *, key: str, now: datetime) -> None:
    shortlist, person = reviewer.shortlist, reviewer.user
    queue_mail(
        event="shortlist.reminder",
        to=person,
        subject=f"Shortlist {shortlist.number} for {shortlist.role.title} still awaits your evaluation",
        template="shortlist_reminder",
        context={"shortlist": shortlist, "person": person},
        key=key,
        due_at=now,
    )
