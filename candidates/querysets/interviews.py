from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from candidates.enums import InterviewState
from candidates.querysets.seal import in_reach, not_about_themselves

if TYPE_CHECKING:
    from candidates.models import Interview
    from screening.accounts.models import User


class InterviewQuerySet(models.QuerySet["Interview"]):
    def visible_to(self, user: User) -> InterviewQuerySet:
        """That an interview takes place is no opinion: one sees one's own, and those of the roles in reach."""
        if user.is_client_reviewer:
            return self.none()
        if user.is_staff_of_firm:
            return self.filter(in_reach(user, "application"))
        return self.filter(_own(user) | in_reach(user, "application"))

    def on_panel(self, user: User) -> InterviewQuerySet:
        """One's own, of those: without asking of each whether it is in reach besides."""
        return self.none() if user.is_client_reviewer else self.filter(_own(user))

    def taking_place(self) -> InterviewQuerySet:
        return self.filter(state__in=[InterviewState.SCHEDULED, InterviewState.HELD])


def _own(user: User) -> Q:
    return Q(pk__in=user.scorecards.values("interview_id")) & not_about_themselves(user, "application__candidate")
