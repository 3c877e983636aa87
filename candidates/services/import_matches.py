"""Who of a file is here already, or stands in it twice: whole tables compared in the database."""

from django.db import connection, transaction

from candidates.models import CandidateImport

ALIKE = 0.6
"""Share of the three-letter pieces that two names have in common; a letter or the order of words may differ."""

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
    SELECT max(id) AS id, ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0') AS digits FROM candidates_candidate
    WHERE phone <> '' AND merged_into_id IS NULL AND erased_at IS NULL AND user_id IS DISTINCT FROM %(by)s GROUP BY 2
) c
WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.match_id IS NULL AND r.phone <> '' AND c.digits = r.phone
"""
# Asking the trigram index once per row takes an hour for a hundred thousand of them. Two names that are worth comparing
# share all words but one, and of that one the beginning or the end; or they differ by one word. Both sides are written
# out by what they would share, joined once, and only those pairs are compared.
SIMILAR_NAME = """
WITH named AS (
    SELECT false AS here, r.id, words_of(r.values->>'name') AS name FROM candidates_importrow r
    WHERE r.of_id = %(of)s AND r.problems = '[]' AND r.match_id IS NULL
    UNION ALL
    SELECT true, c.id, c.name_words FROM candidates_candidate c
    WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.user_id IS DISTINCT FROM %(by)s
), cut AS (
    SELECT here, id, name, ARRAY(SELECT w FROM unnest(string_to_array(btrim(name), ' ')) w ORDER BY w) AS words
    FROM named
), keyed AS MATERIALIZED (
    SELECT here, id, name, key
    FROM cut CROSS JOIN LATERAL generate_subscripts(words, 1) place
    CROSS JOIN LATERAL (SELECT
        array_to_string(words, ' ') AS whole,
        array_to_string(words[:place - 1] || words[place + 1:], ' ') AS others,
        cardinality(words) AS many
    ) parts
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN place = 1 THEN '=' || whole END),
        (CASE WHEN place = 1 THEN CASE WHEN here THEN '>' ELSE '<' END || whole END),
        (CASE WHEN many > 2 THEN CASE WHEN here THEN '<' ELSE '>' END || others END),
        (CASE WHEN many > 1 THEN '^' || left(words[place], 3) || ' ' || others END),
        (CASE WHEN many > 1 THEN '$' || right(words[place], 3) || ' ' || others END)
    ) keys (key)
    WHERE key IS NOT NULL
), nearest AS (
    SELECT DISTINCT ON (one.id) one.id AS row, two.id AS person
    FROM keyed one JOIN keyed two ON two.key = one.key AND two.here AND NOT one.here
    WHERE similarity(one.name, two.name) >= %(alike)s
    ORDER BY one.id, similarity(one.name, two.name) DESC, two.id DESC
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
        for statement in (SAME_REFERENCE, SAME_PHONE, SIMILAR_NAME, THEMSELVES):
            cursor.execute(statement, asked)
