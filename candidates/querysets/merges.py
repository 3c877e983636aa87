from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from candidates.querysets.seal import not_about_themselves, sealed_for

if TYPE_CHECKING:
    from candidates.models import Application, Candidate, LikelyDuplicate, Merge
    from screening.accounts.models import User


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: User) -> MergeQuerySet:
        """Staff, unless either file is closed to them."""
        return self.filter(_both_open(user, "candidate", "into")) if user.is_staff_of_firm else self.none()

    def standing(self) -> MergeQuerySet:
        return self.filter(undone_at__isnull=True)


class LikelyDuplicateQuerySet(models.QuerySet["LikelyDuplicate"]):
    def visible_to(self, user: User) -> LikelyDuplicateQuerySet:
        """Staff, unless either file is closed to them: a pair tells of contact data."""
        return self.filter(_both_open(user, "one", "two")) if user.is_staff_of_firm else self.none()

    def of(self, person: Candidate) -> models.QuerySet[LikelyDuplicate, Any]:
        """Primary keys of pairs with somebody; each side by its index."""
        return self.filter(one=person).values("pk").order_by().union(self.filter(two=person).values("pk").order_by())

    def living(self) -> LikelyDuplicateQuerySet:
        """Those that nothing has happened to since they were found."""
        gone = {f"{side}__{field}__isnull": True for side in ("one", "two") for field in ("merged_into", "erased_at")}
        return self.filter(**gone)


def _both_open(user: User, one: str, two: str) -> Q:
    applications: type[Application] = apps.get_model("candidates", "Application")
    sealed = applications.objects.filter(pk__in=sealed_for(user))
    either = Q(candidate=OuterRef(one)) | Q(candidate=OuterRef(two))
    return not_about_themselves(user, one) & not_about_themselves(user, two) & ~Q(Exists(sealed.filter(either)))
