"""Who of a file is here already, or stands in it twice: whole tables compared in the database."""

from django.db import connection, transaction

from candidates.models import CandidateImport
from candidates.queries.duplicates import names_alike
from candidates.queries.former import FORMER

TWICE = """
UPDATE candidates_importrow r SET problems = jsonb_build_array(jsonb_build_array(%(column)s::text,
    'stands in row ' || t.first || ' already.'))
FROM (
    SELECT id, number, min(number) OVER (PARTITION BY {key}) AS first
    FROM candidates_importrow WHERE of_id = %(of)s AND problems = '[]' AND {key} <> ''
) t
WHERE r.id = t.id AND t.first < t.number
"""
# Whoever has it now comes before whom a file that had it went into; of several of those, the last.
HOLDER = f"""
WITH RECURSIVE {FORMER}, held AS (
    SELECT id AS person, lower(email) AS email, reference, phone_key(phone) AS phone, user_id,
        'infinity'::timestamptz AS since
    FROM candidates_candidate WHERE merged_into_id IS NULL AND erased_at IS NULL
    UNION ALL
    SELECT person, lower(email), reference, phone_key(phone), user_id, merged_at FROM former
), holder AS (
    SELECT DISTINCT ON (r.id) r.id AS row, held.person FROM candidates_importrow r JOIN held ON held.{{key}} = r.{{key}}
    WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.{{key}} <> '' AND {{only}}
    ORDER BY r.id, held.since DESC NULLS LAST, held.person DESC
)"""  # noqa: S608 -- of constants
SAME = f"""{HOLDER}
UPDATE candidates_importrow r SET match_id = holder.person, matched_by = '{{key}}' FROM holder WHERE r.id = holder.row
"""  # noqa: S608 -- of constants
TWO_PEOPLE = f"""{HOLDER}
UPDATE candidates_importrow r SET match_id = NULL, matched_by = '', problems = jsonb_build_array(jsonb_build_array(
    %(column)s::text, 'belongs to another person than the e-mail of this row.'))
FROM holder WHERE r.id = holder.row AND r.match_id <> holder.person
"""  # noqa: S608 -- of constants
UNMATCHED = "r.match_id IS NULL"
# Asked name by name, by the index of what two names worth comparing share; everybody is never written out.
SAME_NAME = f"""
WITH named AS MATERIALIZED (
    SELECT r.id, words_of(r.values->>'name') AS name FROM candidates_importrow r
    WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.match_id IS NULL
), spelt AS MATERIALIZED (
    SELECT name, name_keys(name, false) AS keys FROM named GROUP BY name
), nearest AS MATERIALIZED (
    SELECT spelt.name, c.id AS person FROM spelt CROSS JOIN LATERAL (
        SELECT c.id FROM candidates_candidate c
        WHERE match_keys(c.name, c.email, c.phone, c.reference, true) && spelt.keys
          AND {names_alike("spelt.name", "c.name_words")}
          AND c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.user_id IS DISTINCT FROM %(by)s
        ORDER BY similarity(spelt.name, c.name_words) DESC, c.id DESC LIMIT 1
    ) c
)
UPDATE candidates_importrow r SET match_id = nearest.person, matched_by = 'name'
FROM named JOIN nearest USING (name) WHERE r.id = named.id
"""  # noqa: S608 -- of constants
THEMSELVES = """
UPDATE candidates_importrow r SET match_id = NULL, matched_by = '',
    problems = jsonb_build_array(jsonb_build_array('', 'is about somebody who is here already.'))
FROM candidates_candidate c
WHERE r.of_id = %(of)s AND r.match_id = c.id AND c.user_id = %(by)s
"""


@transaction.atomic
def find_matches(*, of: CandidateImport, email: str, reference: str) -> None:
    """Exact ones first, then phones, then names alike. `email` and `reference` are what the file calls those columns."""
    asked = {"of": of.pk, "by": of.created_by_id}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")  # rows of a moment ago have no statistics, and seem few
        cursor.execute(TWICE.format(key="email"), asked | {"column": email})
        cursor.execute(TWICE.format(key="reference"), asked | {"column": reference})
        cursor.execute(SAME.format(key="email", only=UNMATCHED), asked)
        cursor.execute(TWO_PEOPLE.format(key="reference", only="r.matched_by = 'email'"), asked | {"column": reference})
        cursor.execute(SAME.format(key="reference", only=UNMATCHED), asked)
        not_by = "held.user_id IS DISTINCT FROM %(by)s"
        cursor.execute(SAME.format(key="phone", only=f"{UNMATCHED} AND {not_by}"), asked)
        cursor.execute("SET LOCAL enable_seqscan = off")  # for some names everybody seems cheaper, and takes a minute
        cursor.execute(SAME_NAME, asked)
        cursor.execute("SET LOCAL enable_seqscan = on")
        cursor.execute(THEMSELVES, asked)
