"""Migrations run with the owner's rights and make the application's role before anything is created."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.utils import CursorWrapper

ONE_AT_A_TIME = 7_332_464
RIGHTS = """
    GRANT USAGE ON SCHEMA public TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""


class Command(migrate.Command):
    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            make_roles(cursor)
            cursor.execute(RIGHTS.format(role=settings.APP_ROLE))
        return super().handle(*args, **options)


def make_roles(cursor: CursorWrapper) -> None:
    """The application's role, the log-in that DATABASE_URL names, and the right of that and of the owner to act as it."""
    runtime = connections["default"].settings_dict
    login = runtime["USER"] or settings.APP_ROLE
    make_role(cursor, settings.APP_ROLE)
    make_role(cursor, login, password=runtime["PASSWORD"])
    for name in (login, None):
        cursor.execute("SELECT pg_has_role(coalesce(%s, current_user), %s, 'SET')", [name, settings.APP_ROLE])
        if cursor.fetchone() == (False,):
            cursor.execute(f"GRANT {settings.APP_ROLE} TO {quoted(name) if name else 'CURRENT_USER'}")


def make_role(cursor: CursorWrapper, name: str, *, password: str = "") -> None:
    """A role that exists keeps its password; the owner needs CREATEROLE only where one is missing."""
    cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [name])
    found = cursor.fetchone()
    if found is None:
        cursor.execute(f"CREATE ROLE {quoted(name)}")
    if password and found != (True,):
        cursor.execute(f"ALTER ROLE {quoted(name)} LOGIN PASSWORD %s", [password])


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
