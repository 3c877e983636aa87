from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, Q

from candidates.querysets.seal import sealed_applications

if TYPE_CHECKING:
    from candidates.models import CandidateImport, Export, ImportRow
    from screening.accounts.models import User


class CandidateImportQuerySet(models.QuerySet["CandidateImport"]):
    def visible_to(self, user: User) -> CandidateImportQuerySet:
        """Whoever brought the file, and administrators who owe no scorecard: it holds contact data that the seal closes."""
        if user.is_administrator:
            return self.filter(Q(created_by=user) | ~Exists(sealed_applications(user)))
        return self.filter(created_by=user) if user.is_staff_of_firm else self.none()


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def clean(self) -> ImportRowQuerySet:
        return self.filter(problems=[])

    def waiting(self) -> ImportRowQuerySet:
        """Nothing has been done with them yet, and nothing keeps them out."""
        return self.clean().filter(outcome="")

    def left_out(self) -> ImportRowQuerySet:
        return self.exclude(problems=[]) | self.filter(outcome="skipped")


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> ExportQuerySet:
        """The file shows what one person may see, so it is that person's alone."""
        return self.filter(created_by=user) if user.is_staff_of_firm else self.none()
