"""The table of candidates: filtered, in pages, with where each person stands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from candidates.models import Application, Candidate, CandidateTag
from candidates.models.candidates import initials_of
from candidates.queries.paging import counted, newest_first
from candidates.querysets.seal import nothing_sealed
from candidates.querysets.words import says, words_in
from rubrics.enums import NameForm
from screening.accounts.models import User

ROWS = 50
NOBODY = Value(False, output_field=BooleanField())  # noqa: FBT003  # a condition that no one meets


@dataclass(frozen=True)
class CandidateFilter:
    """What one may look for; empty means any. `role` is a slug, `kind` a kind of stage, `owner` and `tag` are ids."""

    text: str = ""
    role: str = ""
    kind: str = ""
    owner: int | None = None
    source: str = ""
    tag: int | None = None


@dataclass(frozen=True)
class Standing:
    """Where somebody is in one role."""

    application: int
    role: str
    role_slug: str
    client: str
    stage: str
    kind: str
    since: datetime
    owner: str | None
    source: str


@dataclass(frozen=True)
class CandidateRow:
    pk: int
    name: str
    headline: str
    location: str
    created_at: datetime
    sealed: bool
    standings: list[Standing]
    tags: list[str]


@dataclass(frozen=True)
class CandidatesPage:
    rows: list[CandidateRow]
    total: str
    next: str
    previous: str


def candidates_page(user: User, wanted: CandidateFilter, *, cursor: str = "") -> CandidatesPage:
    """Seven statements, however many people there are."""
    found = find_candidates(user, wanted)
    page = newest_first(
        found.annotate(sealed=sealed_from(user), masked=_masked_for(user)).values(
            "pk", "name", "headline", "location", "created_at", "sealed", "masked"
        ),
        field="created_at",
        cursor=cursor,
        size=ROWS,
    )
    people = [row["pk"] for row in page.rows]
    open_people = [row["pk"] for row in page.rows if not row["sealed"]]
    standings = standings_of(user, people)
    tags = tags_of(open_people) if user.is_staff_of_firm else {}
    return CandidatesPage(
        rows=[_row(row, standings.get(row["pk"], []), tags.get(row["pk"], [])) for row in page.rows],
        total=counted(found),
        next=page.next,
        previous=page.previous,
    )


@dataclass(frozen=True)
class Named:
    """`standing`: the newest role they are in, and their stage there."""

    pk: int
    name: str
    headline: str = ""
    location: str = ""
    standing: str = ""


def named_for(found: QuerySet[Candidate], user: User) -> list[Named]:
    """Each by the name this user may read, with what tells namesakes apart; in the order given, as many as given."""
    return named_by(names_for(found, user))


def names_for(found: QuerySet[Candidate], user: User) -> QuerySet[Candidate, Any]:
    rows = found.annotate(sealed=sealed_from(user), masked=_masked_for(user), standing=newest_standing(user))
    return rows.values_list("pk", "name", "headline", "location", "standing", "sealed", "masked")


def named_by(names: Iterable[tuple[Any, ...]]) -> list[Named]:
    """Of what `names_for` found."""
    return [
        Named(pk, initials_of(name) if masked else name, *(() if sealed else (headline, location, standing or "")))
        for pk, name, headline, location, standing, sealed, masked in names
    ]


def newest_standing(user: User) -> Subquery:
    newest = Application.objects.visible_to(user).filter(candidate=OuterRef("pk")).order_by("-created_at", "-pk")
    return Subquery(newest.values(words=Concat("role__title", Value(" · "), "stage__name"))[:1])


def find_candidates(user: User, wanted: CandidateFilter) -> QuerySet[Candidate]:
    """Whoever the filter finds among the people this user may see, by what the user may see of them."""
    found = Candidate.objects.visible_to(user).unmerged().filter(erased_at=None)
    applications = _applications_wanted(user, wanted)
    if applications is not None:
        found = found.filter(Exists(applications.filter(candidate=OuterRef("pk"))))
    if wanted.kind or wanted.owner or wanted.source:
        found = found.exclude(sealed_from(user))
    if wanted.text:
        found = found.filter(_says(user, wanted.text))
    if wanted.tag and user.is_staff_of_firm:
        tagged = CandidateTag.objects.filter(candidate=OuterRef("pk"), tag=wanted.tag)
        found = found.filter(Exists(tagged)).exclude(sealed_from(user))
    return found


def _applications_wanted(user: User, wanted: CandidateFilter) -> QuerySet[Application] | None:
    asked = {
        "role__slug": wanted.role,
        "stage__kind": wanted.kind,
        "owner": wanted.owner,
        "source": wanted.source,
    }
    asked = {field: value for field, value in asked.items() if value}
    return Application.objects.visible_to(user).filter(**asked) if asked else None


def _says(user: User, text: str) -> Q:
    """By name, where the user may read it; by e-mail for those who may see contact data."""
    words = words_in(text)
    if not words:
        return Q(pk__in=[])
    return where_readable(user, says("name_words", words), says("email_words", words))


def where_readable(user: User, by_name: Q, by_email: Q) -> Q:
    """Nobody is found by what their reader may not see of them."""
    if user.is_staff_of_firm:
        return by_name | (by_email & ~Q(sealed_from(user)))
    return by_name & ~Q(_masked_for(user))


def sealed_from(user: User) -> Exists | Value:
    if nothing_sealed(user):
        return NOBODY
    return Exists(Application.objects.sealed_from(user).filter(candidate=OuterRef("pk")))


def _masked_for(user: User) -> Exists | Value:
    """People whose name the user reads as initials, because one of their roles chose so."""
    if user.is_staff_of_firm:
        return NOBODY
    initials = Application.objects.visible_to(user).filter(role__name_form=NameForm.INITIALS)
    return Exists(initials.filter(candidate=OuterRef("pk")))


def standings_of(user: User, people: Iterable[int]) -> dict[int, list[Standing]]:
    """Where these people (ids) are, in each role the user may look at."""
    found: dict[int, list[Standing]] = defaultdict(list)
    rows = (
        Application.objects.visible_to(user)
        .filter(candidate__in=people)
        .order_by("-created_at", "-pk")
        .values_list(
            "candidate_id",
            "pk",
            "role__title",
            "role__slug",
            "role__client__name",
            "stage__name",
            "stage__kind",
            "stage_since",
            "owner__name",
            "source",
        )
    )
    for row in rows:
        found[row[0]].append(Standing(*row[1:]))
    return found


def tags_of(people: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for candidate, name in (
        CandidateTag.objects.filter(candidate__in=people).order_by("tag__name").values_list("candidate_id", "tag__name")
    ):
        found[candidate].append(name)
    return found


def _row(row: dict[str, Any], standings: list[Standing], tags: list[str]) -> CandidateRow:
    sealed = row["sealed"]
    return CandidateRow(
        pk=row["pk"],
        name=initials_of(row["name"]) if row["masked"] else row["name"],
        headline="" if sealed else row["headline"],
        location="" if sealed else row["location"],
        created_at=row["created_at"],
        sealed=sealed,
        standings=[] if sealed else standings,
        tags=tags,
    )
