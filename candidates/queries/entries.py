"""One shortlisted person: what was told, what the reader judged, and, when they may, what the panel and colleagues did."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from candidates.enums import DocumentKind, ShowPanel
from candidates.models import ClientReview, Decision, Document, Engagement, Offer, ScoreSnapshot, ShortlistEntry
from candidates.queries.client_questions import asked_about
from candidates.queries.decisions import taken
from candidates.queries.meetings import meetings_about
from candidates.queries.reports import candidate_data, content_of
from candidates.querysets.candidates import came_with
from candidates.reporting import CandidateData, OverrideData
from rubrics.enums import StageKind
from rubrics.models import Dimension, Level, RubricVersion
from screening.accounts.models import User

FEWEST_COMPARED = 3


@dataclass(frozen=True)
class Told:
    """A dated incident as the candidate told it, without who wrote it down or what they made of it."""

    incident: str
    happened: str
    action: str
    outcome: str
    pk: int
    is_cited: bool


@dataclass(frozen=True)
class Opinion:
    """What one reviewer at the client gave on one dimension; no level: not assessed."""

    who: str
    level: int | None


@dataclass(frozen=True)
class Judged:
    """One dimension: what it means, the evidence, and the levels the reader may see."""

    dimension: Dimension
    levels: tuple[Level, ...]
    told: tuple[Told, ...]
    gap: str
    panel: dict[str, Any] | None
    own: int | str | None
    others: tuple[Opinion, ...]

    @property
    def own_level(self) -> Level | None:
        return next((level for level in self.levels if level.value == self.own), None)

    @property
    def difference(self) -> float | None:
        """The client's level against the panel's; of several reviewers, their mean."""
        given = [opinion.level for opinion in self.others if opinion.level is not None]
        given += [self.own] if isinstance(self.own, int) else []
        if self.panel is None or not given:
            return None
        return sum(given) / len(given) - float(self.panel["score"])

    @property
    def is_far_apart(self) -> bool:
        return self.difference is not None and abs(self.difference) >= 1


@dataclass(frozen=True)
class EntryPage:
    entry: ShortlistEntry
    person: CandidateData
    dimensions: tuple[Judged, ...]
    own: ClientReview | None
    reviews: tuple[ClientReview, ...]
    decisions: tuple[Decision, ...]
    sees_panel: bool
    lowest: int
    highest: int

    @property
    def differing(self) -> list[Judged]:
        """Where panel and client differ most first; what cannot be compared last."""
        return sorted(
            self.dimensions, key=lambda one: -1 if one.difference is None else abs(one.difference), reverse=True
        )

    @property
    def rests(self) -> list[tuple[Judged, Told]]:
        """What the summary rests on, as it is told below."""
        return [(one, told) for one in self.dimensions for told in one.told if told.is_cited]

    @property
    def apart(self) -> float | None:
        """How far client and panel are apart on average, in levels; None where fewer than three dimensions compare."""
        differences = [abs(one.difference) for one in self.dimensions if one.difference is not None]
        return sum(differences) / len(differences) if len(differences) >= FEWEST_COMPARED else None

    @property
    def is_committed(self) -> bool:
        return self.own is not None and self.own.is_committed

    @property
    def others(self) -> list[ClientReview]:
        return [review for review in self.reviews if review is not self.own]

    @property
    def profile(self) -> list[dict[str, Any]]:
        return [one.panel or {"name": one.dimension.name, "score": None} for one in self.dimensions]

    @property
    def overrides(self) -> tuple[OverrideData, ...]:
        return self.person.panel.overrides if self.person.panel else ()

    @property
    def decision(self) -> Decision | None:
        """The newest counts."""
        return self.decisions[0] if self.decisions else None

    @property
    def offer(self) -> Offer | None:
        return getattr(self.decision, "offer", None)


def with_context(entries: QuerySet[ShortlistEntry], user: User) -> QuerySet[ShortlistEntry]:
    """Everything around an entry; `panel_open`: the reader may see the panel's levels; `mine` of `people` evaluated."""
    siblings = ShortlistEntry.objects.on_list().filter(shortlist=OuterRef("shortlist")).order_by().values("shortlist")
    mine = Q(reviews__reviewer=user, reviews__committed_at__isnull=False)
    return entries.select_related(
        "shortlist__role__client", "shortlist__role__rubric_version", "shortlist__rubric_version", "application__candidate", "application__stage",
        "application__role", "snapshot",
    ).annotate(
        panel_open=Exists(ShortlistEntry.objects.panel_visible_to(user).filter(pk=OuterRef("pk"))),
        people=Subquery(siblings.annotate(n=Count("pk", distinct=True)).values("n")),
        mine=Coalesce(Subquery(siblings.filter(mine).annotate(n=Count("pk", distinct=True)).values("n")), 0),
        has_cv=Exists(_cvs()),
        asked=asked_about(user),
        meetings_told=meetings_about(user),
        hired=taken(user, StageKind.HIRED, role="shortlist__role"),
        offered=taken(user, StageKind.OFFER, role="shortlist__role"),
        is_engaged=Exists(Engagement.objects.filter(application=OuterRef("application"))),
    )  # fmt: skip


