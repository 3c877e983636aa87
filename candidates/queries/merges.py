"""Two files side by side: what they say, what belongs to each, and where both stand in the pipeline of one role."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from candidates.enums import ScorecardState, ShortlistState
from candidates.models import (
    Application,
    Candidate,
    CandidateMail,
    CandidateTag,
    ClientReview,
    Consent,
    Decision,
    DifferentPeople,
    Document,
    EntryClaim,
    Interview,
    Note,
    Scorecard,
    ShortlistEntry,
)
from rubrics.models import Role

FIELDS = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "location": "Location",
    "time_zone": "Time zone",
    "headline": "Headline",
    "years_of_experience": "Years of experience",
    "reference": "Your reference",
}
"""What a recruiter chooses from; links are kept of both."""

CLIENT_HAS = (ShortlistState.DRAFT, ShortlistState.PRESENTED)
RELATIONS: tuple[tuple[str, str, QuerySet[Any], str], ...] = (
    ("Applications", "move along, each with its stage and its scores", Application.objects.all(), "candidate"),
    ("Interviews", "stay with their application", Interview.objects.all(), "application__candidate"),
    (
        "Scorecards",
        "stay with their application; nobody reads more of them than before",
        Scorecard.objects.submitted(),
        "interview__application__candidate",
    ),
    ("Notes", "move along", Note.objects.all(), "candidate"),
    ("Documents", "move along; a client goes on seeing those it saw", Document.objects.all(), "candidate"),
    ("Letters", "move along", CandidateMail.objects.all(), "candidate"),
    ("Tags", "are joined", CandidateTag.objects.all(), "candidate"),
    ("Consents", "move along; the longest one holds for both", Consent.objects.all(), "candidate"),
    ("On shortlists", "stays as it is", ShortlistEntry.objects.all(), "application__candidate"),
    ("Claims shown to clients", "stay with their entry", EntryClaim.objects.all(), "entry__application__candidate"),
    (
        "Evaluations of clients",
        "stay with their entry",
        ClientReview.objects.filter(committed_at__isnull=False),
        "entry__application__candidate",
    ),
    ("Decisions", "stay with their entry", Decision.objects.all(), "entry__application__candidate"),
)


@dataclass(frozen=True)
class Field:
    """One fact as each file has it; `takes_theirs` is what is proposed."""

    name: str
    label: str
    mine: Any
    theirs: Any

    @property
    def differs(self) -> bool:
        return bool(self.mine != self.theirs)

    @property
    def takes_theirs(self) -> bool:
        return self.mine in {"", None}


@dataclass(frozen=True)
class Relation:
    label: str
    fate: str
    mine: int
    theirs: int


@dataclass(frozen=True)
class Clash:
    """Both applied to this role: one application goes on, the other is set aside."""

    role: Role
    applications: list[Application]

    @property
    def proposed(self) -> Application:
        """The one that came furthest."""
        return max(self.applications, key=lambda one: (one.stage.position, one.stage_since, one.pk))


@dataclass(frozen=True)
class Comparison:
    """`into` stays, `candidate` goes into it. `seen` changes with anything that was compared."""

    into: Candidate
    candidate: Candidate
    fields: list[Field]
    links: list[str]
    relations: list[Relation]
    clashes: list[Clash]
    owing: int
    different: DifferentPeople | None
    seen: str


def compare(*, into: Candidate, candidate: Candidate) -> Comparison:
    """Four statements, whatever belongs to the two."""
    applications = _applications(into, candidate)
    counts = _counts([into.pk, candidate.pk])
    fields = [Field(name, label, getattr(into, name), getattr(candidate, name)) for name, label in FIELDS.items()]
    relations = [
        Relation(label, fate, counts[into.pk][f"n{at}"], counts[candidate.pk][f"n{at}"])
        for at, (label, fate, _, _) in enumerate(RELATIONS)
    ]
    one, two = sorted((into.pk, candidate.pk))
    return Comparison(
        into=into,
        candidate=candidate,
        fields=fields,
        links=list(dict.fromkeys([*into.links, *candidate.links])),
        relations=[relation for relation in relations if relation.mine or relation.theirs],
        clashes=_clashes(applications),
        owing=len({one.pk for one in applications if one.is_owed}),  # type: ignore[attr-defined]  # annotated
        different=DifferentPeople.objects.filter(one=one, two=two).select_related("by").first(),
        seen=_digest(into, candidate, fields, applications, counts),
    )


def _applications(into: Candidate, candidate: Candidate) -> list[Application]:
    owed = Scorecard.objects.owed().filter(interview__application=OuterRef("pk"))
    entries = ShortlistEntry.objects.filter(application=OuterRef("pk"), shortlist__state__in=CLIENT_HAS)
    return list(
        Application.objects.in_play()
        .filter(candidate__in=[into, candidate])
        .annotate(is_owed=Exists(owed), is_on_shortlist=Exists(entries))
        .select_related("role__client", "role__rubric_version", "stage", "candidate")
        .order_by("role__title", "role_id", "-created_at", "-pk")
    )


def _clashes(applications: Iterable[Application]) -> list[Clash]:
    by_role: dict[int, list[Application]] = defaultdict(list)
    for application in applications:
        by_role[application.role_id].append(application)
    return [Clash(both[0].role, both) for both in by_role.values() if len(both) > 1]


def _counts(people: list[int]) -> Mapping[int, Mapping[str, int]]:
    columns = {}
    for at, (_, _, rows, path) in enumerate(RELATIONS):
        of_person = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
        columns[f"n{at}"] = Coalesce(Subquery(of_person.annotate(n=Count("pk")).values("n")), 0)
    found = Candidate.objects.filter(pk__in=people).annotate(**columns).order_by()
    return {row["pk"]: row for row in found.values("pk", *columns)}


def _digest(
    into: Candidate,
    candidate: Candidate,
    fields: Iterable[Field],
    applications: Iterable[Application],
    counts: Mapping[int, Mapping[str, int]],
) -> str:
    told = [
        *((field.mine, field.theirs) for field in fields),
        (into.links, candidate.links, into.user_id, candidate.user_id),
        *((one.pk, one.candidate_id, one.stage_id) for one in applications),
        *(sorted(counts[pk].items()) for pk in (into.pk, candidate.pk)),
    ]
    return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def panellists_among(comparison: Comparison) -> set[int]:
    """Ids of users who wrote, or owe, a scorecard on either."""
    both = [comparison.into, comparison.candidate]
    cards = Scorecard.objects.filter(interview__application__candidate__in=both).exclude(state=ScorecardState.EXCUSED)
    return set(cards.values_list("interviewer_id", flat=True))


def files_of(candidate: Candidate) -> QuerySet[Candidate]:
    """The person's own file, those that went into it, and those that had gone into these."""
    # each by its index: one condition with OR over the join would read every candidate
    own, into, before = (
        Candidate.objects.filter(**{path: candidate.pk}).order_by().values("pk")
        for path in ("pk", "merged_into", "merged_into__merged_into")
    )
    return Candidate.objects.filter(pk__in=own.union(into, before))
