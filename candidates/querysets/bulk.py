from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from candidates.querysets.seal import sealed_applications

if TYPE_CHECKING:
    from candidates.models import BulkAction, BulkItem
    from screening.accounts.models import User


class BulkActionQuerySet(models.QuerySet["BulkAction"]):
    def visible_to(self, user: User) -> BulkActionQuerySet:
        """Recruiters see what they began themselves; administrators also what tells of nobody closed to them."""
        if user.is_administrator:
            return self.filter(Q(by=user) | ~Exists(_closed_to(user)))
        return self.filter(by=user) if user.is_staff_of_firm else self.none()


def _closed_to(user: User) -> models.QuerySet[BulkItem]:
    """Items, of the action in the outer row, about whom the user owes a scorecard, or about themselves."""
    items: type[BulkItem] = apps.get_model("candidates", "BulkItem")
    closed = Q(application__in=sealed_applications(user)) | Q(application__candidate__user=user)
    return items.objects.filter(closed, action=OuterRef("pk"))
