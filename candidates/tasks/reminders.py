from celery import shared_task
from django.utils import timezone

from candidates.services import reminders


@shared_task(name="candidates.remind")
def remind() -> None:
    reminders.remind(now=timezone.now())
