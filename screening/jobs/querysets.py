from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from screening.jobs.enums import DeliveryState, JobState

if TYPE_CHECKING:
    from screening.accounts.models import User
    from screening.jobs.models import Delivery, Job


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> JobQuerySet:
        return self if user.is_administrator else self.filter(created_by=user)

    def due(self, now: datetime) -> JobQuerySet:
        """Waiting past their time, or taken by a worker that has not been heard of since."""
        return self.filter(Q(state=JobState.QUEUED, due_at__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        return self if user.is_administrator else self.none()

    def due(self, now: datetime) -> DeliveryQuerySet:
        return self.filter(state=DeliveryState.DUE, due_at__lte=now)
