"""Reminders of reviews at work: a week before, on the day, and a week after, then with the recruiter.

A beat asks what is due now; a key says what was sent before, so that twice or late is harmless.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from candidates.models import Application, Decision, EngagementReview
from candidates.queries.names import listings, name_for
from screening.accounts.enums import Part
from screening.accounts.models import User
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import queue_mail

STEPS = (-7, 0, 7)
"""Days from the day it is due."""
WITH_RECRUITER = STEPS[-1]
TOO_LATE = timedelta(days=30)
"""Whoever has not answered for so long is not written to any more; the review stays on their day and the recruiter's."""


def newest_step(due_on: date, *, told_from: date, today: date) -> int | None:
    """The last whose day has come; what it overtook is not sent, nor what came due before there was anybody to tell."""
    come = [step for step in STEPS if told_from <= due_on + timedelta(days=step) <= today]
    return None if not come or today > due_on + timedelta(days=STEPS[-1]) + TOO_LATE else come[-1]


def keys_of(review: EngagementReview) -> list[str]:
    """Under which its mails wait; one a reader, so each key is a beginning."""
    beginnings = [_key(review, step) for step in STEPS]
    found = Delivery.objects.filter(key__regex=rf"^({'|'.join(beginnings)}):").values_list("key", flat=True)
    return list(found)


def _key(review: EngagementReview, step: int) -> str:
    return f"engagement.review:{review.pk}:{step}:{review.due_on:%Y%m%d}"


def remind_of_reviews(*, now: datetime) -> int:
    """Queue what is due and was not queued before; how many mails."""
    today = now.date()
    near = EngagementReview.objects.filter(
        submitted_at=None,
        engagement__ended_on=None,
        due_on__lte=today - timedelta(days=STEPS[0]),
        due_on__gte=today - timedelta(days=STEPS[-1]) - TOO_LATE,
    ).select_related("engagement")
    due = [
        (review, step)
        for review in near
        if (step := newest_step(review.due_on, told_from=review.engagement.created_at.date(), today=today)) is not None
    ]
    known = _known(due)
    return sum(_queue(review, step, now) for review, step in due if _key(review, step) not in known)


def _known(due: Iterable[tuple[EngagementReview, int]]) -> set[str]:
    """Beginnings of the keys that were used."""
    wanted = Q(pk__in=[])
    for review, step in due:
        wanted |= Q(key__startswith=f"{_key(review, step)}:")
    return {key.rpartition(":")[0] for key in Delivery.objects.filter(wanted).values_list("key", flat=True)}


@transaction.atomic
def _queue(review: EngagementReview, step: int, now: datetime) -> int:
    """Under the lock that giving the review takes, so that nothing is asked for that has just come."""
    locked = (
        EngagementReview.objects.select_for_update(of=("self",))
        .filter(pk=review.pk, submitted_at=None, due_on=review.due_on)
        .select_related("engagement__application__candidate", "engagement__application__role__client")
        .prefetch_related(listings("engagement__application"))
        .first()
    )
    if locked is None:
        return 0
    application = locked.engagement.application
    managers = _managers(locked, application)
    for person in managers:
        _mail(locked, step, person, "engagement_review", now)
    recruiter = application.owner or locked.engagement.created_by
    if step == WITH_RECRUITER and recruiter.is_active and recruiter.is_staff_of_firm:
        _mail(locked, step, recruiter, "engagement_review_copy", now)
        return len(managers) + 1
    return len(managers)


def _managers(review: EngagementReview, application: Application) -> list[User]:
    """Who has begun to write it; failing that who decided to hire; failing that everybody of the client's."""
    decided = Decision.objects.filter(entry__application=application).select_related("decided_by").first()
    at_client = User.objects.filter(is_active=True, part=Part.CLIENT_REVIEWER, client=application.role.client_id)
    for one in (review.reviewer_id, decided.decided_by_id if decided else None):
        if one is not None and (found := list(at_client.filter(pk=one))):
            return found
    return list(at_client.exclude(candidacies=application.candidate_id).order_by("pk"))


def _mail(review: EngagementReview, step: int, person: User, template: str, now: datetime) -> None:
    application = review.engagement.application
    late = "overdue" if step > 0 else ("due today" if step == 0 else f"due {review.due_on:%-d %B}")
    queue_mail(
        event="engagement.review",
        to=person,
        subject=f"{review.get_day_display()} review {late}: {application.role.title}",
        template=template,
        context={"review": review, "name": name_for(person, application), "person": person, "late": late},
        key=f"{_key(review, step)}:{person.pk}",
        due_at=now,
    )
