"""What a reviewer at the client asked for on somebody's account: it can tell what they think, so colleagues wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from candidates.querysets.shortlists import shortlists_open

if TYPE_CHECKING:
    from candidates.models import ClientReview, ShortlistReviewer
    from screening.accounts.models import User

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def asked_visible_to(rows: Rows, user: User) -> Rows:
    """Of rows with `entry` and `asked_by`: one's own, and all of them for staff; a colleague's once the asker, the
    reader and all who are asked to evaluate have committed.
    """
    if user.is_hiring_manager:
        return rows.none()
    readable = rows.filter(shortlists_open(user, "entry__shortlist"))
    if not user.is_client_reviewer:
        return readable
    committed = Q(entry_id__in=user.client_reviews.filter(committed_at__isnull=False).values("entry_id"))
    return readable.filter(Q(asked_by=user) | (committed & Exists(_given_by_asker()) & ~Exists(_awaited())))


def _given_by_asker() -> models.QuerySet[ClientReview]:
    reviews: type[ClientReview] = apps.get_model("candidates", "ClientReview")
    return reviews.objects.filter(entry=OuterRef("entry"), reviewer=OuterRef("asked_by"), committed_at__isnull=False)


def _awaited() -> models.QuerySet[ShortlistReviewer]:
    """Who is asked to evaluate the entry of what was asked (the outer row) and has not committed."""
    reviewers: type[ShortlistReviewer] = apps.get_model("candidates", "ShortlistReviewer")
    reviews: type[ClientReview] = apps.get_model("candidates", "ClientReview")
    given = reviews.objects.filter(
        entry=OuterRef(OuterRef("entry")), reviewer=OuterRef("user"), committed_at__isnull=False
    )
    awaited = reviewers.objects.filter(shortlist=OuterRef("entry__shortlist"), released_at=None)
    return awaited.filter(~Exists(given))
