"""Looking through everybody for files of one person: one statement over the whole table, in a job."""

from datetime import datetime

from django.db import connection, transaction

from candidates.models import LikelyDuplicate
from candidates.queries.duplicates import compared, reasons_of
from screening.accounts.models import User
from screening.jobs.models import Job
from screening.jobs.services.jobs import request_job

FIND = "candidates.find_duplicates"
MOST_SHARING, MOST_NAMESAKES = 20, 5
"""What more files than this have in common, such as the number of a switchboard or a frequent name, says nothing about
any two of them. It also keeps the work in proportion to the number of people, whatever they are called."""

LIVING = "c.merged_into_id IS NULL AND c.erased_at IS NULL"
# Each file is written out by what it might share with another one, both ways; whoever has a key in common is compared.
FIND_ALL = f"""
WITH people AS MATERIALIZED (
    SELECT c.id, {compared("c")},
        match_keys(c.name, c.email, c.phone, c.reference, true) AS kept,
        match_keys(c.name, c.email, c.phone, c.reference, false) AS sought
    FROM candidates_candidate c WHERE {LIVING}
), written AS (
    SELECT unnest(kept) AS key, id AS keeping, NULL::bigint AS seeking FROM people
    UNION ALL SELECT unnest(sought), NULL, id FROM people
), shared AS (
    SELECT array_agg(keeping) FILTER (WHERE keeping > 0) AS keeping,
        array_agg(seeking) FILTER (WHERE seeking > 0) AS seeking
    FROM written GROUP BY key
    HAVING greatest(count(keeping), count(seeking)) <= CASE WHEN left(key, 1) IN ('@', '+', '#') THEN %(most)s ELSE %(namesakes)s END
), near AS MATERIALIZED (
    SELECT DISTINCT least(keeper, seeker) AS one, greatest(keeper, seeker) AS two
    FROM shared, unnest(keeping) keeper, unnest(seeking) seeker WHERE keeper <> seeker
), alike AS MATERIALIZED (
    SELECT near.one, near.two, {reasons_of("a", "b")} AS reasons
    FROM near JOIN people a ON a.id = near.one JOIN people b ON b.id = near.two
    WHERE NOT EXISTS (SELECT FROM candidates_differentpeople d WHERE d.one_id = near.one AND d.two_id = near.two)
), gone AS (
    DELETE FROM candidates_likelyduplicate l
    WHERE NOT EXISTS (SELECT FROM alike WHERE one = l.one_id AND two = l.two_id AND reasons <> '{{}}')
)
INSERT INTO candidates_likelyduplicate AS l (one_id, two_id, reasons, found_at)
SELECT one, two, reasons, %(now)s FROM alike WHERE reasons <> '{{}}'
ORDER BY cardinality(array_remove(reasons, 'name')), cardinality(reasons)
ON CONFLICT (one_id, two_id) DO UPDATE SET reasons = EXCLUDED.reasons WHERE l.reasons <> EXCLUDED.reasons
"""  # noqa: S608 -- of constants


def look_for_duplicates(*, by: User | None) -> Job:
    """Asking again while nobody has begun is the same request."""
    return request_job(task=FIND, params={}, title="Looking for duplicate candidates", key=FIND, by=by)


@transaction.atomic
def find_duplicates(*, now: datetime) -> int:
    """Write down every likely pair; how many there are. Those found before keep their place, the surest come last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [FIND])
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")  # of keys just written out there are no statistics
        cursor.execute(FIND_ALL, {"most": MOST_SHARING, "namesakes": MOST_NAMESAKES, "now": now})
    return LikelyDuplicate.objects.count()
