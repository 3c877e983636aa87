"""Versions of a shortlist: how one differs from the one before, and the people of each as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from candidates.models import ScoreSnapshot, Shortlist, ShortlistVersion, VersionPlace
from candidates.queries.claims import Citable, citable_of_people
from candidates.queries.redaction import redaction
from rubrics.enums import NameForm
from screening.accounts.models import User


@dataclass(frozen=True)
class Difference:
    """What a version changed: names as its reader knows them; whoever is in neither list stands as before."""

    number: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_reordered: bool
    unchanged: int

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.removed or self.is_reordered)

    @property
    def people(self) -> tuple[str, ...]:
        """In words, without the order, which is the panel's opinion."""
        named = [("Added", self.added), ("Taken out", self.removed)]
        return tuple(f"{what}: {', '.join(names).removesuffix('.')}." for what, names in named if names)

    @property
    def order(self) -> str:
        return "The order of those who stay changed." if self.is_reordered else ""

    @property
    def others(self) -> str:
        if not self.unchanged:
            return ""
        whom = "The other one is" if self.unchanged == 1 else f"The other {self.unchanged} are"
        return f"{whom} unchanged; evaluations and decisions stay."


@dataclass(frozen=True)
class Prepared:
    """A version in preparation, its places in their order, and those of the version the client has."""

    version: ShortlistVersion
    places: Sequence[VersionPlace]
    before: Sequence[VersionPlace]

    @property
    def new(self) -> list[VersionPlace]:
        return [place for place in self.places if place.is_new]

    @property
    def left(self) -> list[VersionPlace]:
        """Who would not stand on the list any more."""
        staying = {place.application_id for place in self.places}
        return [place for place in self.before if place.application_id not in staying]

    def changed(self, form: NameForm | str) -> Difference:
        return difference(self.version.number, self.before, self.places, form=form)


def prepared_of(shortlist: Shortlist, versions: QuerySet[ShortlistVersion]) -> Prepared | None:
    """What is being prepared among these versions; two queries."""
    pair = versions.filter(shortlist=shortlist, number__gte=shortlist.version)
    found = {one.number: one for one in pair.prefetch_related(Prefetch("places", whole_places()))}
    version = found.get(shortlist.version + 1)
    if version is None:
        return None
    version.shortlist = shortlist
    return Prepared(version, list(version.places.all()), list(found[shortlist.version].places.all()))


def whole_places() -> QuerySet[VersionPlace]:
    """In their order, with the person and the score; without what went into its run, which is large."""
    places = VersionPlace.objects.order_by("position")
    return places.select_related(
        "application__candidate", "application__stage", "application__score", "snapshot__run", "entry"
    ).defer("snapshot__run__input", "snapshot__run__statistics")


def difference(
    number: int, before: Sequence[VersionPlace], after: Sequence[VersionPlace], *, form: NameForm | str
) -> Difference:
    old, new = ([place.application_id for place in places] for places in (before, after))
    stay = [one for one in old if one in new]
    return Difference(
        number=number,
        added=_names([place for place in after if place.application_id not in old], form),
        removed=_names([place for place in before if place.application_id not in new], form),
        is_reordered=stay != [one for one in new if one in old],
        unchanged=len(stay),
    )


def _names(places: Sequence[VersionPlace], form: NameForm | str) -> tuple[str, ...]:
    return tuple(place.application.candidate.name_in(form) for place in places)


def difference_of(version: ShortlistVersion, *, form: NameForm | str) -> Difference | None:
    """To the version before, in two queries; None for the first."""
    if version.number == 1:
        return None
    pair = ShortlistVersion.objects.filter(
        shortlist=version.shortlist_id, number__in=[version.number - 1, version.number]
    ).prefetch_related(Prefetch("places", VersionPlace.objects.select_related("application__candidate")))
    places = {one.number: list(one.places.all()) for one in pair}
    return difference(version.number, places[version.number - 1], places[version.number], form=form)


def newest_difference(shortlist: Shortlist, *, form: NameForm | str) -> Difference | None:
    """What the version the client reads changed; nothing, and no query, of a shortlist that has one version."""
    if shortlist.version == 1:
        return None
    return difference_of(ShortlistVersion(shortlist=shortlist, number=shortlist.version), form=form)


@dataclass(frozen=True)
class History:
    """The versions of a shortlist, newest first; none where it was presented once. What the newest changed, and what is prepared."""

    versions: Sequence[ShortlistVersion] = ()
    changed: Difference | None = None
    prepared: ShortlistVersion | None = None


def history_of(shortlist: Shortlist, user: User, *, form: NameForm | str) -> History:
    """Two queries at most, none of a draft; `form` is how its reader knows people."""
    if shortlist.presented_at is None:
        return History()
    places = Prefetch("places", VersionPlace.objects.select_related("application__candidate"))
    found = list(versions_of(shortlist, user).prefetch_related(places))
    by_number = {version.number: list(version.places.all()) for version in found}
    presented = [version for version in found if version.is_presented]
    changed = None
    if shortlist.version > 1:
        last, before = by_number[shortlist.version], by_number[shortlist.version - 1]
        changed = difference(shortlist.version, before, last, form=form)
    return History(presented, changed, next((version for version in found if not version.is_presented), None))


def versions_of(shortlist: Shortlist, user: User) -> QuerySet[ShortlistVersion]:
    """Newest first, with who presented them; of a shortlist with one version, none."""
    versions = ShortlistVersion.objects.visible_to(user).filter(shortlist=shortlist)
    return versions.select_related("presented_by").order_by("-number")


@dataclass(frozen=True)
class Planned:
    """One person of a version: as staff prepare it, or as it was presented."""

    place: VersionPlace
    name: str
    score: ScoreSnapshot | None
    summary: str
    is_decided: bool = False
    incidents: Sequence[Citable] = ()

    @property
    def cited(self) -> int:
        return sum(incident.is_cited for incident in self.incidents)


def planned_rows(prepared: Prepared) -> list[Planned]:
    """What staff prepare, with what the summary of somebody new may rest on; two queries at most."""
    shortlist, new = prepared.version.shortlist, prepared.new
    decided = set(shortlist.entries.filter(decisions__isnull=False).values_list("pk", flat=True))
    cited = {pk for place in new for pk in place.rests_on}
    told = citable_of_people(shortlist, [place.application_id for place in new], cited=cited) if new else {}
    return [
        Planned(
            place=place,
            name=place.application.candidate.name,
            score=place.snapshot,
            summary=place.summary,
            is_decided=place.entry_id in decided,
            incidents=told.get(place.application_id, ()),
        )
        for place in prepared.places
    ]


def presented_rows(shortlist: Shortlist, version: ShortlistVersion, user: User, *, sees_panel: bool) -> list[Planned]:
    """A version as this reader has it: their form of names, and without the panel the order of the alphabet."""
    form = shortlist.name_form if user.is_client_reviewer else shortlist.role.name_form
    if user.is_staff_of_firm:
        form = NameForm.FULL
    rows = [
        Planned(
            place=place,
            name=place.application.candidate.name_in(form),
            score=place.snapshot if sees_panel else None,
            summary=redaction(place.application.candidate, form)(place.summary),
        )
        for place in whole_places().filter(version=version)
    ]
    return rows if sees_panel else sorted(rows, key=lambda row: (row.name.casefold(), row.place.pk))
