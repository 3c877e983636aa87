"""A client's home: where each of their searches stands, in counts that tell nothing of anybody before they are presented.

Everybody who is being assessed stands in one number, whatever was found: a count that moved when somebody is scored, or
put on a shortlist that is not presented yet, would tell what the panel thinks.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from candidates.enums import OfferAnswer
from candidates.models import Application
from candidates.queries.decisions import offer_answer
from rubrics.enums import RoleStatus, StageKind
from rubrics.models import Role, ScopeApproval
from screening.accounts.models import User

MOST_ROLES = 20
FUNNEL: tuple[tuple[str, tuple[StageKind, ...]], ...] = (
    ("In screening", (StageKind.SOURCED, StageKind.CONTACTED, StageKind.SCREENING)),
    ("Being assessed", (StageKind.INTERVIEWING, StageKind.SCORED, StageKind.SHORTLISTED)),
    ("With you", (StageKind.WITH_CLIENT,)),
    ("Offer", (StageKind.OFFER,)),
    ("Hired", (StageKind.HIRED,)),
)
"""Interviewed, scored and shortlisted are one step: which of them it is says what the panel thinks."""
DECLINED = Q(stage__kind=StageKind.OFFER) & Q(answer=OfferAnswer.DECLINED)
"""They stand at the offer until the client decides again, so it is with the client once more.

The stage is asked first: then the answer is looked for only where somebody stands at the offer.
"""


@dataclass(frozen=True)
class Search:
    """One role: how many stand in each step from the first contact to the hire, and whether its scope was approved."""

    role: Role
    steps: tuple[tuple[str, int], ...]
    has_agreed: bool

    @property
    def hired(self) -> int:
        return self.steps[-1][1]


def searches(user: User) -> list[Search]:
    """The client's own roles that are not closed, those being searched for first; two queries."""
    roles = list(_roles(user))
    counted = (
        Application.objects.in_play()
        .filter(role__in=roles)
        .alias(answer=offer_answer())
        .order_by("role")
        .values("role")
        .annotate(**{_column(at): Count("pk", filter=_stands(kinds)) for at, (_, kinds) in enumerate(FUNNEL)})
    )
    counts: dict[int, Mapping[str, Any]] = {row["role"]: row for row in counted}
    return [Search(role, _steps(counts.get(role.pk, {})), has_agreed=role.has_agreed) for role in roles]  # type: ignore[attr-defined]  # annotated


def _roles(user: User) -> QuerySet[Role]:
    approved = ScopeApproval.objects.filter(role=OuterRef("pk"))
    own = Role.objects.visible_to(user).exclude(status=RoleStatus.CLOSED).annotate(has_agreed=Exists(approved))
    return own.order_by("-opened_at", "-created_at", "-pk")[:MOST_ROLES]


def _stands(kinds: Collection[StageKind]) -> Q:
    if StageKind.WITH_CLIENT in kinds:
        return Q(stage__kind__in=kinds) | DECLINED
    return Q(stage__kind__in=kinds) & ~DECLINED if StageKind.OFFER in kinds else Q(stage__kind__in=kinds)


def _column(at: int) -> str:
    return f"step_{at}"


def _steps(row: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((label, row.get(_column(at), 0)) for at, (label, _) in enumerate(FUNNEL))
