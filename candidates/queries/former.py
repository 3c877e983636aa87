"""What files held that were merged away: an address or a reference of theirs still tells whom somebody means."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

FORMER = """
went AS (
    SELECT id AS file, merged_into_id AS person FROM candidates_candidate WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT went.file, c.merged_into_id FROM went JOIN candidates_candidate c ON c.id = went.person
    WHERE c.merged_into_id IS NOT NULL
), former AS (
    SELECT file.id AS file, file.email, file.reference, file.phone, file.merged_at, person.id AS person, person.user_id
    FROM went JOIN candidates_candidate file ON file.id = went.file
    JOIN candidates_candidate person ON person.id = went.person
    WHERE person.merged_into_id IS NULL AND person.erased_at IS NULL
)"""
"""Two parts of a WITH RECURSIVE: every file that was merged away beside whom it went into in the end."""

ASKED = f"""
WITH RECURSIVE {FORMER}
SELECT file, lower(email), reference, person FROM former
WHERE (email <> '' AND lower(email) = ANY (%(emails)s)) OR (reference <> '' AND reference = ANY (%(references)s))
    OR file = ANY (%(files)s)
ORDER BY merged_at NULLS FIRST, file
"""  # noqa: S608 -- of constants

REACHED = f"""
WITH RECURSIVE {FORMER}
SELECT DISTINCT person FROM former
WHERE match_keys('', email, phone, reference, true) && match_keys('', %s::text, %s::text, %s::text, false)
"""  # noqa: S608 -- of constants
"""Whose file took one in with this e-mail, phone or reference, as duplicates are told."""


@dataclass(frozen=True)
class Former:
    """A file that went into the one of `person`."""

    file: int
    email: str
    reference: str
    person: int


def former_files(
    *, emails: Collection[str] = (), references: Collection[str] = (), files: Collection[int] = ()
) -> list[Former]:
    """Those with one of these e-mails (in small letters) or references, or ids; what was merged last comes last."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED, {"emails": list(emails), "references": list(references), "files": list(files)})
        return [Former(*row) for row in cursor.fetchall()]
