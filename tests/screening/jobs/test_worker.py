"""With a real broker and a real Celery worker in another process."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.utils import timezone

from candidates.services.documents import EXTRACT_TEXT
from candidates.services.duplicates import FIND, look_for_duplicates
from screening.jobs.enums import DeliveryState, JobState
from screening.jobs.models import Delivery, Job
from screening.jobs.services.deliveries import queue_message
from screening.jobs.services.jobs import request_job
from screening.jobs.services.sweeping import GRACE, sweep
from tests.factories.jobs import DeliveryFactory
from tests.processes import working

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


def wait_for(job: Job, state: JobState) -> bool:
    until = time.monotonic() + PATIENCE
    while Job.objects.get(pk=job.pk).state != state and time.monotonic() < until:
        time.sleep(0.1)
    return Job.objects.get(pk=job.pk).state == state


def test_short_work_is_done_while_long_work_goes_on(committed_db: str, tmp_path: Path) -> None:
    with working(log=tmp_path / "long", queues=["long"]), working(log=tmp_path / "short", queues=["short"]):
        with held(FIND):
            long = look_for_duplicates(by=None)
            assert wait_for(long, JobState.RUNNING)
            short = request_job(task=EXTRACT_TEXT, params={"document": 0}, title="Reading a CV that is gone by now")
            queue_message(event="tests.told", to="ann@example.com", subject="News", text="Something happened.")
            assert wait_for(short, JobState.DONE)
            assert all_sent()
            assert Job.objects.get(pk=long.pk).state == JobState.RUNNING
        assert wait_for(long, JobState.DONE)


@contextlib.contextmanager
def held(name: str) -> Iterator[None]:
    """What a look through everybody waits for while another one is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        yield
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
