from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from candidates.querysets.seal import not_about_themselves, sealed_for

if TYPE_CHECKING:
    from candidates.models import CandidateMail, MailTemplate
    from screening.accounts.models import User


class MailTemplateQuerySet(models.QuerySet["MailTemplate"]):
    def visible_to(self, user: User) -> MailTemplateQuerySet:
        return self if user.is_staff_of_firm else self.none()

    def offered(self) -> MailTemplateQuerySet:
        return self.filter(archived_at=None)


class CandidateMailQuerySet(models.QuerySet["CandidateMail"]):
    def visible_to(self, user: User) -> CandidateMailQuerySet:
        """Letters carry contact data: staff, unless they still owe a scorecard on the person."""
        if not user.is_staff_of_firm:
            return self.none()
        sealed = Q(candidate__applications__in=sealed_for(user))
        return self.filter(not_about_themselves(user, "candidate")).exclude(sealed)
