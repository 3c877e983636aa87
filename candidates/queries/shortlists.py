"""Shortlists as pages show them: the lists, the cards a client reads, the rows staff work on."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from candidates.enums import ShowPanel, Verdict
from candidates.models import (
    Application,
    ClientReview,
    Decision,
    ScoreSnapshot,
    Shortlist,
    ShortlistEntry,
    ShortlistReviewer,
)
from candidates.queries.claims import Citable, citable_of
from candidates.queries.meetings import MeetingLine, meeting_lines, meetings_about
from candidates.queries.names import zone_words
from candidates.queries.redaction import redaction
from candidates.queries.reports import report_key
from candidates.querysets.shortlists import ShortlistQuerySet
from rubrics.enums import GateName
from rubrics.models import GateOverride, Role
from screening.accounts.models import User
from screening.jobs.models import Job

SUGGESTED = 60
"""How many people the page for adding shows; the comparison shows all."""


def with_counts(shortlists: QuerySet[Shortlist], user: User) -> QuerySet[Shortlist]:
    """Each with `people`, `decided`, `mine` (the reader's committed evaluations), and `given` of `expected` ones."""
    committed = ClientReview.objects.filter(
        entry__shortlist=OuterRef("pk"), entry__left_in=None, committed_at__isnull=False
    )
    entries = ShortlistEntry.objects.on_list().filter(shortlist=OuterRef("pk"))
    awaited = ShortlistReviewer.objects.filter(shortlist=OuterRef("pk"), must=True, released_at=None)
    given = committed.filter(
        entry__shortlist__reviewers__user=F("reviewer"),
        entry__shortlist__reviewers__must=True,
        entry__shortlist__reviewers__released_at=None,
    )
    return shortlists.select_related("role__client").annotate(
        people=_count(entries, "shortlist"),
        decided=_count(entries.filter(decisions__isnull=False), "shortlist"),
        mine=_count(committed.filter(reviewer=user), "entry__shortlist"),
        given=_count(given, "entry__shortlist"),
        expected=F("people") * _count(awaited, "shortlist"),
    )


def whole(shortlists: ShortlistQuerySet, user: User) -> QuerySet[Shortlist]:
    """`with_counts`, and all that the page of one and its report need of its role."""
    counted = with_counts(shortlists.with_built(), user)
    owed = Application.objects.sealed_from(user).filter(role=OuterRef("role"))
    return counted.select_related(
        "role__rubric_version__rubric", "rubric_version__rubric", "role__scope", "presented_by"
    ).annotate(owes=Exists(owed))


def may_prepare(shortlist: Shortlist) -> bool:
    """Of a `whole` one: who owes a scorecard in the role prepares no version. A page that closed when somebody is added would tell."""
    return not vars(shortlist)["owes"]


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(counted), Value(0))


@dataclass(frozen=True)
class Card:
    """One person as a client reads them on the page of a shortlist; `panel` only when they may see it."""

    entry: ShortlistEntry
    name: str
    where: str
    summary: str
    review: ClientReview | None
    decision: Decision | None
    panel: ScoreSnapshot | None
    version: int

    @property
    def is_new(self) -> bool:
        return self.entry.joined_in > 1 and self.entry.joined_in == self.version

    @property
    def is_evaluated(self) -> bool:
        return self.review is not None and self.review.is_committed

    @property
    def verdict(self) -> str:
        return str(Verdict(self.review.verdict).label) if self.review and self.review.is_committed else ""


@dataclass(frozen=True)
class ClientPage:
    cards: tuple[Card, ...]
    evaluated: int
    total: int
    sees_panel: bool

    @property
    def is_done(self) -> bool:
        return self.evaluated == self.total


def client_page(shortlist: Shortlist, user: User, *, preview: bool = False) -> ClientPage:
    """What somebody at the client reads, in three queries; `preview` is staff looking at it before they do.

    The order is the panel's opinion: until it may be seen, people stand in the order of the alphabet.
    """
    found = shortlist.entries.all() if preview else ShortlistEntry.objects.visible_to(user).filter(shortlist=shortlist)
    found = found.on_list()
    own = ClientReview.objects.filter(reviewer=user)
    rows = list(
        found.select_related("application__candidate", "snapshot").prefetch_related(
            Prefetch("reviews", own, to_attr="own"), "decisions"
        )
    )
    evaluated = sum(bool(row.own and row.own[0].is_committed) for row in rows)  # type: ignore[attr-defined]  # prefetched
    total = len(rows) if preview else _people(shortlist, rows)
    sees_panel = shortlist.show_panel == ShowPanel.BEFORE or (not preview and evaluated == total)
    cards = [_card(shortlist, row, sees_panel=sees_panel) for row in rows]
    cards.sort(
        key=(lambda card: card.entry.position) if sees_panel else (lambda card: (card.name.casefold(), card.entry.pk))
    )
    return ClientPage(tuple(cards), evaluated, total, sees_panel)


def _people(shortlist: Shortlist, rows: Sequence[ShortlistEntry]) -> int:
    return int(getattr(shortlist, "people", len(rows)))


