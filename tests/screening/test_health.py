"""The page that tells whether this installation can do its work."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from screening.celery import HEARTBEAT_SECONDS, heartbeat_of
from screening.health import IN_TIME
from screening.jobs.enums import JobState
from tests.factories.jobs import DeliveryFactory, JobFactory
from tests.processes import working

WELL = {"database": True, "broker": True} | {
    f"{queue}_{what}": True for queue in ("short", "long") for what in ("worker", "in_time")
}


@pytest.mark.django_db
def test_without_a_worker_it_says_so(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == WELL | {"short_worker": False, "long_worker": False}


@pytest.mark.django_db
def test_runtime_acts_as_the_role_of_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("screening_app",)


@pytest.mark.django_db
def test_with_database_broker_and_beating_workers_all_is_well(client: Client) -> None:
    cache.set_many({heartbeat_of(queue): "beating" for queue in ("short", "long")}, HEARTBEAT_SECONDS)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, WELL)
    cache.delete(heartbeat_of("short"))
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, WELL | {"short_worker": False})


@pytest.mark.unabridged
def test_workers_beat_until_they_are_killed(client: Client, committed_db: str, tmp_path: Path) -> None:
    with working(log=tmp_path / "long", queues=["long"]), working(log=tmp_path / "short", queues=["short"]) as worker:
        response = client.get("/healthz")
        assert (response.status_code, response.json()) == (200, WELL)
        worker.kill()
        worker.wait()
        until = time.monotonic() + HEARTBEAT_SECONDS + 2
        while (response := client.get("/healthz")).status_code == 200 and time.monotonic() < until:
            time.sleep(0.5)
        assert (response.status_code, response.json()) == (503, WELL | {"short_worker": False})


@pytest.mark.parametrize(
    ("task", "queue"), [("candidates.extract_text", "short"), ("candidates.bulk", "long"), ("jobs.deliver", "short")]
)
def test_it_says_on_which_queue_work_waits_too_long(client: Client, db: None, task: str, queue: str) -> None:
    nearly = timezone.now() - IN_TIME[queue] + timedelta(seconds=30)
    waiting = DeliveryFactory(due_at=nearly) if task == "jobs.deliver" else JobFactory(task=task, due_at=nearly)
    JobFactory(task=task, due_at=nearly - timedelta(days=1), state=JobState.DONE)
    assert client.get("/healthz").json()[f"{queue}_in_time"] is True
    type(waiting).objects.filter(pk=waiting.pk).update(due_at=nearly - timedelta(minutes=1))
    told = client.get("/healthz").json()
    assert {part for part, well in told.items() if not well} == {"short_worker", "long_worker", f"{queue}_in_time"}


def test_metrics_are_for_whoever_knows_the_token(client: Client, settings: LazySettings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "figures"
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 404
    response = client.get("/metrics", headers={"Authorization": "Bearer figures"})
    assert response.status_code == 200
    assert b"python_info" in response.content
