"""The page that tells whether this installation can do its work."""

import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from screening.celery import HEARTBEAT_SECONDS
from tests.processes import working


@pytest.mark.django_db
def test_without_a_worker_it_says_so(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"database": True, "broker": True, "worker": False}


@pytest.mark.django_db
def test_runtime_acts_as_the_role_of_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("screening_app",)


def test_with_database_broker_and_worker_all_is_well(client: Client, committed_db: str, tmp_path: Path) -> None:
    with working(log=tmp_path / "log") as worker:
        assert client.get("/healthz").status_code == 200
        worker.kill()
        worker.wait()
        until = time.monotonic() + HEARTBEAT_SECONDS + 2
        while (code := client.get("/healthz").status_code) == 200 and time.monotonic() < until:
            time.sleep(0.5)
    assert code == 503


def test_metrics_are_for_whoever_knows_the_token(client: Client, settings: LazySettings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "figures"
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 404
    response = client.get("/metrics", headers={"Authorization": "Bearer figures"})
    assert response.status_code == 200
    assert b"python_info" in response.content
