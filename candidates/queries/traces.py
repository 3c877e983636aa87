"""Of what there is anything about a person, whoever may see it, so that a page asks no further after what there is not."""

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
# made once, as it is the same for everybody
ASKED = Candidate.objects.order_by().values_list(*(Exists(rows) for rows in KINDS.values()))


def traces_of(user: User, candidate: Candidate) -> frozenset[str]:
    """Kinds of what there is; “mention” where a note asks for this user, who has not seen it. One statement."""
    unseen = Mention.objects.filter(user=user, seen_at=None, note__candidate=PERSON)
    found = ASKED.annotate(mention=Exists(unseen)).get(pk=candidate.pk)
    return frozenset(kind for kind, there in zip((*KINDS, "mention"), found, strict=True) if there)
