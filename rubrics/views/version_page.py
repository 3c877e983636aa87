"""The page of a version: to read for most, to work on for those who may write its draft."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from rubrics.forms.parts import WeightsForm
from rubrics.forms.rubrics import RubricFileForm
from rubrics.gates.rubrics import missing_to_publish
from rubrics.models import RubricVersion
from rubrics.permissions.roles import is_staff
from rubrics.permissions.rubrics import can_discuss_version, can_edit_version, can_publish, can_start_draft
from rubrics.queries.rubrics import roles_to_move
from rubrics.queries.sheets import Sheet, sheet_of
from rubrics.queries.studio import comments_on, studio_of
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

UNPROCESSABLE = 422


def version_or_404(request: AuthedRequest, slug: str, number: int) -> RubricVersion:
    versions = RubricVersion.objects.visible_to(request.user)
    versions = versions.select_related("rubric", "published_by", "created_by", "equivalent_to")
    return get_object_or_404(versions, rubric__slug=slug, number=number)


def draft_or_404(request: AuthedRequest, slug: str, number: int) -> RubricVersion:
    """A version its reader may write as long as it is a draft; that it no longer is one, the service says in words."""
    version = version_or_404(request, slug, number)
    allow(can_discuss_version(request.user, version))
    return version


def show_version(
    request: AuthedRequest, version: RubricVersion, *, status: int = 200, **bound: forms.BaseForm
) -> HttpResponse:
    sheet = sheet_of(version)
    may_edit = can_edit_version(request.user, version)
    staff = is_staff(request.user)
    context = {
        "version": version,
        "sheet": sheet,
        "may_edit": may_edit,
        "may_publish": can_publish(request.user, version),
        "may_start_draft": can_start_draft(request.user, version),
        "may_download": staff or may_edit,
        "shows_samples": not request.user.is_client_reviewer,
    }
    if may_edit:
        context |= _studio(request, version, sheet, bound)
    elif staff:
        context["roles_to_move"] = roles_to_move(version)
    return render(request, "rubrics/rubrics/version.html", context, status=status)


def _studio(
    request: AuthedRequest, version: RubricVersion, sheet: Sheet, bound: dict[str, forms.BaseForm]
) -> dict[str, Any]:
    return {
        "studio": studio_of(sheet, comments_on(version, request.user)),
        "missing": missing_to_publish(version),
        "file_form": bound.get("file_form", RubricFileForm()),
        "weights_form": bound.get("weights_form", WeightsForm(sheet=sheet, auto_id="weights_%s")),
    }
