"""Databases for tests: migrated once, cloned for every process, and for every test that really commits.

Flushing is no way to clean up here: the application's role may not truncate, and what must never change cannot be
deleted. A clone takes a fraction of a second and can be thrown away whole. Run as a program it makes what is cloned.
"""

import contextlib
import hashlib
import itertools
import os
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class that psycopg2 writes small

from screening import embedded
from screening.keeper import SUPERUSER

ALIASES = ("default", "owner")
TEMPLATE, CLONE = "screening_template_", "screening_test_"
MACHINE = hashlib.sha256(platform.node().encode()).hexdigest()[:6]
A_DAY = 24 * 60 * 60
BUILDING = 7_332_465
JOINS_WEIGHED = 4
"""In how many joins the best order is looked for: among few rows a search takes longer than the worst of them."""
numbers = itertools.count()
main_database = settings.DATABASES["owner"]["NAME"]


def fingerprint() -> str:
    """Changes when the tables might: our migrations, what gives rights, and the versions of all packages."""
    files = [
        path
        for app in ("screening", "rubrics", "candidates")
        for path in settings.BASE_DIR.glob(f"{app}/**/migrations/*.py")
    ]
    files += [settings.BASE_DIR / "screening/jobs/management/commands/migrate.py"]
    files += [settings.BASE_DIR / "screening/accounts/database.py"]
    files += [settings.BASE_DIR / "requirements/development.txt"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()[:12]


@contextlib.contextmanager
def maintenance() -> Iterator[Connection]:
    owner = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=main_database,
    )
    connection.autocommit = True
    with contextlib.closing(connection):
        yield connection


@contextlib.contextmanager
def served() -> Iterator[None]:
    """PostgreSQL and Valkey: those of the environment, or the tests' own."""
    own = [name for name in ("DATABASE_URL", "REDIS_URL") if embedded.Places(settings.SERVERS).key in os.environ[name]]
    if not own:
        yield
        return
    embedded.make_private(settings.SERVERS)
    lease = embedded.join(settings.SERVERS)
    if "DATABASE_URL" in own:
        settle(settings.SERVERS)
    yield
    lease.leave()


def settle(own: Path) -> None:
    """Settings of the tests' own PostgreSQL. Its tables stay empty: statistics of rows rolled back would only mislead."""
    connection = psycopg2.connect(host=str(embedded.Places(own).sockets), user=SUPERUSER, dbname="postgres")
    connection.autocommit = True
    with contextlib.closing(connection):
        for setting in ("autovacuum = off", "max_wal_size = '256MB'"):
            run(connection, f"ALTER SYSTEM SET {setting}")
        run(connection, "SELECT pg_reload_conf()")


def run(connection: Connection, sql: str, *values: object) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def use(name: str) -> None:
    """Point this process at a database, in every thread."""
    connections.close_all()
    for alias in ALIASES:
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def template() -> str:
    """The name of the migrated template; the first process to ask builds it while the others wait."""
    wanted = f"{TEMPLATE}{fingerprint()}_"
    with one_builder() as connection:
        names = run(connection, "SELECT datname FROM pg_database WHERE datname LIKE %s", f"{TEMPLATE}%")
        for name in names:
            if not name.startswith(wanted) and not name.endswith("_new") and age(name) > A_DAY:
                drop(connection, name)
        ready = [name for name in names if name.startswith(wanted) and not name.endswith("_new")]
        if not ready:
            ready = [f"{wanted}{int(time.time())}"]
            build(connection, ready[0], source="template0", fill=lambda: call_command("migrate", verbosity=0))
        return ready[0]


def filled(name: str, fill: Callable[[], object]) -> str:
    """The name of a database that the first process of this run to ask fills; the next run drops it."""
    source, whole = template(), f"{CLONE}{MACHINE}_{os.environ['TEST_RUN']}_{name}"
    with one_builder() as connection:
        if not run(connection, "SELECT datname FROM pg_database WHERE datname = %s", whole):
            build(connection, whole, source=source, fill=fill)
    return whole


@contextlib.contextmanager
def one_builder() -> Iterator[Connection]:
    with maintenance() as connection:
        run(connection, "SELECT pg_advisory_lock(%s)", BUILDING)
        yield connection


def drop(connection: Connection, name: str) -> None:
    """With whoever is still connected. FORCE may not end an autovacuum worker; a plain drop asks it to go and waits."""
    try:
        run(connection, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    except psycopg2.errors.InsufficientPrivilege:
        run(connection, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        clients = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = %s"
        run(connection, clients, name, "client backend")
        run(connection, f'DROP DATABASE "{name}"')


def age(name: str) -> float:
    return time.time() - int(name.rsplit("_", 1)[1])


def build(connection: Connection, name: str, *, source: str, fill: Callable[[], object]) -> None:
    before = settings.DATABASES["default"]["NAME"]
    drop(connection, f"{name}_new")
    run(connection, f'CREATE DATABASE "{name}_new" TEMPLATE "{source}"')
    use(f"{name}_new")
    fill()
    use(before)
    run(connection, f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')


@contextlib.contextmanager
def cloned(source: str | None = None) -> Iterator[str]:
    """A database of one's own, empty or as another is, used by this process until the end of the block."""
    before = settings.DATABASES["default"]["NAME"]
    source = source or template()
    name = f"{CLONE}{MACHINE}_{os.getpid()}_{next(numbers)}"
    with maintenance() as connection:
        run(connection, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        for limit in ("join_collapse_limit", "from_collapse_limit"):
            run(connection, f'ALTER DATABASE "{name}" SET {limit} = {JOINS_WEIGHED}')
    use(name)
    try:
        yield name
    finally:
        use(before)
        with maintenance() as connection:
            drop(connection, name)


def drop_what_killed_runs_left() -> None:
    with maintenance() as connection:
        for name in run(connection, "SELECT datname FROM pg_database WHERE datname LIKE %s", f"{CLONE}{MACHINE}%"):
            if not Path(f"/proc/{name.split('_')[3]}").exists():
                drop(connection, name)


def address(name: str, *, alias: str) -> str:
    """The address of a database for another process."""
    url = os.environ["DATABASE_URL"]
    if alias == "owner":
        url = os.environ.get("DATABASE_OWNER_URL", url)
    return urlsplit(url)._replace(path=f"/{name}").geturl()


if __name__ == "__main__":
    django.setup()
    with served():
        template()
