"""Independence, as filters: what a user may not see while they owe a scorecard, and never about themselves."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet, Value

from candidates.enums import BEFORE_SCORES, InterviewState, ScorecardState, ShortlistState
from candidates.querysets.made_once import rows_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from candidates.querysets.made_once import Given, Make
    from screening.accounts.models import User

WITH_CLIENT = (ShortlistState.PRESENTED, ShortlistState.DECIDED)
CLOSED = "closed_once"
APPLICATION, SET_ASIDE = "interview__application_id", "interview__application__set_aside"


@cache
def _owed() -> QuerySet[Any]:
    """Scorecards somebody owes."""
    return (
        apps.get_model("candidates", "Scorecard")
        .objects.order_by()
        .filter(
            state=ScorecardState.DRAFT,
            amends__isnull=True,
            interview__state__in=[InterviewState.SCHEDULED, InterviewState.HELD],
        )
    )


def _closing(user: int) -> QuerySet[Any]:
    """What is closed to somebody, as two ids and why: applications they owe a scorecard on, and their own files."""
    owed = _owed().filter(interviewer=user).values_list(APPLICATION, SET_ASIDE, Value("sealed"))
    files = apps.get_model("candidates", "Candidate").objects.order_by().filter(user=user)
    return owed.union(files.values_list("pk", F("pk"), Value("themselves")), all=True)


def sealed_applications(user: User) -> QuerySet[Any]:
    """Ids of the applications on which this user owes a scorecard, and of those set aside for one of them."""
    owed = _owed().filter(interviewer=user)
    aside = owed.filter(interview__application__set_aside__isnull=False)
    return owed.values_list(APPLICATION).union(aside.values_list(SET_ASIDE))


@dataclass(frozen=True)
class Closed:
    """Ids of the applications sealed from a user, and of the files about themselves."""

    sealed: frozenset[int]
    themselves: frozenset[int]


@dataclass(frozen=True)
class Reader:
    """All by which a list is somebody's."""

    pk: int
    part: str
    client: int | None
    closed: Closed

    def user(self) -> User:
        """Them, and nothing else about them: a statement made of it holds for whoever is equal."""
        user = get_user_model()(pk=self.pk, part=self.part, client_id=self.client)
        vars(user)[CLOSED] = self.closed
        return user


@contextmanager
def closed_once(user: User) -> Iterator[None]:
    """Within, the rules compare with what is closed to this user now, read in one statement.

    For a page that reads much and decides nothing: asked anew, this makes up most of each statement. Within another one
    of the same page, what that read holds.
    """
    if is_closed_once(user):
        yield
        return
    rows = rows_of(_closing, user.pk, by_key=True)
    vars(user)[CLOSED] = Closed(
        sealed=frozenset(pk for *ids, why in rows if why == "sealed" for pk in ids if pk is not None),
        themselves=frozenset(pk for pk, _, why in rows if why == "themselves"),
    )
    try:
        yield
    finally:
        vars(user).pop(CLOSED, None)


def is_closed_once(user: User) -> bool:
    return CLOSED in vars(user)


def rows_for(user: User, make: Make, *values: Given, by_key: bool = False, **fixed: Hashable) -> list[tuple[Any, ...]]:
    """`rows_of` what `make(user, *values, **fixed)` finds for its reader within `closed_once`, by what was read then."""
    return rows_of(make, *values, reader=reader_of(user), by_key=by_key, **fixed)


def reader_of(user: User) -> Reader:
    """Within `closed_once`."""
    return Reader(user.pk, user.part, user.client_id, vars(user)[CLOSED])


def sealed_for(user: User) -> QuerySet[Any] | frozenset[int]:
    """`sealed_applications`, or its ids where they were read once."""
    closed: Closed | None = vars(user).get(CLOSED)
    return closed.sealed if closed else sealed_applications(user)


def nothing_sealed(user: User) -> bool:
    """Read once, and nothing is: then no statement needs to ask. False where it is asked anew."""
    closed: Closed | None = vars(user).get(CLOSED)
    return closed is not None and not closed.sealed


def files_about(user: User) -> QuerySet[Any] | frozenset[int]:
    """Ids of the candidates who are this user."""
    closed: Closed | None = vars(user).get(CLOSED)
    return closed.themselves if closed else user.candidacies.values("pk")


def in_reach(user: User, application: str) -> Q:
    """Applications of roles this inside user may look at, not their own; `application` is the lookup path to one."""
    reach = Q()
    if user.is_hiring_manager:
        reach = Q(**{_path(application, "role_id__in"): user.memberships.values("role_id")})
        if user.client_id:
            reach &= Q(**{_path(application, "role__client_id"): user.client_id})
    return reach & not_about_themselves(user, _path(application, "candidate"))


def not_about_themselves(user: User, candidate: str) -> Q:
    return ~Q(**{_path(candidate, "pk__in"): files_about(user)})


def unsealed(user: User, application: str) -> Q:
    return ~Q(**{_path(application, "pk__in"): sealed_for(user)})


def opinions_open(user: User, application: str) -> Q:
    """Applications whose opinions this inside user may read."""
    return in_reach(user, application) & unsealed(user, application)


def says_no_opinion(user: User, application: str) -> Q:
    """Applications that may be listed: not sealed, or in a stage that tells nothing."""
    if nothing_sealed(user):
        return unsealed(user, application)
    return unsealed(user, application) | Q(**{_path(application, "stage__kind__in"): BEFORE_SCORES})


def presented_to(user: User, shortlist: str) -> Q:
    """Shortlists put before this client reviewer's company, and not about themselves."""
    return Q(
        **{
            _path(shortlist, "state__in"): WITH_CLIENT,
            _path(shortlist, "role__client_id"): user.client_id,
        }
    )


def _path(prefix: str, lookup: str) -> str:
    return f"{prefix}__{lookup}" if prefix else lookup
