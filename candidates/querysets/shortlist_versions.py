from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from candidates.querysets.seal import files_about, sealed_for
from candidates.querysets.shortlists import shortlists_open

if TYPE_CHECKING:
    from candidates.models import ShortlistVersion, VersionPlace
    from screening.accounts.models import User


class ShortlistVersionQuerySet(models.QuerySet["ShortlistVersion"]):
    def visible_to(self, user: User) -> ShortlistVersionQuerySet:
        """What was presented, to whoever may read the shortlist; what is prepared to staff, unless it holds somebody sealed."""
        versions = self.filter(shortlists_open(user, "shortlist"))
        if not user.is_staff_of_firm:
            return versions.filter(presented_at__isnull=False)
        themselves = Q(places__application__candidate__in=files_about(user))
        return versions.filter(~themselves, ~Q(places__application__in=sealed_for(user)))

    def outgrown(self) -> ShortlistVersionQuerySet:
        return self.filter(superseded_at__isnull=False)

    def evaluated_in_time_by(self, user: User) -> ShortlistVersionQuerySet:
        """Outgrown versions of which this reviewer had committed everybody while they were the newest."""
        return self.outgrown().filter(~Exists(_not_in_time(user)))


def _not_in_time(user: User) -> QuerySet[VersionPlace]:
    places: type[VersionPlace] = apps.get_model("candidates", "VersionPlace")
    reviews = user.client_reviews.filter(entry=OuterRef("entry"), committed_at__lte=OuterRef("version__superseded_at"))
    return places.objects.filter(~Exists(reviews), version=OuterRef("pk"))
