from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from candidates.querysets.shortlists import shortlists_open

if TYPE_CHECKING:
    from candidates.models import ClientAnswer, ClientQuestion, ClientReview, ShortlistReviewer
    from screening.accounts.models import User


class ClientQuestionQuerySet(models.QuerySet["ClientQuestion"]):
    def visible_to(self, user: User) -> ClientQuestionQuerySet:
        """One's own, and all of them for staff; a colleague's once the asker, the reader and all who are asked to evaluate
        have committed.
        """
        if user.is_hiring_manager:
            return self.none()
        readable = self.filter(shortlists_open(user, "entry__shortlist"))
        if not user.is_client_reviewer:
            return readable
        committed = Q(entry_id__in=user.client_reviews.filter(committed_at__isnull=False).values("entry_id"))
        return readable.filter(Q(asked_by=user) | (committed & Exists(_given_by_asker()) & ~Exists(_awaited())))

    def waiting_for(self, user: User) -> ClientQuestionQuerySet:
        """For staff, threads in which the client has the last word; for a reviewer, their own with an answer unread."""
        answers: type[ClientAnswer] = apps.get_model("candidates", "ClientAnswer")
        newest = answers.objects.filter(question=OuterRef("pk")).order_by("-at", "-pk")
        threads = self.visible_to(user).alias(
            last_by=Coalesce(Subquery(newest.values("by")[:1]), F("asked_by"), output_field=models.BigIntegerField()),
            last_at=Coalesce(Subquery(newest.values("at")[:1]), F("asked_at")),
        )
        if not user.is_client_reviewer:
            return threads.filter(last_by=F("asked_by_id"), entry__shortlist__state="presented")
        opened = user.shortlists_opened.filter(entry=OuterRef("entry"), last_at__gte=OuterRef("last_at"))
        return threads.filter(~Exists(opened), asked_by=user).exclude(last_by=user.pk)


def _given_by_asker() -> models.QuerySet[ClientReview]:
    reviews: type[ClientReview] = apps.get_model("candidates", "ClientReview")
    return reviews.objects.filter(entry=OuterRef("entry"), reviewer=OuterRef("asked_by"), committed_at__isnull=False)


def _awaited() -> models.QuerySet[ShortlistReviewer]:
    """Who is asked to evaluate the entry of a question (the outer row) and has not committed."""
    reviewers: type[ShortlistReviewer] = apps.get_model("candidates", "ShortlistReviewer")
    reviews: type[ClientReview] = apps.get_model("candidates", "ClientReview")
    given = reviews.objects.filter(
        entry=OuterRef(OuterRef("entry")), reviewer=OuterRef("user"), committed_at__isnull=False
    )
    awaited = reviewers.objects.filter(shortlist=OuterRef("entry__shortlist"), released_at=None)
    return awaited.filter(~Exists(given))
