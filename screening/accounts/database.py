"""What the first migration sets up in the database before any table: extensions, and the role the program runs as.

The role may read and write rows but not truncate; later migrations take away what it must never change.
"""

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    CITextExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import connections, migrations
from django.db.migrations.operations.base import Operation

CREATE_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'screening_app') THEN
        CREATE ROLE screening_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- somebody else created it at this very moment
END $$;

DO $$
DECLARE
    -- Up to version 15 of PostgreSQL whoever is a member may also take the role on.
    right_to_take_on text := CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END;
BEGIN
    IF NOT pg_has_role(current_user, 'screening_app', right_to_take_on) THEN
        EXECUTE format('GRANT screening_app TO %I', current_user);
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO screening_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO screening_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO screening_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO screening_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO screening_app;
"""

NEVER_IGNORE = """
CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS
$$ BEGIN RETURN FALSE; END; $$ LANGUAGE plpgsql;
"""
"""The trigger library lets a session name triggers to be skipped. Here they protect against whoever asks."""


def never_ignore_triggers(*, using: str, **_signal: object) -> None:
    """After each migration, since installing a trigger brings the library's own function back."""
    with connections[using].cursor() as cursor:
        cursor.execute(NEVER_IGNORE)


def database_operations() -> list[Operation]:
    return [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGistExtension(),
        CITextExtension(),
        migrations.RunSQL(CREATE_ROLE, migrations.RunSQL.noop),
    ]
