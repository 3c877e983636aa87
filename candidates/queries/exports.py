"""Lists of people as tables of text: what their reader may see of each, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from candidates.enums import Source
from candidates.models import Application, Candidate
from candidates.queries.candidates import Standing, standings_of, tags_of
from rubrics.models import Role
from screening.accounts.models import User

AT_ONCE = 2_000
FIELDS = (
    "pk",
    "name",
    "email",
    "phone",
    "location",
    "time_zone",
    "headline",
    "links",
    "years_of_experience",
    "reference",
)
COLUMNS = (
    "Name", "E-mail", "Phone", "Location", "Time zone", "Headline", "Links", "Years of experience", "Your reference",
    "Tags",
)  # fmt: skip
IN_ROLES = ("In which roles",)
IN_ROLE = ("Stage", "In this stage since", "Source", "Looked after by")
Row = list[str]


@dataclass(frozen=True)
class Table:
    """Whose data go out, for whom; `role` where it is the list of one pipeline."""

    people: QuerySet[Candidate]
    user: User
    role: Role | None = None

    @property
    def header(self) -> Row:
        return [*COLUMNS, *(IN_ROLE if self.role else IN_ROLES)]

    def rows(self) -> Iterator[Row]:
        """Newest first, in pieces: however many there are, little is in memory."""
        sealed = set(Application.objects.sealed_from(self.user).values_list("candidate_id", flat=True))
        before: int | None = None
        while True:
            found = self.people if before is None else self.people.filter(pk__lt=before)
            piece = list(found.order_by("-pk").values(*FIELDS)[:AT_ONCE])
            if not piece:
                return
            yield from self._texts(piece, sealed)
            before = piece[-1]["pk"]

    def _texts(self, piece: list[dict[str, Any]], sealed: set[int]) -> Iterator[Row]:
        open_people = [row["pk"] for row in piece if row["pk"] not in sealed]
        tags = tags_of(open_people)
        standings = standings_of(self.user, open_people)
        width = len(self.header)
        for row in piece:
            if row["pk"] in sealed:
                yield [row["name"], *[""] * (width - 1)]
            else:
                yield [*_facts(row), ", ".join(tags.get(row["pk"], [])), *self._places(standings.get(row["pk"], []))]

    def _places(self, standings: list[Standing]) -> Row:
        if self.role is None:
            return ["; ".join(f"{one.role}, {one.client}: {one.stage}" for one in standings)]
        for one in standings:
            if one.role_slug == self.role.slug:
                return [one.stage, f"{one.since:%Y-%m-%d}", Source(one.source).label, one.owner or ""]
        return [""] * len(IN_ROLE)


def _facts(row: dict[str, Any]) -> Row:
    years = row["years_of_experience"]
    return [
        *(row[name] for name in FIELDS[1:7]),
        " ".join(row["links"]),
        "" if years is None else str(years),
        row["reference"],
    ]
