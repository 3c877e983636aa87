"""Who may be the same person as somebody: by an address, a number, a reference, or a name that is alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Length

from candidates.models import Candidate, DifferentPeople, LikelyDuplicate, Merge
from candidates.queries.candidates import sealed_from
from candidates.queries.former import REACHED
from candidates.queries.paging import counted, newest_first
from candidates.querysets.candidates import CandidateQuerySet
from candidates.querysets.merges import LikelyDuplicateQuerySet, MergeQuerySet
from screening.accounts.models import User

ALIKE = 0.6
"""Share of the three-letter pieces that two names have in common; a letter or the order of words may differ."""

FEW = 5
LIKENESS = ("pk", "name", "headline")
ROWS = 50
KINDS = {"contact": "Same mailbox, phone or reference", "name": "Similar name only"}
"""Likely pairs, surest first: by what belongs to one person, and by a name, which others may bear."""

WORDS = {"email": "same mailbox", "phone": "same phone", "reference": "same reference", "name": "similar name"}

FORMERLY = "contact data of a file that was merged into theirs"


def names_alike(one: str, two: str) -> str:
    """Of names as the database has them in words. Pieces may be of Latin letters alone, so the same words are alike too."""
    words = [f"string_to_array(btrim({name}), ' ')" for name in (one, two)]
    return f"(similarity({one}, {two}) >= {ALIKE} OR {words[0]} @> {words[1]} AND {words[0]} <@ {words[1]})"


def compared(row: str) -> str:
    """The columns that tell whether files are of one person, worked out of a row by its name in a statement."""
    return f"""{row}.name_words,
    CASE WHEN {row}.email <> '' THEN email_key({row}.email) END AS mailbox,
    CASE WHEN length(phone_key({row}.phone)) > 5 THEN phone_key({row}.phone) END AS number,
    nullif(reference_key({row}.reference), '') AS reference"""


def reasons_of(one: str, two: str) -> str:
    """Why two rows of what is compared, which have some key in common, may be of one person; surest first."""
    return f"""array_remove(ARRAY[
    CASE WHEN {one}.mailbox = {two}.mailbox THEN 'email' END,
    CASE WHEN {one}.number = {two}.number THEN 'phone' END,
    CASE WHEN {one}.reference = {two}.reference THEN 'reference' END,
    CASE WHEN {names_alike(f"{one}.name_words", f"{two}.name_words")} THEN 'name' END
], NULL)"""


HERE = "candidates_candidate"
LIKE = (
    f"match_keys({HERE}.name, {HERE}.email, {HERE}.phone, {HERE}.reference, true)"
    " && match_keys(%s::text, %s::text, %s::text, %s::text, false)"
)
SAID = "(SELECT words_of(%s::text) AS name_words, %s::text AS email, %s::text AS phone, %s::text AS reference) said"
WHY = (
    f"(SELECT array_to_string({reasons_of('a', 'b')}, ',')"  # noqa: S608 -- of constants
    f" FROM (SELECT {compared('said')} FROM {SAID}) a, LATERAL (SELECT {compared(HERE)}) b)"
)


@dataclass(frozen=True)
class Likeness:
    """Somebody who may be the same person, and why."""

    pk: int
    name: str
    headline: str
    reasons: str


@dataclass(frozen=True)
class Merged:
    """A file that went into this one; `pk` is of the merge."""

    pk: int
    name: str
    into: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Duplicates:
    """`more` are likely as well, and not among the few that are named."""

    likely: list[Likeness]
    more: int
    merged: list[Merged]


@dataclass(frozen=True)
class Pair:
    pk: int
    one: Candidate
    two: Candidate
    reasons: str


@dataclass(frozen=True)
class PairsPage:
    """Of one kind of pairs; `kinds` are all of them: name, label, how many."""

    pairs: list[Pair]
    kind: str
    kinds: list[tuple[str, str, str]]
    total: str
    next: str
    previous: str


def sureness(reasons: str) -> tuple[int, int]:
    """The more there is in common that belongs to one person, the surer."""
    given = reasons.split(",")
    return len(set(given) - {"name"}), len(given)


def worded(reasons: str) -> str:
    return ", ".join(WORDS[reason] for reason in reasons.split(","))


def _others(user: User, person: Candidate) -> CandidateQuerySet:
    """Living files the user may open that might be of this person; none sealed from them, for a match tells of contact data."""
    told = Q(one=person.pk, two=OuterRef("pk")) | Q(one=OuterRef("pk"), two=person.pk)
    found = Candidate.objects.visible_to(user).filter(merged_into=None, erased_at=None)
    if person.merged_into_id or person.erased_at:
        found = found.none()
    others = found.exclude(pk=person.pk).exclude(sealed_from(user))
    return others.exclude(Exists(DifferentPeople.objects.filter(told)))


def people_like(user: User, person: Candidate) -> QuerySet[Candidate]:
    """A few whom the user may open, with `why`."""
    asked = [person.name, person.email, person.phone, person.reference]
    like = RawSQL(LIKE, asked, output_field=BooleanField())  # noqa: S611 -- constants; what was written is passed apart
    return (
        _others(user, person)
        .filter(like)
        .annotate(why=RawSQL(WHY, asked, output_field=TextField()))  # noqa: S611 -- the same
        .exclude(why="")
        .order_by(Length("why").desc(), "-pk")[:FEW]  # by what no index has, or the planner walks along that one
    )


def likely_of(user: User, person: Candidate) -> list[Likeness]:
    """Looked for now, among everybody the user may open and the files that went into theirs."""
    likely = [Likeness(one.pk, one.name, one.headline, worded(vars(one)["why"])) for one in people_like(user, person)]
    asked = [person.email, person.phone, person.reference]
    went = RawSQL(REACHED, asked, output_field=IntegerField())  # noqa: S611 -- constants; what was written is passed apart
    merged = _others(user, person).filter(pk__in=went).exclude(pk__in=[one.pk for one in likely]).order_by("-pk")
    return [*likely, *(Likeness(one.pk, one.name, one.headline, FORMERLY) for one in merged[:FEW])]


def _likely(other: str) -> LikelyDuplicateQuerySet:
    rows = LikelyDuplicate.objects.living().order_by()
    reasons = Func("reasons", Value(","), function="array_to_string", output_field=TextField())
    columns = (F(f"{other}__{field}") for field in LIKENESS)
    nothing = Value(None, output_field=DateTimeField())
    return cast("LikelyDuplicateQuerySet", rows.values_list(Value("likely"), *columns, reasons, nothing))


def _merged() -> MergeQuerySet:
    rows = Merge.objects.standing().order_by()
    by = Cast("by__name", TextField())
    return cast("MergeQuerySet", rows.values_list(Value("merged"), "pk", "candidate__name", "into__name", by, "at"))


# What does not depend on who asks is made once.
MERGED, AFTER, BEFORE = _merged(), _likely("two"), _likely("one")


def duplicates_of(user: User, person: Candidate, traces: frozenset[str]) -> Duplicates:
    """Whom the last look through everybody found to be like them, and what went into this file; at most one statement."""
    if traces.isdisjoint({"merge", "file", "alike"}):
        return Duplicates([], 0, [])
    merged = MERGED.visible_to(user)
    sources: list[QuerySet[Any, Any]] = [  # each by its index: one condition with OR would read the whole table
        merged.filter(into__merged_into=person),
        AFTER.visible_to(user).filter(one=person),
        BEFORE.visible_to(user).filter(two=person),
    ]
    rows: list[Any] = list(merged.filter(into=person).union(*sources, all=True))
    likely = sorted((row[1:5] for row in rows if row[0] == "likely"), key=lambda row: sureness(row[3]), reverse=True)
    return Duplicates(
        likely=[Likeness(pk, name, line, worded(why)) for pk, name, line, why in likely[:FEW]],
        more=len(likely[FEW:]),
        merged=sorted(
            (Merged(pk, name, into, by, at) for kind, pk, name, into, by, at in rows if kind == "merged"),
            key=lambda one: one.at,
            reverse=True,
        ),
    )


def pairs_page(user: User, *, kind: str = "", of: Candidate | None = None, cursor: str = "") -> PairsPage:
    """Pairs of a kind (if none is asked for, the surest there are), of everybody or one person; four statements."""
    found = LikelyDuplicate.objects.visible_to(user).living()
    if of is not None:
        found = found.filter(pk__in=LikelyDuplicate.objects.of(of))
    by_name = Q(reasons=["name"])
    kinds = {"contact": found.exclude(by_name), "name": found.filter(by_name)}
    counts = {name: counted(pairs) for name, pairs in kinds.items()}
    if kind not in kinds:
        kind = next((name for name, number in counts.items() if number != "0"), "contact")
    page = newest_first(kinds[kind].values("pk", "found_at"), field="found_at", cursor=cursor, size=ROWS)
    loaded = LikelyDuplicate.objects.select_related("one", "two").in_bulk([row["pk"] for row in page.rows])
    pairs = [loaded[row["pk"]] for row in page.rows if row["pk"] in loaded]
    return PairsPage(
        pairs=[Pair(pair.pk, pair.one, pair.two, worded(",".join(pair.reasons))) for pair in pairs],
        kind=kind,
        kinds=[(name, KINDS[name], number) for name, number in counts.items()],
        total=counts[kind],
        next=page.next,
        previous=page.previous,
    )
