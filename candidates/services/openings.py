from datetime import datetime

from candidates.enums import Opened
from candidates.models import ShortlistOpening
from screening.accounts.models import User


def record_opening(
    *, user: User, shortlist: int, what: Opened, now: datetime, version: int = 1, entry: int | None = None
) -> None:
    """Somebody at the client has this (ids) before them: first now, or again. One statement; nobody else is recorded."""
    if not user.is_client_reviewer:
        return
    ShortlistOpening.objects.bulk_create(
        [
            ShortlistOpening(
                shortlist_id=shortlist, version=version, entry_id=entry, what=what, user=user, first_at=now, last_at=now
            )
        ],
        update_conflicts=True,
        unique_fields=["shortlist", "version", "entry", "what", "user"],
        update_fields=["last_at"],
    )
