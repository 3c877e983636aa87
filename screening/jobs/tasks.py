from celery import shared_task
from django.utils import timezone

from screening.jobs.services import deliveries, sweeping


@shared_task(name="jobs.deliver")
def deliver(*, delivery_id: int) -> None:
    deliveries.deliver(delivery_id=delivery_id, now=timezone.now())


@shared_task(name="jobs.sweep")
def sweep() -> None:
    sweeping.sweep(now=timezone.now())