def _card(shortlist: Shortlist, entry: ShortlistEntry, *, sees_panel: bool) -> Card:
    person = entry.application.candidate
    own: list[ClientReview] = entry.own  # type: ignore[attr-defined]  # prefetched
    return Card(
        entry=entry,
        name=person.name_in(shortlist.name_form),
        where=where_words(entry, shortlist),
        summary=redaction(person, shortlist.name_form)(entry.summary),
        review=own[0] if own else None,
        decision=next(iter(entry.decisions.all()), None),
        panel=entry.snapshot if sees_panel else None,
        version=shortlist.version,
    )


def where_words(entry: ShortlistEntry, shortlist: Shortlist) -> str:
    person = entry.application.candidate
    return " · ".join(word for word in (person.location, zone_words(person.time_zone, shortlist.created_at)) if word)


@dataclass(frozen=True)
class Given:
    """An evaluation that somebody at the client has committed."""

    who: str
    verdict: str
    at: datetime

    @property
    def words(self) -> str:
        return str(Verdict(self.verdict).label)


@dataclass(frozen=True)
class Row:
    """One person as inside people read them."""

    entry: ShortlistEntry
    name: str
    score: ScoreSnapshot | None
    reviews: tuple[Given, ...]
    decision: Decision | None
    incidents: Sequence[Citable]
    meetings: Sequence[MeetingLine]

    @property
    def cited(self) -> int:
        return sum(incident.is_cited for incident in self.incidents)


def staff_rows(shortlist: Shortlist, user: User, *, with_incidents: bool) -> list[Row]:
    """The people in their order, with the evaluations committed so far; three or four queries.

    `with_incidents`: what a summary may rest on, for whoever writes it.
    """
    told = citable_of(shortlist) if with_incidents else {}
    given: dict[int, list[Given]] = defaultdict(list)
    committed = ClientReview.objects.filter(entry__shortlist=shortlist, committed_at__isnull=False)
    for entry_id, who, verdict, at in committed.order_by("committed_at", "pk").values_list(
        "entry", "reviewer__name", "verdict", "committed_at"
    ):
        if at is not None:
            given[entry_id].append(Given(who, verdict, at))
    listed = shortlist.entries.on_list()
    entries = listed.select_related("application__candidate", "snapshot").prefetch_related("decisions")
    return [
        Row(
            entry=entry,
            name=inside_name(user, entry, shortlist.role),
            score=entry.snapshot,
            reviews=tuple(given[entry.pk]),
            decision=next(iter(entry.decisions.all()), None),
            incidents=told.get(entry.application_id, ()),
            meetings=meeting_lines(entry, user),
        )
        for entry in entries.annotate(meetings_told=meetings_about(user)).order_by("position")
    ]


def inside_name(user: User, entry: ShortlistEntry, role: Role) -> str:
    person = entry.application.candidate
    return person.name if user.is_staff_of_firm else person.name_in(role.name_form)


def suggested(shortlist: Shortlist, user: User, *, planned: Collection[int] = ()) -> list[Application]:
    """People of the role with a score who are not on the list: rankable ones first, by score. Nobody sealed.

    Nor `planned` for its next version (ids of applications); who left an earlier one may come back.
    """
    listed = shortlist.entries.on_list().values("application")
    return list(
        Application.objects.opinions_visible_to(user)
        .of_role(shortlist.role)
        .active()
        .in_play()
        .filter(score__isnull=False)
        .exclude(pk__in=listed)
        .exclude(pk__in=planned)
        .select_related("candidate", "stage", "score")
        .order_by("-score__rankable", "-score__score", "pk")[:SUGGESTED]
    )


def is_ranking_open(role: Role, user: User) -> bool:
    """Ties and places say something about everybody: they are shown when nobody who is ranked is sealed from the reader."""
    return not Application.objects.of_role(role).sealed_from(user).filter(score__rankable=True).exists()


def latest_build(shortlist: Shortlist, user: User, version: int | None = None) -> Job | None:
    """The building of its report that this person asked for last."""
    key = report_key(shortlist, version)
    return Job.objects.filter(created_by=user, key=key).order_by("-created_at").first()


def reviewers_to_name(shortlist: Shortlist) -> QuerySet[User]:
    asked = shortlist.reviewers.values("user")
    reviewers: QuerySet[User] = User.objects.reviewers_of(shortlist.role.client)
    return reviewers.exclude(pk__in=asked)


def waiting_overrides(role: Role, user: User) -> QuerySet[GateOverride]:
    """Steps on shortlists of this role that a colleague asks a second person to let pass, without who is sealed."""
    asked = GateOverride.objects.visible_to(user).unanswered().filter(role=role).select_related("asked_by")
    sealed = Application.objects.of_role(role).sealed_from(user)
    about_somebody_sealed = Q(gate=GateName.SHORTLIST, subject__in=sealed.values("pk"))
    return asked.exclude(gate=GateName.OPEN_ROLE).exclude(about_somebody_sealed).order_by("asked_at")
