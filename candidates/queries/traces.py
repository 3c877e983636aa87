"""Of what there is anything about a person, whoever may see it, so that a page asks no further after what there is not."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

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


@cache
def _asked() -> tuple[str, tuple[Any, ...]]:
    """The statement and its parameters but the last, the person: made once, as it is the same for everybody."""
    flags = Candidate.objects.order_by().values_list(*(Exists(rows) for rows in KINDS.values()))
    sql, (*others, _) = flags.filter(pk=0).query.sql_with_params()
    return sql, tuple(others)


def traces_of(candidate: Candidate) -> frozenset[str]:
    """Kinds of what there is; “mention” where a note asks for somebody who has not seen it. One statement."""
    sql, others = _asked()
    with connection.cursor() as cursor:
        cursor.execute(sql, (*others, candidate.pk))
        [found] = cursor.fetchall()
    return frozenset(kind for kind, there in zip(KINDS, found, strict=True) if there)
