from collections.abc import Iterable
from datetime import datetime

from candidates.models import OpinionSeen
from screening.accounts.models import User


def record_opinions_seen(*, user: User, applications: Iterable[int], now: datetime) -> None:
    """Remember that this user has been shown what others think of these applications (ids).

    Client reviewers never sit on a panel, so nothing is recorded for them.
    """
    wanted = set(applications)
    if user.is_client_reviewer or not wanted:
        return
    known = set(user.opinions_seen.filter(application__in=wanted).values_list("application_id", flat=True))
    OpinionSeen.objects.bulk_create(
        [OpinionSeen(user=user, application_id=pk, first_seen_at=now) for pk in sorted(wanted - known)],
        ignore_conflicts=True,
    )
