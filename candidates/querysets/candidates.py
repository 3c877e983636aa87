from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import IsNull

from candidates.querysets.seal import (
    not_about_themselves,
    opinions_open,
    presented_to,
    sealed_for,
)

if TYPE_CHECKING:
    from candidates.models import Application, Candidate, Consent, Document, Note
    from screening.accounts.models import User


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, user: User) -> CandidateQuerySet:
        """Staff: everybody but themselves. Hiring managers: who applied to their roles. Clients: who was presented."""
        if user.is_staff_of_firm:
            return self.filter(not_about_themselves(user, ""))
        applications: type[Application] = apps.get_model("candidates", "Application")
        return self.filter(pk__in=applications.objects.visible_to(user).values("candidate_id"))

    def unmerged(self) -> CandidateQuerySet:
        return self.filter(merged_into__isnull=True)


def came_with(file: Combinable | Value, merged_at: Combinable | Value) -> Q:
    """Documents of the file an application came from, and those added since: a merge shows nobody more than they saw."""
    since = Q(IsNull(file, True)) | Q(uploaded_at__gt=merged_at)  # noqa: FBT003 -- as the lookup has it
    return Q(moved_from=file) | (Q(moved_from__isnull=True) & since)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def valid(self, now: datetime) -> ConsentQuerySet:
        return self.filter(withdrawn_at__isnull=True, given_at__lte=now, expires_at__gt=now)


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> DocumentQuerySet:
        """The file itself carries contact data: staff see it unless they still owe a scorecard on the person.

        A client sees the CV of a presented entry when the recruiter chose so.
        """
        if user.is_staff_of_firm:
            sealed = Q(candidate__applications__in=sealed_for(user))
            return self.filter(not_about_themselves(user, "candidate")).exclude(sealed)
        if user.is_client_reviewer:
            chosen = presented_to(user, "candidate__applications__entries__shortlist") & Q(
                came_with(
                    F("candidate__applications__moved_from"), F("candidate__applications__moved_from__merged_at")
                ),
                candidate__applications__entries__shortlist__show_cv=True,
                kind="cv",
            )
            return self.filter(chosen & not_about_themselves(user, "candidate")).distinct()
        return self.none()


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User) -> NoteQuerySet:
        """Notes are opinions: a person one owes a scorecard on keeps theirs closed, whichever role they were about."""
        if user.is_client_reviewer:
            return self.none()
        sealed = Q(candidate__applications__in=sealed_for(user))
        if user.is_staff_of_firm:
            return self.filter(not_about_themselves(user, "candidate")).exclude(sealed)
        return self.filter(opinions_open(user, "application"), application__isnull=False).exclude(sealed)
