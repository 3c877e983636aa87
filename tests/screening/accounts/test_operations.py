"""Migrations go one release back and forth again, whatever they do together."""

import pytest
from django.core.management import call_command
from django.db import connections

LAST = "SELECT name FROM django_migrations WHERE app = 'candidates' ORDER BY name DESC LIMIT 2"
TRIGGERS = "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
COLUMNS = """
SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2
"""


def rows(sql: str) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@pytest.mark.usefixtures("committed_db")
def test_the_newest_tables_go_and_come_back_as_they_were() -> None:
    _newest, before = (str(name) for [name] in rows(LAST))
    there = rows(TRIGGERS), rows(COLUMNS)
    call_command("migrate", "candidates", before, verbosity=0)
    assert rows(COLUMNS) != there[1]
    call_command("migrate", verbosity=0)
    assert (rows(TRIGGERS), rows(COLUMNS)) == there
