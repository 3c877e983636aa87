"""The settings of a role: details, rubric version, stages."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from rubrics.enums import StageKind
from rubrics.forms.roles import NewStageForm, PinVersionForm, RoleDetailsForm, StageForm
from rubrics.models import Role, Stage
from rubrics.permissions.roles import can_edit_role
from rubrics.services.roles import pin_version, update_role
from rubrics.services.stages import add_stage, drop_stage, rename_stage
from rubrics.views.role_page import UNPROCESSABLE, role_or_404
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_http_methods(["GET", "HEAD", "POST"])
def role_settings(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _editable_role(request, slug)
    if request.method != "POST":
        return _show(request, role)
    form = RoleDetailsForm(request.POST)
    if not form.is_valid():
        return _show(request, role, status=UNPROCESSABLE, details_form=form)
    return _carry_out(
        request, role, lambda: update_role(role=role, details=form.details()), done="Saved.", details_form=form
    )


@require_POST
def role_version(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _editable_role(request, slug)
    form = PinVersionForm(request.POST)
    if not form.is_valid():
        return _show(request, role, status=UNPROCESSABLE, version_form=form)
    version = form.cleaned_data["version"]
    if role.rubric_version_id not in {None, version.pk}:  # what a move changes is read before it is done
        return redirect(f"{reverse('candidates:version_move', args=[role.slug])}?version={version.pk}")
    return _carry_out(
        request,
        role,
        lambda: pin_version(role=role, version=version),
        done=f"Candidates are measured by {version} from now on.",
        version_form=form,
    )


@require_POST
def stage_add(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _editable_role(request, slug)
    form = NewStageForm(request.POST)
    if not form.is_valid():
        return _show(request, role, status=UNPROCESSABLE, stage_form=form)
    kind, name = form.cleaned_data["kind"], form.cleaned_data["name"]
    return _carry_out(
        request,
        role,
        lambda: add_stage(role=role, kind=kind, name=name),
        done=f"The stage “{name}” is added.",
        stage_form=form,
    )


@require_POST
def stage_rename(request: AuthedRequest, slug: str, pk: int) -> HttpResponse:
    role = _editable_role(request, slug)
    stage = get_object_or_404(role.stages, pk=pk)
    form = StageForm(request.POST, auto_id=f"id_stage_{pk}_%s")
    bound = {f"stage_{pk}": form}
    if not form.is_valid():
        return _show(request, role, status=UNPROCESSABLE, **bound)
    name = form.cleaned_data["name"]
    return _carry_out(
        request, role, lambda: rename_stage(stage=stage, name=name), done=f"The stage is called “{name}”.", **bound
    )


@require_POST
def stage_drop(request: AuthedRequest, slug: str, pk: int) -> HttpResponse:
    role = _editable_role(request, slug)
    stage: Stage = get_object_or_404(role.stages, pk=pk)
    return _carry_out(request, role, lambda: drop_stage(stage=stage), done=f"The stage “{stage.name}” is gone.")


def _editable_role(request: AuthedRequest, slug: str) -> Role:
    role = role_or_404(request, slug)
    allow(can_edit_role(request.user, role))
    return role


def _carry_out(
    request: AuthedRequest, role: Role, act: Callable[[], object], *, done: str, **bound: forms.BaseForm
) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _show(request, role, status=UNPROCESSABLE, **bound)
    messages.success(request, done)
    return redirect("rubrics:role_settings", role.slug)


def _show(request: AuthedRequest, role: Role, *, status: int = 200, **bound: forms.BaseForm) -> HttpResponse:
    stages = list(role.stages.all())
    kinds = [stage.kind for stage in stages]
    context = {
        "role": role,
        "details_form": bound.get("details_form", RoleDetailsForm.of(role)),
        "version_form": bound.get("version_form", PinVersionForm(initial={"version": role.rubric_version_id})),
        "stage_form": bound.get("stage_form", NewStageForm()),
        "stages": [
            {
                "stage": stage,
                "kind": StageKind(stage.kind).label,
                "form": bound.get(f"stage_{stage.pk}", _stage_form(stage)),
                "only": kinds.count(stage.kind) == 1,
            }
            for stage in stages
        ],
    }
    return render(request, "rubrics/roles/settings.html", context, status=status)


def _stage_form(stage: Stage) -> StageForm:
    return StageForm(initial={"name": stage.name}, auto_id=f"id_stage_{stage.pk}_%s")
