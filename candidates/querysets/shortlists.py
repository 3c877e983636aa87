from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from candidates.enums import Rendering, ShowPanel
from candidates.querysets.seal import (
    not_about_themselves,
    presented_to,
    sealed_applications,
)

if TYPE_CHECKING:
    from candidates.models import Report, Shortlist, ShortlistEntry
    from screening.accounts.models import User


def shortlists_open(user: User, shortlist: str) -> Q:
    """Shortlists a user may read whole; `shortlist` is the lookup path to one.

    To be on a shortlist is an opinion: one that holds somebody sealed from this user, or themselves, stays closed
    altogether.
    """
    prefix = f"{shortlist}__" if shortlist else ""
    themselves = Q(**{f"{prefix}entries__application__candidate__in": user.candidacies.values("pk")})
    if user.is_client_reviewer:
        return presented_to(user, shortlist) & ~themselves
    closed = themselves | Q(**{f"{prefix}entries__application__in": sealed_applications(user)})
    reach = Q()
    if user.is_hiring_manager:
        reach = Q(**{f"{prefix}role_id__in": user.memberships.values("role_id")})
        if user.client_id:
            reach &= Q(**{f"{prefix}role__client_id": user.client_id})
    return reach & ~closed


def unevaluated_by(user: User, *, shortlist: OuterRef | int) -> models.QuerySet[ShortlistEntry]:
    """Entries of a shortlist of which this reviewer has not committed their own evaluation."""
    entries: type[ShortlistEntry] = apps.get_model("candidates", "ShortlistEntry")
    committed = user.client_reviews.filter(committed_at__isnull=False)
    return entries.objects.filter(shortlist=shortlist).exclude(pk__in=committed.values("entry_id"))


class ShortlistQuerySet(models.QuerySet["Shortlist"]):
    def visible_to(self, user: User) -> ShortlistQuerySet:
        return self.filter(shortlists_open(user, ""))

    def with_built(self) -> ShortlistQuerySet:
        """Each with `built`: what its reports were built of, as “rendering fingerprint”."""
        reports: type[Report] = apps.get_model("candidates", "Report")
        marks = Concat("rendering", Value(" "), "fingerprint", output_field=models.TextField())
        of_it = reports.objects.filter(shortlist=OuterRef("pk")).order_by()
        return self.annotate(built=ArraySubquery(of_it.values_list(marks)))


class ShortlistEntryQuerySet(models.QuerySet["ShortlistEntry"]):
    def visible_to(self, user: User) -> ShortlistEntryQuerySet:
        return self.filter(shortlists_open(user, "shortlist"), not_about_themselves(user, "application__candidate"))

    def panel_visible_to(self, user: User) -> ShortlistEntryQuerySet:
        """Entries whose panel levels and scores the user may read: a client only after their own evaluation of all."""
        entries = self.visible_to(user)
        if not user.is_client_reviewer:
            return entries
        return entries.filter(
            Q(shortlist__show_panel=ShowPanel.BEFORE) | ~Exists(unevaluated_by(user, shortlist=OuterRef("shortlist")))
        )


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> ReportQuerySet:
        """Inside, both renderings; a client the one before their own evaluation, and the other once all are committed."""
        reports = self.filter(shortlists_open(user, "shortlist"))
        if not user.is_client_reviewer:
            return reports
        return reports.filter(
            Q(rendering=Rendering.BEFORE)
            | Q(shortlist__show_panel=ShowPanel.BEFORE)
            | ~Exists(unevaluated_by(user, shortlist=OuterRef("shortlist")))
        )
