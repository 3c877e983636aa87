"""Whether a candidate may be written to: the same for one and for each of many."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from candidates.models import Application, Candidate, Consent
from rubrics.gates.base import Missing
from screening.accounts.models import User

REACHABLE = {"addressed": True, "withdrawn": False, "sealed": False, "erased": False, "merged": False}
"""Nothing is missing for these, as a filter on what `Reach` names."""


@dataclass(frozen=True)
class Reach:
    """What decides about a letter."""

    addressed: bool
    withdrawn: bool
    sealed: bool
    erased: bool
    merged: bool


def withdrawn_consent(now: datetime, candidate: str) -> Q:
    """They took a consent back and gave no new one, as a condition; `candidate` is the lookup path of the outer row."""
    theirs = Consent.objects.filter(candidate=OuterRef(candidate))
    return Q(Exists(theirs.filter(withdrawn_at__lte=now))) & ~Q(Exists(theirs.valid(now)))


def reach_of(candidate: Candidate, *, by: User, now: datetime) -> Reach:
    withdrawn = Candidate.objects.filter(withdrawn_consent(now, "pk"), pk=candidate.pk)
    return Reach(
        addressed=bool(candidate.email),
        withdrawn=withdrawn.exists(),
        sealed=Application.objects.sealed_from(by).filter(candidate=candidate).exists(),
        erased=candidate.erased_at is not None,
        merged=candidate.merged_into_id is not None,
    )


def missing_to_write(reach: Reach) -> list[Missing]:
    if reach.erased:
        return [Missing("erased", "Their data were erased.")]
    if reach.merged:
        return [Missing("merged", "This file was merged into another one. Write from that one.")]
    missing = []
    if reach.sealed:
        missing.append(Missing("sealed", "You owe a scorecard on them; until it is in, you do not write to them."))
    if not reach.addressed:
        missing.append(Missing("address", "There is no e-mail address on file."))
    if reach.withdrawn:
        missing.append(Missing("withdrawn", "They withdrew their consent, so nobody writes to them."))
    return missing
