"""Two files made one through the services, and taken apart again."""

from typing import Any

from candidates.models import Candidate, Document, Merge
from candidates.queries.merges import compare
from candidates.services.merges import merge_candidates, undo_merge
from screening.accounts.models import User
from tests.factories.candidates import NOW


def merge(into: Candidate, candidate: Candidate, by: User, **chosen: Any) -> Merge:
    into, candidate = Candidate.objects.get(pk=into.pk), Candidate.objects.get(pk=candidate.pk)
    comparison = compare(into=into, candidate=candidate)
    live = {clash.role.pk: clash.proposed.pk for clash in comparison.clashes}
    asked: dict[str, Any] = {"theirs": (), "live": live, "seen": comparison.seen} | chosen
    return merge_candidates(candidate=candidate, into=into, by=by, now=NOW, **asked)


def undo(merged: Merge, by: User) -> list[str]:
    return undo_merge(merge=merged, by=by, now=NOW)[1]


def document(candidate: Candidate, **fields: Any) -> Document:
    return Document.objects.create(
        candidate=candidate, name="cv.pdf", file="x", content_type="application/pdf", size=1, sha256="0", **fields
    )