def _cvs() -> QuerySet[Document]:
    file = came_with(OuterRef("application__moved_from"), OuterRef("application__moved_from__merged_at"))
    return Document.objects.filter(file, candidate=OuterRef("application__candidate"), kind=DocumentKind.CV)


def entry_page(entry: ShortlistEntry, user: User, *, preview: bool = False) -> EntryPage:
    """The page of an entry that was loaded `with_context`, in eight queries; `preview` is the client's before any evaluation.

    Names and anchors of levels are loaded for a client who has still to judge, or reads what they gave before the panel
    opens; the overrides, which speak of the panel, for whoever may see it.
    """
    opened = entry.shortlist.show_panel == ShowPanel.BEFORE if preview else bool(entry.panel_open)  # type: ignore[attr-defined]  # annotated
    reviews = [] if preview else _reviews(entry, user)
    own = next((review for review in reviews if review.reviewer_id == user.pk), None)
    is_done = opened and own is not None and own.is_committed
    version = entry.shortlist.measured_by
    dimensions = _dimensions(version, with_levels=preview or (user.is_client_reviewer and not is_done))
    content = content_of([entry], [one for one, _ in dimensions], with_overrides=opened)
    inside = not (preview or user.is_client_reviewer)
    person = candidate_data(entry.shortlist, entry, content, inside=inside)
    snapshot = entry.snapshot if opened else None
    others = [review for review in reviews if review is not own]
    return EntryPage(
        entry=entry,
        person=person,
        dimensions=tuple(
            Judged(
                dimension=one,
                levels=levels,
                told=_told(person, one),
                gap=next((gap.text for gap in person.gaps if gap.dimension == one.key), ""),
                panel=_panel(one, snapshot),
                own=_given(own, one),
                others=tuple(Opinion(review.reviewer.name, _level(review, one)) for review in others),
            )
            for one, levels in dimensions
        ),
        own=own,
        reviews=tuple(reviews),
        decisions=() if preview else tuple(entry.decisions.select_related("recorded_by", "offer", "feedback")),
        sees_panel=opened,
        lowest=version.lowest if version else 0,
        highest=version.highest if version else 1,
    )


def _dimensions(version: RubricVersion | None, *, with_levels: bool) -> list[tuple[Dimension, tuple[Level, ...]]]:
    if version is None:
        return []
    if not with_levels:
        return [(dimension, ()) for dimension in version.dimensions.all()]
    return [(one, tuple(one.levels.all())) for one in version.dimensions.prefetch_related("levels")]


def _told(person: CandidateData, dimension: Dimension) -> tuple[Told, ...]:
    return tuple(
        Told(item.incident, item.happened, item.did, item.outcome, item.pk, item.cited)
        for item in person.evidence
        if item.dimension == dimension.key
    )


def _reviews(entry: ShortlistEntry, user: User) -> list[ClientReview]:
    visible = ClientReview.objects.visible_to(user).filter(entry=entry)
    return list(visible.select_related("reviewer").prefetch_related("ratings").order_by("committed_at", "pk"))


def _panel(dimension: Dimension, snapshot: ScoreSnapshot | None) -> dict[str, Any] | None:
    found = next((item for item in (snapshot.dimensions if snapshot else ()) if item["key"] == dimension.key), None)
    if found is None or found["score"] is None:
        return None
    floor = None if dimension.floor is None else float(dimension.floor)
    return {name: found[name] for name in ("score", "lower", "upper")} | {"name": dimension.name, "floor": floor}


def _level(review: ClientReview, dimension: Dimension) -> int | None:
    return next((rating.level for rating in review.ratings.all() if rating.dimension_id == dimension.pk), None)


def _given(review: ClientReview | None, dimension: Dimension) -> int | str | None:
    """A level, “na”, or nothing yet: as the level buttons want it."""
    rating = next((one for one in review.ratings.all() if one.dimension_id == dimension.pk), None) if review else None
    if rating is None:
        return None
    return "na" if rating.not_assessed else rating.level
