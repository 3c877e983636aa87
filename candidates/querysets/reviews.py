from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from candidates.querysets.seal import opinions_open
from candidates.querysets.shortlists import shortlists_open

if TYPE_CHECKING:
    from candidates.models import ClientReview, Decision
    from screening.accounts.models import User


class ClientReviewQuerySet(models.QuerySet["ClientReview"]):
    def visible_to(self, user: User) -> ClientReviewQuerySet:
        """One's own; others' once committed, and for a client once their own of the same entry is committed too."""
        committed = Q(committed_at__isnull=False)
        if user.is_client_reviewer:
            after_own = Q(entry_id__in=user.client_reviews.filter(committed).values("entry_id"))
            return self.filter(shortlists_open(user, "entry__shortlist") & (Q(reviewer=user) | (committed & after_own)))
        return self.filter(committed & opinions_open(user, "entry__application"))


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User) -> DecisionQuerySet:
        if user.is_client_reviewer:
            return self.filter(shortlists_open(user, "entry__shortlist"))
        return self.filter(opinions_open(user, "entry__application"))
