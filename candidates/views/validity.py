from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.forms.validity import ValidityForm, scope_of
from candidates.permissions.insights import can_view_habits_of_all
from candidates.queries.validity import DAYS, Validity, by_interviewer, by_question, roles_to_choose, validity_of
from candidates.queries.validity_input import Scope
from candidates.services.opinions import record_opinions_seen
from candidates.views.answers import UNPROCESSABLE
from rubrics.models import Role, RubricVersion
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

PARTS = {"": "Scores", "interviewers": "Interviewers", "questions": "Questions"}


@require_safe
def validity(request: AuthedRequest) -> HttpResponse:
    """Scores at the decision against reviews at work, of everybody, one rubric or one role."""
    allow(can_view_habits_of_all(request.user))
    scope = scope_of(request.GET.get("of", ""))
    roles = roles_to_choose(request.user, scope)
    form = ValidityForm(request.GET, roles=roles)
    part = request.GET.get("view", "")
    context: dict[str, Any] = {"form": form, "part": part if part in PARTS else "", "parts": PARTS}
    if not form.is_valid():
        return render(request, "candidates/insights/validity.html", context, status=UNPROCESSABLE)
    version = _version(scope, roles)
    dimensions_of = None if context["part"] else version
    found = validity_of(request.user, scope, form.cleaned_data["day"] or DAYS[0], dimensions_of)
    context |= {"found": found, "version": version} | _part(request, scope, found, version, context["part"])
    return render(request, "candidates/insights/validity.html", context)


def _version(scope: Scope, roles: list[Role]) -> RubricVersion | None:
    """The one rubric the scope is about, if it is about one."""
    of_scope = (one.rubric_version for one in roles if one.slug == scope.role or _pool(one) == scope.pool_key != "")
    return next(of_scope, None)


def _pool(role: Role) -> str:
    return role.rubric_version.pool_key if role.rubric_version else ""


def _part(
    request: AuthedRequest, scope: Scope, found: Validity, version: RubricVersion | None, part: str
) -> dict[str, Any]:
    if part == "interviewers":
        lines = by_interviewer(request.user, scope, found.hires, found.highest - found.lowest)
        return {"lines": lines}
    if part == "questions":
        pool = Scope(pool_key=version.pool_key, role=scope.role) if version else scope
        return {"lines": by_question(request.user, pool, found.hires)}
    if not found.still_needed:
        shown = [one.application for one in found.hires]
        record_opinions_seen(user=request.user, applications=shown, now=timezone.now())
    return {}
