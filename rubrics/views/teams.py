from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from rubrics.forms.roles import DutyForm, MemberForm
from rubrics.models import Role, RoleMember
from rubrics.permissions.roles import can_edit_role
from rubrics.services.roles import add_member, change_duty, remove_member
from rubrics.views.role_page import UNPROCESSABLE, carry_out, role_or_404, show_role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def member_add(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _editable_role(request, slug)
    form = MemberForm(request.POST, role=role)
    if not form.is_valid():
        return show_role(request, role, status=UNPROCESSABLE, member_form=form)
    person, duty = form.cleaned_data["person"], form.cleaned_data["duty"]
    return carry_out(
        request,
        role,
        lambda: add_member(role=role, user=person, duty=duty),
        done=f"{person.name} is on the team.",
        member_form=form,
    )


@require_POST
def member_duty(request: AuthedRequest, slug: str, pk: int) -> HttpResponse:
    role = _editable_role(request, slug)
    member = get_object_or_404(role.team.select_related("user"), pk=pk)
    form = DutyForm(request.POST, prefix=f"duty-{pk}")
    if not form.is_valid():
        return show_role(request, role, status=UNPROCESSABLE, **{f"duty_{pk}": form})
    duty = form.cleaned_data["duty"]
    return carry_out(request, role, lambda: change_duty(member=member, duty=duty), done=f"{member.user.name}: {duty}.")


@require_POST
def member_remove(request: AuthedRequest, slug: str, pk: int) -> HttpResponse:
    role = _editable_role(request, slug)
    member: RoleMember = get_object_or_404(role.team.select_related("user"), pk=pk)
    return carry_out(
        request, role, lambda: remove_member(member=member), done=f"{member.user.name} is no longer on the team."
    )


def _editable_role(request: AuthedRequest, slug: str) -> Role:
    role = role_or_404(request, slug)
    allow(can_edit_role(request.user, role))
    return role
