"""Real parts beside a test: a web server in this process, a Celery worker in another."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections

from screening.celery import heartbeat_of
from tests.databases import address

START_SECONDS = 60


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Say nothing; a failing page shows in the test."""


class ClosingServer(ThreadedWSGIServer):
    """Ends with no answer under way and no thread on the database, so that it can be dropped."""

    daemon_threads = False  # the threads are waited for

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.open: set[socket.socket] = set()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.open.discard(request)
            connections.close_all()

    def server_close(self) -> None:
        for browser in list(self.open):
            with contextlib.suppress(OSError):
                browser.shutdown(socket.SHUT_RD)  # what it asked is answered, it may ask no more
        super().server_close()


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


def environment() -> dict[str, str]:
    """Of another process of the program, on the database that this one uses now."""
    name = settings.DATABASES["default"]["NAME"]
    return os.environ | {
        "DATABASE_URL": address(name, alias="default"),
        "DATABASE_OWNER_URL": address(name, alias="owner"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "OPENBLAS_NUM_THREADS": "1",
    }


@contextlib.contextmanager
def working(*, log: Path, queues: Sequence[str] = settings.QUEUES) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the database this process uses now; it has answered when the block begins."""
    beating = [heartbeat_of(queue) for queue in queues]
    cache.delete_many(beating)
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
        ",".join(queues),
        "--hostname",
        f"{'-'.join(queues)}@%h",
        "--without-gossip",
        "--without-mingle",
    ]
    with log.open("ab") as output:
        worker = subprocess.Popen(command, env=environment(), cwd=settings.BASE_DIR, stdout=output, stderr=output)  # noqa: S603  # our own worker
    try:
        until = time.monotonic() + START_SECONDS
        while len(cache.get_many(beating)) < len(queues):
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


@dataclass
class Gunicorn:
    """The site as in production, on one port, to be killed, frozen and started again."""

    port: int
    log: Path
    workers: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers."""
        bound = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers), "--worker-class", "gthread"]
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "screening.wsgi",
            *bound,
            "--threads",
            "4",
            "--preload",
            "--no-control-socket",
        ]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603  # our own server
                command, env=environment(), cwd=settings.BASE_DIR, stdout=output, stderr=output, start_new_session=True
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"The server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def signal(self, number: int) -> None:
        """To the whole of it, workers and all."""
        if self.process is not None:
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        if self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextlib.contextmanager
def gunicorn(*, log: Path, workers: int = 2) -> Iterator[Gunicorn]:
    """On the database that this process uses now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Gunicorn(port, log, workers)
    try:
        server.start()
        yield server
    finally:
        server.kill()
