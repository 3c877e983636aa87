from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from rubrics.models import Role

if TYPE_CHECKING:
    from candidates.models import SavedView
    from screening.accounts.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """One's own and those that colleagues share, of the roles one may look at; none for a client."""
        if user.is_client_reviewer:
            return self.none()
        reach = Q() if user.is_staff_of_firm else Q(role=None) | Q(role__in=Role.objects.visible_to(user).values("pk"))
        return self.filter(reach, Q(owner=user) | Q(shared=True))

    def of(self, role: Role | None) -> SavedViewQuerySet:
        return self.filter(role=role)
