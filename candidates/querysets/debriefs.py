from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from candidates.querysets.seal import opinions_open

if TYPE_CHECKING:
    from candidates.models import DebriefAnswer, DebriefOutcome, DebriefQuestion
    from screening.accounts.models import User


class DebriefQuestionQuerySet(models.QuerySet["DebriefQuestion"]):
    def visible_to(self, user: User) -> DebriefQuestionQuerySet:
        """Opinions on a person: within the seal, never for a client."""
        if user.is_client_reviewer:
            return self.none()
        return self.filter(opinions_open(user, "scorecard__interview__application"))

    def waiting_for(self, user: User) -> DebriefQuestionQuerySet:
        """Open threads this user asked or was asked in, in which the last word is somebody else's."""
        answers: type[DebriefAnswer] = apps.get_model("candidates", "DebriefAnswer")
        last = answers.objects.filter(question=OuterRef("pk")).order_by("-at", "-pk").values("by_id")[:1]
        last_by = Coalesce(Subquery(last), F("asked_by_id"), output_field=models.BigIntegerField())
        theirs = Q(asked_by=user) | Q(scorecard__interviewer=user)
        open_ones = self.visible_to(user).filter(theirs, resolved_at__isnull=True)
        return open_ones.alias(last_by=last_by).exclude(last_by=user.pk)


class DebriefOutcomeQuerySet(models.QuerySet["DebriefOutcome"]):
    def visible_to(self, user: User) -> DebriefOutcomeQuerySet:
        if user.is_client_reviewer:
            return self.none()
        return self.filter(opinions_open(user, "application"))
