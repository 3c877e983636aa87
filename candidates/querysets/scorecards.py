from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from candidates.enums import InterviewState, ScorecardState
from candidates.querysets.seal import opinions_open

if TYPE_CHECKING:
    from candidates.models import Scorecard
    from screening.accounts.models import User

COUNTS = Q(state=ScorecardState.SUBMITTED) & (Q(independent=True) | Q(correction_approved_by__isnull=False))
LATER = Q(submitted_at__gt=OuterRef("submitted_at")) | Q(submitted_at=OuterRef("submitted_at"), pk__gt=OuterRef("pk"))


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def visible_to(self, user: User) -> ScorecardQuerySet:
        """One's own always; another's once it is submitted and one owes none on the same application."""
        if user.is_client_reviewer:
            return self.none()
        others = Q(state=ScorecardState.SUBMITTED) & opinions_open(user, "interview__application")
        return self.filter(Q(interviewer=user) | others)

    def submitted(self) -> ScorecardQuerySet:
        return self.filter(state=ScorecardState.SUBMITTED)

    def owed(self) -> ScorecardQuerySet:
        """Drafts that somebody waits for."""
        return self.drafts().filter(interview__state__in=[InterviewState.SCHEDULED, InterviewState.HELD])

    def drafts(self) -> ScorecardQuerySet:
        """Of the first version, whether the interview takes place or not."""
        return self.filter(state=ScorecardState.DRAFT, amends__isnull=True)

    def owed_by(self, user: User) -> ScorecardQuerySet:
        return self.owed().filter(interviewer=user)

    def counting(self) -> ScorecardQuerySet:
        """The version of each interviewer that enters the score.

        That is the last one submitted before they could see anyone else's, or a later correction of fact that a
        second person approved; amendments that are neither stand beside it and do not count.
        """
        later = self.model.objects.filter(
            COUNTS, LATER, interview=OuterRef("interview"), interviewer=OuterRef("interviewer")
        )
        return self.filter(COUNTS).filter(~Exists(later))
