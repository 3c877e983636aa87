"""Of what there is anything about a person, whoever may see it, so that a page asks no further after what there is not."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from candidates.models import (
    Candidate,
    CandidateMail,
    CandidateTag,
    DebriefOutcome,
    Document,
    Interview,
    LikelyDuplicate,
    Mention,
    Merge,
    Note,
    ShortlistEntry,
)
from candidates.querysets.made_once import rows_of
from screening.jobs.models import Delivery

PERSON = OuterRef("pk")
KINDS = {
    "interview": Interview.objects.filter(application__candidate=PERSON),
    "note": Note.objects.filter(candidate=PERSON),
    "debrief": DebriefOutcome.objects.filter(application__candidate=PERSON),
    "entry": ShortlistEntry.objects.filter(application__candidate=PERSON),
    "document": Document.objects.filter(candidate=PERSON),
    "tag": CandidateTag.objects.filter(candidate=PERSON),
    "letter": CandidateMail.objects.filter(candidate=PERSON),
    "mail": Delivery.objects.filter(recipient=OuterRef("email"), letter=None),
    "merge": Merge.objects.filter(into=PERSON),
    "file": Candidate.objects.filter(merged_into=PERSON),
    "mention": Mention.objects.filter(seen_at=None, note__candidate=PERSON),
    "alike": LikelyDuplicate.objects.filter(Q(one=PERSON) | Q(two=PERSON)),
}


def traces_of(candidate: Candidate) -> frozenset[str]:
    """Kinds of what there is; “mention” where a note asks for somebody who has not seen it. One statement."""
    [found] = rows_of(_asked, candidate.pk)
    return frozenset(kind for kind, there in zip(KINDS, found, strict=True) if there)


def _asked(person: int) -> QuerySet[Candidate, Any]:
    return Candidate.objects.order_by().filter(pk=person).values_list(*(Exists(rows) for rows in KINDS.values()))
