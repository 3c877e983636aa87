"""Finding people, roles and shortlists by what their reader may see of them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse

from candidates.models import Shortlist
from candidates.queries.candidates import CandidateFilter, find_candidates, named_for
from rubrics.models import Role
from screening.accounts.models import User

MOST = 8
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Found:
    candidates: list[Hit]
    roles: list[Hit]
    shortlists: list[Hit]

    @property
    def is_empty(self) -> bool:
        return not (self.candidates or self.roles or self.shortlists)


def find(user: User, text: str) -> Found | None:
    """None when there is too little to look for."""
    text = " ".join(text.split())[:100]
    if len(text) < SHORTEST:
        return None
    people = [] if user.is_client_reviewer else _people(user, text)
    return Found(people, _roles(user, text), _shortlists(user, text))


def _people(user: User, text: str) -> list[Hit]:
    rows = named_for(find_candidates(user, CandidateFilter(text=text)), user)
    return [Hit(row.name, reverse("candidates:candidate", args=[row.pk]), row.headline) for row in rows[:MOST]]


def _roles(user: User, text: str) -> list[Hit]:
    found = Role.objects.visible_to(user).filter(Q(title__icontains=text) | Q(client__name__icontains=text))
    rows = found.order_by("title").values_list("title", "slug", "client__name").distinct()[:MOST]
    return [Hit(title, reverse("rubrics:role", args=[slug]), client) for title, slug, client in rows]


def _shortlists(user: User, text: str) -> list[Hit]:
    found: QuerySet[Shortlist] = Shortlist.objects.visible_to(user).filter(role__title__icontains=text)
    return [
        Hit(f"{one}, {one.role.title}", reverse("candidates:shortlist", args=[one.pk]), one.get_state_display())
        for one in found.select_related("role").order_by("-created_at")[:MOST]
    ]
