from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat

from candidates.enums import Rendering, ShowPanel
from candidates.querysets.seal import (
    files_about,
    not_about_themselves,
    presented_to,
    sealed_for,
)

if TYPE_CHECKING:
    from candidates.models import Report, Shortlist, ShortlistEntry, ShortlistVersion
    from screening.accounts.models import User


PRESENTED = Q(version__lte=F("shortlist__version"))
"""Reports of the version a client has, or had; of a draft, which has one version, all."""


def shortlists_open(user: User, shortlist: str) -> Q:
    """Shortlists a user may read whole; `shortlist` is the lookup path to one.

    To be on a shortlist is an opinion: one that holds somebody sealed from this user, or themselves, stays closed
    altogether.
    """
    prefix = f"{shortlist}__" if shortlist else ""
    themselves = Q(**{f"{prefix}entries__application__candidate__in": files_about(user)})
    if user.is_client_reviewer:
        return presented_to(user, shortlist) & ~themselves
    closed = themselves | Q(**{f"{prefix}entries__application__in": sealed_for(user)})
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
    return entries.objects.on_list().filter(shortlist=shortlist).exclude(pk__in=committed.values("entry_id"))


def outgrown_versions_of(user: User) -> models.QuerySet[ShortlistVersion]:
    """Versions since replaced that this reviewer had evaluated while they were the newest: what they opened stays open."""
    versions: type[ShortlistVersion] = apps.get_model("candidates", "ShortlistVersion")
    return versions.objects.evaluated_in_time_by(user)


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
    def on_list(self) -> ShortlistEntryQuerySet:
        """Without whom a later version did without."""
        return self.filter(left_in__isnull=True)

    def visible_to(self, user: User) -> ShortlistEntryQuerySet:
        return self.filter(shortlists_open(user, "shortlist"), not_about_themselves(user, "application__candidate"))

    def panel_visible_to(self, user: User) -> ShortlistEntryQuerySet:
        """Entries whose panel levels and scores the user may read: a client only after their own evaluation of all.

        All of a version they stood in; of one since replaced, while it was the newest.
        """
        entries = self.visible_to(user)
        if not user.is_client_reviewer:
            return entries
        return entries.filter(
            Q(shortlist__show_panel=ShowPanel.BEFORE)
            | Q(~Exists(unevaluated_by(user, shortlist=OuterRef("shortlist"))), left_in__isnull=True)
            | Exists(outgrown_versions_of(user).filter(places__entry=OuterRef("pk")))
        )


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> ReportQuerySet:
        """Inside, both renderings; a client the one before their own evaluation, and the other once all are committed.

        Of what is prepared nobody at the client has anything, and staff only when nobody in it is sealed from them.
        """
        reports = self.filter(shortlists_open(user, "shortlist"))
        if not user.is_client_reviewer:
            return reports.filter(PRESENTED | Exists(_prepared(user)))
        of_newest = Q(version=F("shortlist__version")) & ~Exists(unevaluated_by(user, shortlist=OuterRef("shortlist")))
        before = outgrown_versions_of(user).filter(shortlist=OuterRef("shortlist"), number=OuterRef("version"))
        return reports.filter(
            PRESENTED,
            Q(rendering=Rendering.BEFORE) | Q(shortlist__show_panel=ShowPanel.BEFORE) | of_newest | Exists(before),
        )


def _prepared(user: User) -> models.QuerySet[ShortlistVersion]:
    versions: type[ShortlistVersion] = apps.get_model("candidates", "ShortlistVersion")
    return versions.objects.visible_to(user).filter(shortlist=OuterRef("shortlist"), number=OuterRef("version"))
