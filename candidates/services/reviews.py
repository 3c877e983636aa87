"""The client's own evaluation: theirs alone until committed, and never changed afterwards."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from candidates.enums import Basis, Verdict
from candidates.gates.shortlists import missing_to_commit
from candidates.models import ClientRating, ClientReview, ShortlistEntry
from rubrics.gates.base import pass_gate
from screening.accounts.errors import Refused
from screening.accounts.models import User


@dataclass(frozen=True)
class ReviewDraft:
    """`levels` maps a dimension's id to a level, or to None for “not assessed”; absent means not judged yet."""

    levels: dict[int, int | None]
    basis: str = ""
    verdict: str = ""
    comment: str = ""


@transaction.atomic
def save_review(*, entry: ShortlistEntry, draft: ReviewDraft, by: User, now: datetime) -> ClientReview:
    """Keep what a reviewer has so far. Raises Refused when already committed, or for a level or word not on offer."""
    if not entry.shortlist.is_with_client:
        raise Refused("This shortlist is not with the client.")
    if entry.left_in is not None:
        raise Refused("This person is no longer on the shortlist.")
    review, _ = ClientReview.objects.select_for_update(of=("self",)).get_or_create(
        entry=entry, reviewer=by, defaults={"saved_at": now}
    )
    if review.is_committed:
        raise Refused("You have committed this evaluation; it can’t be changed any more.")
    _check(entry, draft)
    review.basis, review.verdict, review.comment, review.saved_at = draft.basis, draft.verdict, draft.comment, now
    review.save(update_fields=["basis", "verdict", "comment", "saved_at"])
    review.entry = entry
    review.ratings.exclude(dimension__in=draft.levels).delete()
    ClientRating.objects.bulk_create(
        [
            ClientRating(review=review, dimension_id=dimension, level=level, not_assessed=level is None)
            for dimension, level in draft.levels.items()
        ],
        update_conflicts=True,
        unique_fields=["review", "dimension"],
        update_fields=["level", "not_assessed"],
    )
    return review


def _check(entry: ShortlistEntry, draft: ReviewDraft) -> None:
    version = entry.shortlist.measured_by
    if version is None:
        raise Refused("This role has no rubric version, so there is nothing to judge by.")
    names = dict(version.dimensions.values_list("pk", "name"))
    for dimension, level in draft.levels.items():
        if dimension not in names:
            raise Refused(f"Dimension {dimension} is not part of this role's rubric.")
        if level is not None and level not in version.level_values:
            raise Refused(
                f"{names[dimension]}: {level} is not a level. Choose from {version.lowest} to {version.highest}."
            )
    if draft.basis and draft.basis not in Basis.values:
        raise Refused(f"“{draft.basis}” is not a basis for an evaluation.")
    if draft.verdict and draft.verdict not in Verdict.values:
        raise Refused(f"“{draft.verdict}” is not a verdict.")


@transaction.atomic
def commit_review(*, entry: ShortlistEntry, by: User, now: datetime, draft: ReviewDraft | None = None) -> ClientReview:
    """Seal one's own evaluation; from here on colleagues' are open. Raises GateRefused with what is missing.

    With a `draft`, that is what is sealed; of a refusal nothing is kept.
    """
    if draft is not None:
        review: ClientReview | None = save_review(entry=entry, draft=draft, by=by, now=now)
    else:
        review = entry.reviews.select_for_update(of=("self",)).filter(reviewer=by).first()
    if review is None:
        raise Refused("Evaluate the candidate first.")
    if review.is_committed:
        return review
    pass_gate(missing_to_commit(review, now=now))
    review.committed_at = now
    review.save(update_fields=["committed_at"])
    return review
