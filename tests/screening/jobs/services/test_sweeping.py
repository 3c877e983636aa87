import base64
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis import Redis

from screening.celery import app
from screening.jobs.enums import DeliveryState, JobState
from screening.jobs.models import Job
from screening.jobs.services.jobs import request_job
from screening.jobs.services.sweeping import sweep
from screening.jobs.services.waking import LONGEST_WAIT
from tests.factories.jobs import DeliveryFactory, JobFactory

LONG_AGO = timedelta(minutes=5)

pytestmark = pytest.mark.django_db


def sent(queue: str = "short") -> list[tuple[str, dict[str, Any], str | None]]:
    """What lies in one of the broker's queues, oldest first: task, arguments, not before when."""
    with Redis.from_url(django_settings.REDIS_URL) as broker:
        found = broker.lrange(f"{django_settings.REDIS_PREFIX}:{queue}", 0, -1)
    letters = [json.loads(letter) for letter in reversed(found)]
    return [
        (letter["headers"]["task"], json.loads(base64.b64decode(letter["body"]))[1], letter["headers"]["eta"])
        for letter in letters
    ]


def test_workers_are_told_after_the_commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = request_job(task="tests.add", params={}, title="Adding")
        assert sent() == []
    assert sent() == [("tests.add", {"job_id": str(job.pk)}, None)]


def test_a_delayed_job_is_sent_for_later_or_left_to_the_sweep(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        request_job(task="tests.soon", params={}, title="Soon", delay=timedelta(seconds=20))
        request_job(task="tests.late", params={}, title="Late", delay=LONGEST_WAIT + timedelta(seconds=1))
    [(task, _arguments, eta)] = sent()
    assert task == "tests.soon"
    assert eta is not None


def test_what_lost_its_message_is_sent_again() -> None:
    past = timezone.now() - LONG_AGO
    waiting = JobFactory(due_at=past)
    orphan = JobFactory(due_at=past, state=JobState.RUNNING, lease_until=past)
    letter = DeliveryFactory(due_at=past)
    assert sweep(now=timezone.now()) == 3
    told = {(task, *arguments.values()) for task, arguments, _eta in sent()}
    assert told == {
        ("tests.nothing", str(waiting.pk)),
        ("tests.nothing", str(orphan.pk)),
        ("jobs.deliver", letter.pk),
    }


def test_long_work_has_a_queue_of_its_own_also_when_its_message_was_lost(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        long = request_job(task="candidates.bulk", params={}, title="Moving many")
        short = request_job(task="candidates.extract_text", params={}, title="Reading a CV")
    Job.objects.update(due_at=timezone.now() - LONG_AGO)
    assert sweep(now=timezone.now()) == 2
    assert sent("long") == [("candidates.bulk", {"job_id": str(long.pk)}, None)] * 2
    assert sent("short") == [("candidates.extract_text", {"job_id": str(short.pk)}, None)] * 2


def test_what_is_called_long_exists() -> None:
    app.loader.import_default_modules()
    assert set(django_settings.LONG_TASKS) <= set(app.tasks)


def test_what_is_fresh_running_or_over_is_left_alone() -> None:
    past, later = timezone.now() - LONG_AGO, timezone.now() + LONG_AGO
    JobFactory()
    JobFactory(due_at=later)
    JobFactory(due_at=past, state=JobState.RUNNING, lease_until=later)
    for state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        JobFactory(due_at=past, state=state)
    for settled in (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.CANCELLED):
        DeliveryFactory(due_at=past, state=settled)
    assert sweep(now=timezone.now()) == 0
    assert sent() == []


@pytest.fixture
def broker_away() -> Iterator[None]:
    """Tasks go to a port where nothing listens."""
    Celery(broker="redis://127.0.0.1:1/0", set_as_current=True)
    yield
    app.set_current()


def test_a_lost_broker_costs_the_request_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, broker_away: None
) -> None:
    begun = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        request_job(task="tests.add", params={}, title="Adding")
    assert time.monotonic() - begun < 2
    assert Job.objects.get().state == JobState.QUEUED
    app.set_current()
    assert sent() == []
    assert sweep(now=timezone.now() + LONG_AGO) == 1
    assert [task for task, _arguments, _eta in sent()] == ["tests.add"]


def test_a_sweep_without_a_broker_says_that_it_sent_nothing(broker_away: None) -> None:
    JobFactory()
    assert sweep(now=timezone.now() + LONG_AGO) == 0
