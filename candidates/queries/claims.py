"""The incidents that a summary may rest on: what the submitted scorecards that count tell of a person."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

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
    return _told(entry.shortlist).filter(scorecard__interview__application=entry.application_id)


def citable_of(shortlist: Shortlist) -> dict[int, list[Citable]]:
    """Application → the incidents told of it, in the order of the rubric; one statement."""
    cited = EntryClaim.objects.filter(evidence=OuterRef("pk"), entry__shortlist=shortlist)
    people = shortlist.entries.values("application")
    rows = _told(shortlist).filter(scorecard__interview__application__in=people).annotate(cited=Exists(cited))
    found: dict[int, list[Citable]] = defaultdict(list)
    columns = (APPLICATION, "pk", "dimension__name", "incident", "happened", "cited")
    for application, pk, dimension, incident, happened, is_cited in rows.order_by(
        "dimension__position", "scorecard", "position", "pk"
    ).values_list(*columns):
        found[application].append(Citable(pk, dimension, incident, happened, is_cited))
    return found


def _told(shortlist: Shortlist) -> QuerySet[Evidence]:
    version = shortlist.role.rubric_version
    keys = version.dimensions.order_by().values("key") if version else []
    counting = Scorecard.objects.counting()
    return Evidence.objects.filter(scorecard__in=counting, dimension__key__in=keys).exclude(incident="")
