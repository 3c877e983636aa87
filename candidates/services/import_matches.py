"""Who of a file is here already, or stands in it twice: whole tables compared in the database."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from candidates.models import CandidateImport
from candidates.queries.duplicates import ALIKE

TWICE = """
UPDATE candidates_importrow r SET problems = jsonb_build_array(jsonb_build_array(%(column)s::text,
    'stands in row ' || t.first || ' already.'))
FROM (
    SELECT id, number, min(number) OVER (PARTITION BY {key}) AS first
    FROM candidates_importrow WHERE of_id = %(of)s AND problems = '[]' AND {key} <> ''
) t
WHERE r.id = t.id AND t.first < t.number
"""
SAME_EMAIL = """
UPDATE candidates_importrow r SET match_id = c.id, matched_by = 'email'
FROM candidates_candidate c
WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.email <> '' AND lower(c.email) = r.email
  AND c.email <> '' AND c.merged_into_id IS NULL AND c.erased_at IS NULL
"""
TWO_PEOPLE = """
UPDATE candidates_importrow r SET match_id = NULL, matched_by = '', problems = jsonb_build_array(jsonb_build_array(
    %(column)s::text, 'belongs to another person than the e-mail of this row.'))
FROM candidates_candidate c
WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.reference <> '' AND r.matched_by = 'email' AND r.match_id <> c.id
  AND c.reference = r.reference AND c.reference <> '' AND c.merged_into_id IS NULL AND c.erased_at IS NULL
"""
SAME_REFERENCE = """
UPDATE candidates_importrow r SET match_id = c.id, matched_by = 'reference'
FROM candidates_candidate c
WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.match_id IS NULL AND r.reference <> ''
  AND c.reference = r.reference AND c.reference <> '' AND c.merged_into_id IS NULL AND c.erased_at IS NULL
"""
SAME_PHONE = """
UPDATE candidates_importrow r SET match_id = c.id, matched_by = 'phone'
FROM (
    SELECT max(id) AS id, phone_key(phone) AS digits FROM candidates_candidate
    WHERE phone <> '' AND merged_into_id IS NULL AND erased_at IS NULL AND user_id IS DISTINCT FROM %(by)s GROUP BY 2
) c
WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.match_id IS NULL AND r.phone <> '' AND c.digits = r.phone
"""
# Asking the trigram index takes some 15 ms a row: for a few rows that is at once, for a hundred thousand an hour. So of
# many, both sides are written out by what two names that are worth comparing would share, joined once, and only those
# pairs are compared; that takes seconds, however few they are.
FEW = 200
LOOKING = "SELECT count(*) FROM candidates_importrow WHERE of_id = %(of)s AND problems = '[]' AND match_id IS NULL"
NAMED = """
named AS MATERIALIZED (
    SELECT r.id, words_of(r.values->>'name') AS name FROM candidates_importrow r
    WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.match_id IS NULL
)"""
PAIRS_OF_FEW = """
, pairs AS (
    SELECT named.id, named.name, c.id AS person, c.name_words AS held FROM named JOIN candidates_candidate c
        ON c.name_words %% named.name AND name_keys(named.name, false) && name_keys(c.name_words, true)
    WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.user_id IS DISTINCT FROM %(by)s
)"""
PAIRS_OF_MANY = """
, looking AS MATERIALIZED (SELECT id, name, unnest(name_keys(name, false)) AS key FROM named
), everybody AS MATERIALIZED (
    SELECT c.id, c.name_words AS name, unnest(name_keys(c.name_words, true)) AS key FROM candidates_candidate c
    WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.user_id IS DISTINCT FROM %(by)s
), pairs AS (
    SELECT looking.id, looking.name, everybody.id AS person, everybody.name AS held
    FROM looking JOIN everybody USING (key)
)"""
NEAREST = """
, nearest AS (
    SELECT DISTINCT ON (id) id AS row, person FROM pairs WHERE similarity(name, held) >= %(alike)s
    ORDER BY id, similarity(name, held) DESC, person DESC
)
UPDATE candidates_importrow r SET match_id = nearest.person, matched_by = 'name' FROM nearest WHERE r.id = nearest.row
"""
THEMSELVES = """
UPDATE candidates_importrow r SET match_id = NULL, matched_by = '',
    problems = jsonb_build_array(jsonb_build_array('', 'is about somebody who is here already.'))
FROM candidates_candidate c
WHERE r.of_id = %(of)s AND r.match_id = c.id AND c.user_id = %(by)s
"""


@transaction.atomic
def find_matches(*, of: CandidateImport, email: str, reference: str) -> None:
    """Exact ones first, then phones, then names alike. `email` and `reference` are what the file calls those columns."""
    asked = {"of": of.pk, "by": of.created_by_id, "alike": ALIKE}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")  # rows of a moment ago have no statistics, and seem few
        cursor.execute(TWICE.format(key="email"), asked | {"column": email})
        cursor.execute(TWICE.format(key="reference"), asked | {"column": reference})
        cursor.execute(SAME_EMAIL, asked)
        cursor.execute(TWO_PEOPLE, asked | {"column": reference})
        cursor.execute(SAME_REFERENCE, asked)
        cursor.execute(SAME_PHONE, asked)
        _match_names(cursor, asked)
        cursor.execute(THEMSELVES, asked)


def _match_names(cursor: CursorWrapper, asked: Mapping[str, Any]) -> None:
    cursor.execute(LOOKING, asked)
    few = cursor.fetchone()[0] <= FEW
    if few:
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %(alike)s::text, true)", asked)
    cursor.execute("WITH" + NAMED + (PAIRS_OF_FEW if few else PAIRS_OF_MANY) + NEAREST, asked)
