from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from candidates.querysets.seal import opinions_open

if TYPE_CHECKING:
    from candidates.models import Score
    from screening.accounts.models import User


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: User) -> ScoreQuerySet:
        """Within the seal; clients read scores only through the entries of their shortlists."""
        if user.is_client_reviewer:
            return self.none()
        return self.filter(opinions_open(user, "application"))

    def ranked(self) -> ScoreQuerySet:
        return self.filter(rankable=True).order_by("-score", "application_id")
