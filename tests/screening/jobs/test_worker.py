"""With a real broker and a real Celery worker in another process."""

import time

from django.utils import timezone

from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import queue_message
from screening.jobs.services.sweeping import GRACE, sweep
from tests.factories.jobs import DeliveryFactory

PATIENCE = 20


def all_sent() -> bool:
    until = time.monotonic() + PATIENCE
    while Delivery.objects.exclude(state=DeliveryState.SENT).exists():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def test_mail_leaves_after_the_commit_and_what_the_broker_lost_after_the_sweep(worker: None) -> None:
    queue_message(event="tests.told", to="ann@example.com", subject="News", text="Something happened.")
    assert all_sent()
    DeliveryFactory.create_batch(5)  # rows whose messages never were
    assert sweep(now=timezone.now() + GRACE) == 5
    assert all_sent()
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}
