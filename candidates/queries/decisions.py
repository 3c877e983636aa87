"""The decision that counts, and what decisions leave of a role's openings."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from candidates.enums import OfferAnswer
from candidates.models import Application, Decision, ShortlistEntry
from rubrics.enums import StageKind
from screening.accounts.models import User


@dataclass(frozen=True)
class OpeningsLeft:
    """How many of a role's openings are taken by people hired and by offers that are out."""

    total: int
    hired: int
    offered: int

    @property
    def left(self) -> int:
        return max(self.total - self.hired - self.offered, 0)


def taken(user: User, kind: StageKind, *, role: str) -> Coalesce:
    """How many stand in that stage of the role (a path of the outer query), of those whose decisions the reader may know.

    Whoever declined takes no opening, though they stay in their stage until somebody decides again.
    """
    people = Application.objects.filter(role=OuterRef(role), stage__kind=kind).alias(answer=offer_answer())
    people = people.exclude(answer=OfferAnswer.DECLINED)
    known = people.visible_to(user) if user.is_client_reviewer else people.opinions_visible_to(user)
    return Coalesce(Subquery(known.order_by().values("role").annotate(n=Count("pk")).values("n")), 0)


def offer_answer() -> Coalesce:
    """Of an application: what was answered to the offer of the decision that counts; empty until there is an answer."""
    newest = Decision.objects.filter(entry__application=OuterRef("pk")).order_by("-decided_at", "-pk")
    return Coalesce(Subquery(newest.values("offer__answer")[:1]), Value(""))


def newest_decision(entry: ShortlistEntry) -> Decision | None:
    """The one that counts, on whichever shortlist it was taken."""
    return Decision.objects.filter(entry__application=entry.application_id).first()
