from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from candidates.models import BulkAction
    from screening.accounts.models import User


class BulkActionQuerySet(models.QuerySet["BulkAction"]):
    def visible_to(self, user: User) -> BulkActionQuerySet:
        """Administrators see all, recruiters what they began themselves."""
        if user.is_administrator:
            return self
        return self.filter(by=user) if user.is_staff_of_firm else self.none()
