from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q

from rubrics.enums import RoleStatus, VersionStatus

if TYPE_CHECKING:
    from rubrics.models import (  # named in bases
        CalibrationSample,
        DraftComment,
        GateOverride,
        KickoffAnswer,
        Role,
        Rubric,
        RubricVersion,
    )
    from screening.accounts.models import User


class RoleQuerySet(models.QuerySet["Role"]):
    def visible_to(self, user: User) -> RoleQuerySet:
        """Staff see all; a hiring manager the roles they are a member of; a client its own that left the draft.

        The client also sees a draft: it has to approve the scope before the role can be opened.
        """
        if user.is_staff_of_firm:
            return self
        if user.is_client_reviewer:
            return self.filter(Q(client_id=user.client_id))
        mine = self.filter(team__user=user)
        return mine.filter(client_id=user.client_id) if user.client_id else mine

    def open(self) -> RoleQuerySet:
        return self.filter(status=RoleStatus.OPEN)


class RubricQuerySet(models.QuerySet["Rubric"]):
    def visible_to(self, user: User) -> RubricQuerySet:
        """Staff and hiring managers read every rubric; a client those its roles are measured by."""
        if not user.is_client_reviewer:
            return self
        return self.filter(Q(versions__roles__client_id=user.client_id)).distinct()


class RubricVersionQuerySet(models.QuerySet["RubricVersion"]):
    def published(self) -> RubricVersionQuerySet:
        return self.filter(status=VersionStatus.PUBLISHED)

    def visible_to(self, user: User) -> RubricVersionQuerySet:
        """A hiring manager sees drafts only of rubrics that their roles use; a client only the pinned version."""
        if user.is_staff_of_firm:
            return self
        if user.is_client_reviewer:
            return self.filter(Q(roles__client_id=user.client_id)).distinct()
        return self.filter(Q(status=VersionStatus.PUBLISHED) | of_my_role(user, "rubric"))


def of_my_role(user: User, rubric: str) -> Q:
    """Rubrics that a role of this hiring manager is measured by, or that are written for one; `rubric` is the path.

    Asked as two lists: joined, every role of a rubric would meet every member of each.
    """
    roles: type[Role] = apps.get_model("rubrics", "Role")
    mine = roles.objects.visible_to(user).order_by()
    measured = Q(**{f"{rubric}__in": mine.values("rubric_version__rubric")})
    return measured | Q(**{f"{rubric}__written_for__in": mine.values("pk")})


class DraftCommentQuerySet(models.QuerySet["DraftComment"]):
    def visible_to(self, user: User) -> DraftCommentQuerySet:
        """Those who may write the draft talk about it; a client never reads that."""
        if user.is_staff_of_firm:
            return self
        if user.is_client_reviewer:
            return self.none()
        return self.filter(of_my_role(user, "version__rubric"))


class GateOverrideQuerySet(models.QuerySet["GateOverride"]):
    def visible_to(self, user: User) -> GateOverrideQuerySet:
        return self if user.is_staff_of_firm else self.none()

    def unanswered(self) -> GateOverrideQuerySet:
        return self.filter(approved_at=None, declined_at=None)


class KickoffAnswerQuerySet(models.QuerySet["KickoffAnswer"]):
    def visible_to(self, user: User) -> KickoffAnswerQuerySet:
        """The team prepares the scope among itself; the client reads the scope."""
        if user.is_staff_of_firm:
            return self
        if user.is_client_reviewer:
            return self.none()
        mine = self.filter(role__team__user=user)
        return mine.filter(role__client_id=user.client_id) if user.client_id else mine


class CalibrationSampleQuerySet(models.QuerySet["CalibrationSample"]):
    def visible_to(self, user: User) -> CalibrationSampleQuerySet:
        """To score for practice: anybody inside, once the version is published."""
        if user.is_client_reviewer:
            return self.none()
        return self.filter(question__version__status=VersionStatus.PUBLISHED)
