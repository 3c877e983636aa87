"""When interviews are: nobody is put in two places at once without being asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from candidates.models import Candidate, Interview, Meeting
from candidates.queries.schedules import Clash, clashes, fingerprint
from screening.accounts.errors import Conflict
from screening.accounts.models import User


@dataclass(frozen=True)
class When:
    starts_at: datetime
    ends_at: datetime
    time_zone: str


class TimeClash(Conflict):
    """Somebody is expected elsewhere at that time; whoever means it all the same says so with `accept`."""

    def __init__(self, found: Sequence[Clash]) -> None:
        who = ", ".join(dict.fromkeys(clash.who for clash in found))
        super().__init__(f"At that time {who} would be in two places at once. Confirm that you mean it all the same.")
        self.clashes = list(found)
        self.accept = fingerprint(found)


def refuse_clashes(
    *,
    when: When,
    panel: Iterable[User],
    candidate: Candidate | None,
    accepted: str,
    but: Interview | Meeting | None = None,
) -> None:
    """Raises TimeClash unless exactly these clashes were accepted.

    These people are locked until the transaction ends, so that of two who plan at once the second sees the first.
    """
    people = list(panel)
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=[person.pk for person in people])
    list(rows.order_by("pk").values_list("pk"))
    if candidate is not None:
        list(Candidate.objects.select_for_update(no_key=True).filter(pk=candidate.pk).values_list("pk"))
    found = clashes(starts_at=when.starts_at, ends_at=when.ends_at, panel=people, candidate=candidate, but=but)
    if found and accepted != fingerprint(found):
        raise TimeClash(found)
