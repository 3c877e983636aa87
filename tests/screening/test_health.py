"""The page that tells whether this installation can do its work."""

import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

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
    assert isinstance(worker, subprocess.Popen)
