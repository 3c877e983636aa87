"""What became of one thing done to many."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from candidates.enums import BulkOutcome
from candidates.models import Application, BulkAction
from screening.accounts.models import User

NAMED = 20
REFUSING = (BulkOutcome.REFUSED, BulkOutcome.KEPT)


@dataclass(frozen=True)
class Person:
    pk: int
    name: str


@dataclass(frozen=True)
class Refused:
    """The first of so many, for one reason."""

    outcome: str
    why: str
    number: int
    people: list[Person]


@dataclass(frozen=True)
class Result:
    counts: list[tuple[str, int]]
    refused: list[Refused]
    waiting: int
    done: int

    @property
    def is_whole(self) -> bool:
        return not self.waiting


@dataclass(frozen=True)
class Ticked:
    """What stood ticked in the table when somebody looked at what would happen: some people (ids), or everybody."""

    people: frozenset[int] = frozenset()
    everybody: bool = False


def ticked_in(user: User, action: int | None, *, shown: Collection[int]) -> Ticked:
    """Of those shown, while nothing has been begun; no statement unless an action is named, and else two."""
    planned = BulkAction.objects.visible_to(user).filter(pk=action, started_at=None).first() if action else None
    if planned is None or planned.query:
        return Ticked(everybody=planned is not None)
    return Ticked(frozenset(planned.items.filter(application__in=shown).values_list("application", flat=True)))


def result_of(action: BulkAction, user: User) -> Result:
    """Counted by outcome and by reason, only of what the reader may see now; two statements and one for each reason."""
    visible = action.items.filter(application__in=Application.objects.visible_to(user))
    rows = visible.order_by().values_list("outcome", "why").annotate(number=Count("pk")).order_by("-number")
    counts: dict[str, int] = {}
    refused = []
    for outcome, why, number in rows:
        counts[outcome] = counts.get(outcome, 0) + number
        if outcome in REFUSING:
            people = visible.filter(outcome=outcome, why=why).order_by("application__candidate__name")
            named = people.values_list("application__candidate", "application__candidate__name")[:NAMED]
            refused.append(Refused(BulkOutcome(outcome).label, why, number, [Person(*row) for row in named]))
    known = [(str(outcome.label), counts[outcome]) for outcome in BulkOutcome if outcome in counts]
    return Result(known, refused, counts.get(BulkOutcome.WAITING, 0), counts.get(BulkOutcome.DONE, 0))
