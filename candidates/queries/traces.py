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
from screening.accounts.models import User
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
    "alike": LikelyDuplicate.objects.filter(Q(one=PERSON) | Q(two=PERSON)),
}


def traces_of(user: User, candidate: Candidate) -> frozenset[str]:
    """Kinds of what there is; “mention” where a note asks for this user, who has not seen it. One statement."""
    [found] = rows_of(_asked, candidate.pk, user.pk, by_key=True)
    return frozenset(kind for kind, there in zip((*KINDS, "mention"), found, strict=True) if there)


def _asked(person: int, reader: int) -> QuerySet[Candidate, Any]:
    unseen = Mention.objects.filter(user=reader, seen_at=None, note__candidate=PERSON)
    flags = (Exists(rows) for rows in (*KINDS.values(), unseen))
    return Candidate.objects.order_by().filter(pk=person).values_list(*flags)
