from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from screening.accounts.permissions import can_read_history_of_people
from screening.jobs.enums import TO_CANDIDATES, DeliveryState, JobState

if TYPE_CHECKING:
    from screening.accounts.models import User
    from screening.jobs.models import Delivery, Job


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> JobQuerySet:
        return self if user.is_administrator else self.filter(created_by=user)

    def on(self, queue: str) -> JobQuerySet:
        return (
            self.filter(task__in=settings.LONG_TASKS) if queue == "long" else self.exclude(task__in=settings.LONG_TASKS)
        )

    def due(self, now: datetime) -> JobQuerySet:
        """Waiting past their time, or taken by a worker that has not been heard of since."""
        return self.filter(Q(state=JobState.QUEUED, due_at__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now))


def to_candidates() -> Q:
    return Q(event__startswith=TO_CANDIDATES)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        """All of them; letters to candidates carry contact data, and are closed while one may not read about people."""
        if not user.is_administrator:
            return self.none()
        return self if can_read_history_of_people(user) else self.exclude(to_candidates())

    def due(self, now: datetime) -> DeliveryQuerySet:
        return self.filter(state=DeliveryState.DUE, due_at__lte=now)
