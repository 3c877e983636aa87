"""What a check of a file found, and what came of its import, as its page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, F, Q, Value, When, Window
from django.db.models.functions import RowNumber

from candidates.enums import DuplicateRule, MatchedBy, RowOutcome
from candidates.models import Application, Candidate, CandidateImport, ImportRow
from screening.accounts.models import User

PROBLEMS, DUPLICATES, RECENT = 100, 50, 20
WHY = "What is wrong"
EXACT = (MatchedBy.EMAIL, MatchedBy.REFERENCE)
BEFORE_A_MERGE = ", of a file merged into theirs"


@dataclass(frozen=True)
class Counts:
    """Rows of a file: `ready` have nothing wrong with them; `same` and `alike` of those are about people here."""

    rows: int
    ready: int
    same: int
    alike: int
    waiting: int
    added: int
    updated: int
    skipped: int

    @property
    def bad(self) -> int:
        return self.rows - self.ready

    @property
    def fresh(self) -> int:
        return self.ready - self.same - self.alike


@dataclass(frozen=True)
class Plan:
    """Rows by what the run would do with them.

    `closed` are to change somebody the reader owes a scorecard on, `again` somebody whom a row before them changes and
    whom they are merely like.
    """

    add: int
    update: int
    skip: int
    closed: int
    again: int


@dataclass(frozen=True)
class Problem:
    number: int
    column: str
    says: str
    text: str


@dataclass(frozen=True)
class Duplicate:
    number: int
    name: str
    email: str
    why: str
    exact: bool
    person: int | None
    person_name: str
    person_line: str
    sealed: bool
    decision: str


@dataclass(frozen=True)
class Duplicates:
    rows: list[Duplicate]
    next: int | None


def recent_imports(user: User) -> list[CandidateImport]:
    found = CandidateImport.objects.visible_to(user).select_related("created_by", "role")
    return list(found.defer("header", "mapping", "sheets")[:RECENT])


def counts_of(of: CandidateImport) -> Counts:
    clean = Q(problems=[])
    waiting = clean & Q(outcome="")
    found = of.rows.aggregate(
        rows=Count("pk"),
        ready=Count("pk", filter=clean),
        same=Count("pk", filter=clean & Q(matched_by__in=EXACT)),
        alike=Count("pk", filter=clean & Q(matched_by__in=[MatchedBy.PHONE, MatchedBy.NAME])),
        waiting=Count("pk", filter=waiting),
        **{outcome: Count("pk", filter=Q(outcome=outcome)) for outcome in RowOutcome.values},
    )
    return Counts(**found)


def plan_of(of: CandidateImport, user: User) -> Plan:
    """By the rules and decisions kept so far."""
    exact = Q(matched_by__in=EXACT)
    rule = Case(
        When(exact & Q(decision=DuplicateRule.ADD), then=Value(DuplicateRule.SKIP)),
        When(~Q(decision=""), then=F("decision")),
        When(exact, then=Value(of.if_same)),
        When(~Q(matched_by=""), then=Value(of.if_alike)),
        default=Value(DuplicateRule.ADD),
        output_field=CharField(),
    )
    sealed = Q(match__in=Application.objects.sealed_from(user).values("candidate"))
    rows = of.rows.waiting().annotate(rule=rule, sealed=Case(When(sealed, then=True), default=False))
    place = Window(RowNumber(), partition_by=["match", "rule"], order_by="number")
    update, again = Q(rule=DuplicateRule.UPDATE, sealed=False), ~exact & Q(place__gt=1)
    found = rows.annotate(place=place).aggregate(
        add=Count("pk", filter=Q(rule=DuplicateRule.ADD)),
        update=Count("pk", filter=update & ~again),
        skip=Count("pk", filter=Q(rule=DuplicateRule.SKIP)),
        closed=Count("pk", filter=Q(rule=DuplicateRule.UPDATE, sealed=True)),
        again=Count("pk", filter=update & again),
    )
    return Plan(**found)


def problems_of(of: CandidateImport) -> list[Problem]:
    """What is wrong with the first rows that have something wrong, beside what stands there."""
    places = {column: place for place, column in enumerate(of.header)}
    found = of.rows.exclude(problems=[]).only("number", "problems", "cells")[:PROBLEMS]
    return [
        Problem(row.number, column, _cell(row.cells, places.get(column)), text)
        for row in found
        for column, text in row.problems
    ]


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def duplicates_of(of: CandidateImport, user: User, *, after: int = 0) -> Duplicates:
    """Rows about people who are here, as the reader may see those, in the order of the file."""
    matched = of.rows.waiting().exclude(matched_by="").filter(number__gt=after)
    rows = list(matched.order_by("number")[: DUPLICATES + 1])
    people = {row.match_id for row in rows if row.match_id}
    known = Candidate.objects.visible_to(user).only("name", "email", "reference", "headline").in_bulk(people)
    sealed = set(
        Application.objects.sealed_from(user).filter(candidate__in=people).values_list("candidate_id", flat=True)
    )
    shown = [_duplicate(row, known.get(row.match_id or 0), row.match_id in sealed) for row in rows[:DUPLICATES]]
    return Duplicates(shown, shown[-1].number if len(rows) > DUPLICATES else None)


def _duplicate(row: ImportRow, person: Candidate | None, sealed: bool) -> Duplicate:  # noqa: FBT001 -- as it is shown
    return Duplicate(
        number=row.number,
        name=row.values.get("name", ""),
        email=row.email,
        why=MatchedBy(row.matched_by).label
        + (BEFORE_A_MERGE if person and not sealed and _is_former(row, person) else ""),
        exact=row.matched_by in EXACT,
        person=person.pk if person else None,
        person_name=person.name if person else "",
        person_line=" · ".join(filter(None, (person.email, person.headline))) if person and not sealed else "",
        sealed=sealed,
        decision=row.decision,
    )


def _is_former(row: ImportRow, person: Candidate) -> bool:
    """The address or reference is not the person's own: a file that had it went into theirs."""
    if row.matched_by == MatchedBy.EMAIL:
        return row.email != person.email.lower()
    return row.matched_by == MatchedBy.REFERENCE and row.reference != person.reference


def left_out_rows(of: CandidateImport) -> Iterator[list[str]]:
    """The rows as they came, with why they stayed out: to be mended and brought again."""
    yield [*of.header, WHY]
    width = len(of.header)
    found = of.rows.left_out().select_related("match").only("cells", "problems", "outcome", "matched_by", "match__name")
    for row in found.order_by("number").iterator(chunk_size=2000):
        cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
        yield [*cells, _why(row)]


def _why(row: ImportRow) -> str:
    if row.problems:
        return "; ".join(f"{column}: {text}" if column else text for column, text in row.problems)
    label = MatchedBy(row.matched_by).label if row.matched_by else MatchedBy.EMAIL.label
    return f"left out: {label.lower()} as somebody who is here"
