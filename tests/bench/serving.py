"""Two sites beside each other, each with its own large database: ours as in production, and the floor."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from tests.databases import address, fingerprint, maintenance, run

PASSWORD = "figures-of-one-machine"
SECRET = "only-for-figures-" * 4
START_SECONDS = 60
GUNICORN = (
    *("--workers", "2", "--worker-class", "gthread", "--threads", "4", "--preload", "--no-control-socket"),
    *("--log-level", "error", "--keep-alive", "60"),  # as long as a proxy keeps its connections
)
COOKIE = re.compile(r"([^=;\s]+)=([^;]*)")


def manage(name: str, *words: str, **environment: str) -> str:
    """One of Django's commands on a database; what it printed."""
    command = [sys.executable, "-m", "django", *words]
    done = subprocess.run(  # noqa: S603  # our own commands
        command,
        cwd=settings.BASE_DIR,
        env=_environment(name, **environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}: {done.stderr[-3000:]}"
    return done.stdout


def _environment(name: str, **more: str) -> dict[str, str]:
    ours = {
        "DJANGO_SETTINGS_MODULE": "screening.settings",
        "DATABASE_URL": address(name, alias="default"),
        "DATABASE_OWNER_URL": address(name, alias="owner"),
        "FLOOR_DATABASE_URL": address(name, alias="owner"),
        "REDIS_URL": settings.REDIS_URL,
        "REDIS_PREFIX": "bench",
        "SECRET_KEY": SECRET,
        "DEBUG": "0",
        "SCREENING_URL": "http://127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "DEFAULT_FROM_EMAIL": "screening@example.org",
        "MEDIA_ROOT": str(settings.BASE_DIR / "var" / "bench-files"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    return os.environ | ours | more


@contextlib.contextmanager
def once(name: str) -> Iterator[str | None]:
    """The name under which to build a database that later runs find again; None when it is there."""
    with maintenance() as connection:
        there = run(connection, "SELECT datname FROM pg_database WHERE datname = %s", name)
        if there:
            yield None
            return
        run(connection, f'DROP DATABASE IF EXISTS "{name}_new" WITH (FORCE)')
        run(connection, f'CREATE DATABASE "{name}_new" TEMPLATE template0')
        yield f"{name}_new"
        run(connection, f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')


def our_database(people: int) -> str:
    name = f"screening_bench_{fingerprint()}_{people}"
    with once(name) as new:
        if new:
            manage(new, "migrate", "--verbosity", "0")
            manage(new, "seed_demo", "--candidates", str(people), "--password", PASSWORD)
            analyse(new)
    return name


def analyse(name: str) -> None:
    """Both databases are met as a day's use leaves them: with statistics, and vacuumed."""
    manage(name, "shell", "-c", "from django.db import connections as c; c['owner'].cursor().execute('VACUUM ANALYZE')")


@dataclass
class Site:
    """A running site and how one asks it."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def browser(self) -> "Window":
        return Window(self)


@dataclass
class Window:
    """One persistent connection, as a browser keeps it."""

    site: Site
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)

    def ask(self, path: str, data: dict[str, object] | None = None, **headers: str) -> tuple[int, str]:
        sent = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.site.cookies.items())} | headers
        body = None
        if data is not None:
            token = next((value for key, value in self.site.cookies.items() if "csrf" in key), "")
            body = urlencode({"csrfmiddlewaretoken": token} | data)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if data is None else "POST", path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if found := COOKIE.match(cookie):
                self.site.cookies[found[1]] = found[2]
        return answer.status, text


def sign_in(site: Site, email: str) -> None:
    window = site.browser()
    window.ask("/accounts/login/")
    status, _ = window.ask("/accounts/login/", {"login": email, "password": PASSWORD})
    assert status == http.client.FOUND, f"{email} could not sign in: {status}"


@contextlib.contextmanager
def serving(application: str, name: str) -> Iterator[Site]:
    """Gunicorn as in production: two workers of four threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        site = Site(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{site.port}", *GUNICORN]
    environment = _environment(name, SCREENING_URL=f"http://127.0.0.1:{site.port}")
    log = settings.BASE_DIR / "var" / f"bench-{application.partition(':')[0]}.log"
    with log.open("wb") as output:
        site.process = subprocess.Popen(  # noqa: S603  # our own command
            command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output
        )
    try:
        _wait_for(site)
        yield site
    finally:
        site.process.terminate()
        site.process.wait(20)


def _wait_for(site: Site) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", site.port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("The site did not start.")


def memory(site: Site) -> float:
    """Of both workers, in MB: what is theirs alone, and their share of what they have in common."""
    assert site.process
    pid = site.process.pid
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = [line for worker in workers for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def floor_database(people: int, cards: int, scorecards: int, roles: int, stages: int) -> tuple[str, str]:
    """As many rows as ours; the name, and a session's key."""
    name = f"screening_floor_{people}_{cards}_{scorecards}_{roles}_{stages}"
    floor = {"DJANGO_SETTINGS_MODULE": "tests.bench.floor.settings"}
    with once(name) as new:
        if new:
            manage(
                new,
                "shell",
                "-c",
                "from django.db import connection as c; c.cursor().execute('CREATE EXTENSION pg_trgm')",
                **floor,
            )
            for words in (["auth"], ["sessions"], ["--run-syncdb"]):  # what has migrations first: ours refers to users
                manage(new, "migrate", *words, "--verbosity", "0", **floor)
            counts = [people, cards, scorecards, roles, stages]
            manage(
                new, "shell", "-c", f"from tests.bench.floor.filling import fill; fill(*{json.dumps(counts)})", **floor
            )
    key = manage(
        name, "shell", "--no-imports", "-c", "from tests.bench.floor.filling import sign_in; print(sign_in())", **floor
    )
    return name, key.split()[-1]
