from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from rubrics import spec
from rubrics.forms.rubrics import DescribeForm, RubricFileForm, WeightsForm
from rubrics.gates.rubrics import missing_to_publish
from rubrics.models import RubricVersion
from rubrics.permissions.roles import is_staff
from rubrics.permissions.rubrics import can_edit_version, can_publish, can_start_draft
from rubrics.queries.rubrics import changes_since, predecessor_of, version_spec
from rubrics.queries.sheets import sheet_of
from rubrics.services.rubrics import (
    declare_equivalent,
    describe_draft,
    publish_version,
    replace_draft,
    set_weights,
    start_draft,
)
from rubrics.views.role_page import UNPROCESSABLE
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def version(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    return _show(request, _version_or_404(request, slug, number))


@require_safe
def version_yaml(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """The whole version as a file, reference levels of the samples included: for those who may write rubrics."""
    version = _version_or_404(request, slug, number)
    allow(is_staff(request.user) or can_edit_version(request.user, version))
    response = HttpResponse(spec.write(version_spec(version)), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{number}.yaml"'
    return response


@require_POST
def version_upload(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = _editable_version(request, slug, number)
    form = RubricFileForm(request.POST, request.FILES)
    if not form.is_valid() or form.spec is None:
        return _show(request, version, status=UNPROCESSABLE, file_form=form)
    new = form.spec
    return _carry_out(
        request,
        version,
        lambda: replace_draft(version=version, spec=new),
        done="The draft is replaced.",
        file_form=form,
    )


@require_POST
def version_describe(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = _editable_version(request, slug, number)
    form = DescribeForm(request.POST)
    if not form.is_valid():
        return _show(request, version, status=UNPROCESSABLE, describe_form=form)
    return _carry_out(
        request,
        version,
        lambda: describe_draft(version=version, **form.cleaned_data),
        done="Saved.",
        describe_form=form,
    )


@require_POST
def version_weights(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = _editable_version(request, slug, number)
    form = WeightsForm(request.POST, sheet=sheet_of(version))
    if not form.is_valid():
        return _show(request, version, status=UNPROCESSABLE, weights_form=form)
    weights, reason = form.weights(), form.cleaned_data["reason"]
    return _carry_out(
        request,
        version,
        lambda: set_weights(version=version, weights=weights, reason=reason),
        done="The weights are saved.",
        weights_form=form,
    )


@require_POST
def version_equivalent(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """Declare that only wording changes; without `equal`, take that back."""
    version = _editable_version(request, slug, number)
    predecessor = predecessor_of(version) if request.POST.get("equal") else None
    done = "Declared equal in all but wording." if predecessor else "No longer declared equal."
    return _carry_out(request, version, lambda: declare_equivalent(version=version, predecessor=predecessor), done=done)


@require_POST
def version_publish(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = _version_or_404(request, slug, number)
    allow(can_publish(request.user, version))
    return _carry_out(
        request,
        version,
        lambda: publish_version(version=version, by=request.user, now=timezone.now()),
        done=f"Version {number} is published. Its content never changes again.",
    )


@require_POST
def version_draft(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = _version_or_404(request, slug, number)
    allow(can_start_draft(request.user, version))
    try:
        draft = start_draft(version=version, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _show(request, version, status=UNPROCESSABLE)
    messages.success(request, f"Version {draft.number} is a draft with the content of version {number}.")
    return redirect("rubrics:version", slug, draft.number)


def _version_or_404(request: AuthedRequest, slug: str, number: int) -> RubricVersion:
    versions = RubricVersion.objects.visible_to(request.user)
    versions = versions.select_related("rubric", "published_by", "created_by", "equivalent_to")
    return get_object_or_404(versions, rubric__slug=slug, number=number)


def _editable_version(request: AuthedRequest, slug: str, number: int) -> RubricVersion:
    version = _version_or_404(request, slug, number)
    allow(can_edit_version(request.user, version))
    return version


def _carry_out(
    request: AuthedRequest, version: RubricVersion, act: Callable[[], object], *, done: str, **bound: forms.BaseForm
) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _show(request, version, status=UNPROCESSABLE, **bound)
    messages.success(request, done)
    return redirect("rubrics:version", version.rubric.slug, version.number)


def _show(
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
        "shows_reference": staff,
        "shows_samples": not request.user.is_client_reviewer,
    }
    if may_edit:
        context |= {
            "missing": missing_to_publish(version),
            "file_form": bound.get("file_form", RubricFileForm()),
            "describe_form": bound.get("describe_form", DescribeForm.of(version)),
            "weights_form": bound.get("weights_form", WeightsForm(sheet=sheet)),
        }
    return render(request, "rubrics/rubrics/version.html", context, status=status)


@require_safe
def version_changes(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """What changed since the last published version, in words."""
    version = _version_or_404(request, slug, number)
    predecessor = predecessor_of(version)
    visible = predecessor and RubricVersion.objects.visible_to(request.user).filter(pk=predecessor.pk).exists()
    allow(bool(visible))
    assert predecessor is not None
    context = {"version": version, "predecessor": predecessor, "changes": changes_since(version, predecessor)}
    return render(request, "rubrics/rubrics/changes.html", context)
