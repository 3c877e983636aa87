from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from candidates.querysets.seal import not_about_themselves, opinions_open

if TYPE_CHECKING:
    from candidates.models import Engagement, EngagementReview
    from screening.accounts.models import User


def engagements_open(user: User, engagement: str) -> Q:
    application = f"{engagement}__application" if engagement else "application"
    if user.is_client_reviewer:
        own = Q(**{f"{application}__role__client_id": user.client_id})
        return own & not_about_themselves(user, f"{application}__candidate")
    return opinions_open(user, application)


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, user: User) -> EngagementQuerySet:
        return self.filter(engagements_open(user, ""))


class EngagementReviewQuerySet(models.QuerySet["EngagementReview"]):
    def visible_to(self, user: User) -> EngagementReviewQuerySet:
        """A draft is its client's alone; once submitted, whoever may see the engagement."""
        open_ones = self.filter(engagements_open(user, "engagement"))
        return open_ones if user.is_client_reviewer else open_ones.filter(submitted_at__isnull=False)
