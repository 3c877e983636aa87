"""The incidents that a summary may rest on: what the submitted scorecards that count tell of a person."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from candidates.models import EntryClaim, Evidence, Scorecard, Shortlist, ShortlistEntry

APPLICATION = "scorecard__interview__application"


@dataclass(frozen=True)
class Citable:
    pk: int
    dimension: str
    incident: str
    happened: str
    is_cited: bool


def citable_evidence(entry: ShortlistEntry) -> QuerySet[Evidence]:
    return citable_about(entry.shortlist, entry.application_id)


def citable_about(shortlist: Shortlist, application: int) -> QuerySet[Evidence]:
    return _told(shortlist).filter(**{APPLICATION: application})


def citable_of(shortlist: Shortlist) -> dict[int, list[Citable]]:
    """Application → the incidents told of it, in the order of the rubric; one statement."""
    cited = EntryClaim.objects.filter(evidence=OuterRef("pk"), entry__shortlist=shortlist)
    people = shortlist.entries.values("application")
    return _by_application(_told(shortlist).filter(**{f"{APPLICATION}__in": people}).annotate(cited=Exists(cited)))


def citable_of_people(
    shortlist: Shortlist, applications: Collection[int], *, cited: Collection[int]
) -> dict[int, list[Citable]]:
    """The same of people (ids of applications) who are not on the list yet; `cited` are the incidents chosen so far."""
    told = _told(shortlist).filter(**{f"{APPLICATION}__in": applications})
    chosen = ExpressionWrapper(Q(pk__in=cited), output_field=BooleanField())
    return _by_application(told.annotate(cited=chosen))


def _by_application(rows: QuerySet[Evidence]) -> dict[int, list[Citable]]:
    found: dict[int, list[Citable]] = defaultdict(list)
    columns = (APPLICATION, "pk", "dimension__name", "incident", "happened", "cited")
    for application, pk, dimension, incident, happened, is_cited in rows.order_by(
        "dimension__position", "scorecard", "position", "pk"
    ).values_list(*columns):
        found[application].append(Citable(pk, dimension, incident, happened, is_cited))
    return found


def _told(shortlist: Shortlist) -> QuerySet[Evidence]:
    version = shortlist.measured_by
    keys = version.dimensions.order_by().values("key") if version else []
    counting = Scorecard.objects.counting()
    return Evidence.objects.filter(scorecard__in=counting, dimension__key__in=keys).exclude(incident="")
