"""Looking through everybody for files of one person: one statement over the whole table, in a job."""

from datetime import datetime

from django.db import connection, transaction

from candidates.models import LikelyDuplicate
from candidates.queries.duplicates import reasons_of
from screening.accounts.models import User
from screening.jobs.models import Job
from screening.jobs.services.jobs import request_job

FIND = "candidates.find_duplicates"
MOST_SHARING = 20
"""What more people than this have in common, such as the number of a switchboard, says nothing about any two of them."""

LIVING = "c.merged_into_id IS NULL AND c.erased_at IS NULL"
# Each file is written out by what it might share with another one, both ways, and joined once.
FIND_ALL = f"""
WITH held AS MATERIALIZED (
    SELECT c.id, unnest(match_keys(c.name, c.email, c.phone, c.reference, true)) AS key
    FROM candidates_candidate c WHERE {LIVING}
), telling AS (
    SELECT key FROM held GROUP BY key HAVING count(*) <= %(most)s
), looking AS (
    SELECT c.id, unnest(match_keys(c.name, c.email, c.phone, c.reference, false)) AS key
    FROM candidates_candidate c WHERE {LIVING}
), near AS MATERIALIZED (
    SELECT DISTINCT least(held.id, looking.id) AS one, greatest(held.id, looking.id) AS two
    FROM held JOIN telling USING (key) JOIN looking USING (key) WHERE held.id <> looking.id
), alike AS (
    SELECT near.one, near.two, {reasons_of("a", "b")} AS reasons
    FROM near JOIN candidates_candidate a ON a.id = near.one JOIN candidates_candidate b ON b.id = near.two
    WHERE NOT EXISTS (SELECT FROM candidates_differentpeople d WHERE d.one_id = near.one AND d.two_id = near.two)
), written AS (
    INSERT INTO candidates_likelyduplicate (one_id, two_id, reasons, found_at)
    SELECT one, two, reasons, %(now)s FROM alike WHERE reasons <> '{{}}'
    ON CONFLICT (one_id, two_id) DO UPDATE SET reasons = EXCLUDED.reasons
    RETURNING id
)
DELETE FROM candidates_likelyduplicate WHERE id NOT IN (SELECT id FROM written)
"""  # noqa: S608 -- of constants


def look_for_duplicates(*, by: User | None) -> Job:
    """Asking again while nobody has begun is the same request."""
    return request_job(task=FIND, params={}, title="Looking for duplicate candidates", key=FIND, by=by)


@transaction.atomic
def find_duplicates(*, now: datetime) -> int:
    """Write down every likely pair anew; how many there are. Those found before keep their place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [FIND])
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")  # of keys just written out there are no statistics
        cursor.execute(FIND_ALL, {"most": MOST_SHARING, "now": now})
    return LikelyDuplicate.objects.count()
