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
        runtime = connections["default"].settings_dict
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            make_role(cursor, settings.APP_ROLE)
            make_role(cursor, runtime["USER"] or settings.APP_ROLE, password=runtime["PASSWORD"])
            let_become(cursor, runtime["USER"] or settings.APP_ROLE)
            cursor.execute(RIGHTS.format(role=settings.APP_ROLE))
        return super().handle(*args, **options)


def make_role(cursor: CursorWrapper, name: str, *, password: str = "") -> None:
    cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [name])
    quoted = cursor.connection.ops.quote_name(name) if hasattr(cursor.connection, "ops") else f'"{name}"'
    found = cursor.fetchone()
    if found is None:
        cursor.execute(f"CREATE ROLE {quoted} NOLOGIN")
    if password and not (found and found[0]):
        cursor.execute(f"ALTER ROLE {quoted} LOGIN PASSWORD %s", [password])


def let_become(cursor: CursorWrapper, name: str) -> None:
    """Let the runtime's login, and the owner, act as the application's role."""
    for login in {name, None}:
        cursor.execute("SELECT pg_has_role(coalesce(%s, current_user), %s, 'SET')", [login, settings.APP_ROLE])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {settings.APP_ROLE} TO " + (f'"{login}"' if login else "CURRENT_USER"))
