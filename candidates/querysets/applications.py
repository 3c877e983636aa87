from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

from candidates.querysets.seal import (
    in_reach,
    not_about_themselves,
    opinions_open,
    presented_to,
    says_no_opinion,
    sealed_for,
)
from rubrics.enums import StageKind

if TYPE_CHECKING:
    from candidates.models import Application, ShortlistEntry
    from rubrics.models import Role
    from screening.accounts.models import User


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> ApplicationQuerySet:
        """What may be listed. A sealed application is listed only while its stage tells nothing; inside, one set aside never."""
        if user.is_client_reviewer:
            entries: type[ShortlistEntry] = apps.get_model("candidates", "ShortlistEntry")
            presented = entries.objects.filter(presented_to(user, "shortlist"))
            return self.filter(not_about_themselves(user, "candidate"), pk__in=presented.values("application_id"))
        return self.in_play().filter(in_reach(user, "") & says_no_opinion(user, ""))

    def opinions_visible_to(self, user: User) -> ApplicationQuerySet:
        """Those whose scorecards, scores, notes and verdicts this inside user may read; for a client, none."""
        return self.none() if user.is_client_reviewer else self.filter(opinions_open(user, ""))

    def in_play(self) -> ApplicationQuerySet:
        """Without those set aside for another one of the same person to the same role."""
        return self.filter(merged_into__isnull=True)

    def sealed_from(self, user: User) -> ApplicationQuerySet:
        return self.filter(pk__in=sealed_for(user))

    def of_role(self, role: Role) -> ApplicationQuerySet:
        return self.filter(role=role)

    def in_stage(self, *kinds: StageKind) -> ApplicationQuerySet:
        return self.filter(stage__kind__in=kinds)

    def active(self) -> ApplicationQuerySet:
        return self.exclude(stage__kind__in=[StageKind.REJECTED, StageKind.WITHDRAWN, StageKind.HIRED])
