from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from candidates.enums import ENDED, MeetingState
from candidates.querysets.asked import asked_visible_to
from candidates.querysets.seal import WITH_CLIENT
from screening.accounts.enums import Part

if TYPE_CHECKING:
    from candidates.models import Consent, Meeting, ShortlistReviewer
    from screening.accounts.models import User


def of_person(candidate: int) -> Q:
    """Of the person with this id, whichever of their files it was asked on."""
    return Q(entry__application__candidate=candidate) | Q(entry__application__candidate__merged_into=candidate)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> MeetingQuerySet:
        return asked_visible_to(self, user)

    def open(self) -> MeetingQuerySet:
        return self.filter(state__in=[MeetingState.ASKED, MeetingState.ARRANGED])

    def ahead(self, now: datetime) -> MeetingQuerySet:
        """Asked for, or arranged for a time that is not over."""
        return self.filter(Q(state=MeetingState.ASKED) | Q(state=MeetingState.ARRANGED, ends_at__gt=now))

    def took_place(self, now: datetime) -> MeetingQuerySet:
        """Held, or arranged for a time that is over and not called off."""
        return self.filter(Q(state=MeetingState.HELD) | Q(state=MeetingState.ARRANGED, ends_at__lte=now))

    def void(self, now: datetime) -> MeetingQuerySet:
        """Still ahead, though they can't take place any more; `why` says it."""
        consents: type[Consent] = apps.get_model("candidates", "Consent")
        reviewers: type[ShortlistReviewer] = apps.get_model("candidates", "ShortlistReviewer")
        consent = consents.objects.valid(now).filter(candidate=OuterRef("entry__application__candidate"))
        released = reviewers.objects.filter(
            shortlist=OuterRef("entry__shortlist"), user=OuterRef("asked_by"), released_at__isnull=False
        )
        of_client = Q(
            asked_by__is_active=True,
            asked_by__part=Part.CLIENT_REVIEWER,
            asked_by__client=F("entry__shortlist__role__client"),
        )
        reasons = (
            (~Q(entry__shortlist__state__in=WITH_CLIENT), "The shortlist was withdrawn."),
            (Q(entry__left_in__isnull=False), "The person is no longer on the shortlist."),
            (Q(entry__application__candidate__erased_at__isnull=False), "The candidate’s data were erased."),
            (Q(entry__application__stage__kind__in=ENDED), "The candidate is no longer considered for this role."),
            (~Exists(consent), "The candidate has no valid consent any more."),
            (~of_client, "Whoever asked no longer reviews for this client."),
            (Q(Exists(released)), "Whoever asked is no longer asked to evaluate."),
        )
        why = Case(*(When(condition, then=Value(words)) for condition, words in reasons), default=Value(""))
        return self.ahead(now).annotate(why=why).exclude(why="")
