"""Real parts beside a test: a web server in this process, a Celery worker in another."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections

from screening.celery import WORKER_HEARTBEAT
from tests.databases import address

START_SECONDS = 60


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Say nothing; a failing page shows in the test."""


class ClosingServer(ThreadedWSGIServer):
    """Closes each thread's connections at its end, so that the database can be dropped."""

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The site on a free port of this machine; yields its address."""
    server = ClosingServer(("127.0.0.1", 0), QuietHandler)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def working(*, log: Path, queues: str = "celery") -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the database this process uses now; it has answered when the block begins."""
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "DATABASE_URL": address(name, alias="default"),
        "DATABASE_OWNER_URL": address(name, alias="owner"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "OPENBLAS_NUM_THREADS": "1",
    }
    cache.delete(WORKER_HEARTBEAT)
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "screening",
        "worker",
        "-c",
        "1",
        "-Q",
        queues,
        "--without-gossip",
        "--without-mingle",
    ]
    with log.open("ab") as output:
        worker = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=output, stderr=output)  # noqa: S603  # our own worker
    try:
        until = time.monotonic() + START_SECONDS
        while cache.get(WORKER_HEARTBEAT) is None:
            if worker.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"The worker did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(15)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
