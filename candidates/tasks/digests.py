from celery import shared_task
from django.utils import timezone

from candidates.services import digests


@shared_task(name="candidates.send_digests")
def send_digests() -> None:
    digests.send_digests(now=timezone.now())
