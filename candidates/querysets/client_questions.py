from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from candidates.querysets.asked import asked_visible_to

if TYPE_CHECKING:
    from candidates.models import ClientAnswer, ClientQuestion
    from screening.accounts.models import User


class ClientQuestionQuerySet(models.QuerySet["ClientQuestion"]):
    def visible_to(self, user: User) -> ClientQuestionQuerySet:
        return asked_visible_to(self, user)

    def waiting_for(self, user: User) -> ClientQuestionQuerySet:
        """For staff, threads in which the client has the last word; for a reviewer, their own with an answer unread."""
        answers: type[ClientAnswer] = apps.get_model("candidates", "ClientAnswer")
        newest = answers.objects.filter(question=OuterRef("pk")).order_by("-at", "-pk")
        threads = self.visible_to(user).alias(
            last_by=Coalesce(Subquery(newest.values("by")[:1]), F("asked_by"), output_field=models.BigIntegerField()),
            last_at=Coalesce(Subquery(newest.values("at")[:1]), F("asked_at")),
        )
        if not user.is_client_reviewer:
            return threads.filter(last_by=F("asked_by_id"), entry__shortlist__state="presented")
        opened = user.shortlists_opened.filter(entry=OuterRef("entry"), last_at__gte=OuterRef("last_at"))
        return threads.filter(~Exists(opened), asked_by=user).exclude(last_by=user.pk)
