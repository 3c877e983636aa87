"""What needs attention, one rule at a time; and after how long a role asks for it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from candidates.forms.attention import AttentionFilterForm, ThresholdsForm
from candidates.queries.attention import RULES, Asked, Row, cases_of
from candidates.querysets.seal import closed_once
from candidates.services.thresholds import change_thresholds
from rubrics.models import Role
from rubrics.permissions.roles import can_edit_role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.paging import page_of
from screening.accounts.permissions import allow

REFUSED = 422


@require_safe
def attention(request: AuthedRequest) -> HttpResponse:
    allow(request.user.is_staff_of_firm)
    form = AttentionFilterForm(request.GET, user=request.user)
    what = form.value("rule") or next(iter(RULES))
    asked = Asked(request.user, timezone.now(), everybody=form.value("whose") == "all")
    with closed_once(request.user):
        page = page_of(cases_of(what, asked, role=form.value("role")), request)
    context = {"form": form, "rule": RULES[what], "page": page, "rows": [Row(*values) for values in page.rows]}
    return render(request, "candidates/attention/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: AuthedRequest, slug: str) -> HttpResponse:
    visible = Role.objects.visible_to(request.user).select_related("client").distinct()
    role = get_object_or_404(visible, slug=slug)
    allow(can_edit_role(request.user, role))
    form = ThresholdsForm(request.POST or None, role=role, stages=list(role.stages.order_by("position")))
    if form.is_valid():
        try:
            change_thresholds(role=role, numbers=form.numbers(), stage_days=form.stage_days(), by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "Saved. Lists and mails go by it from now on.")
            return redirect("candidates:thresholds", role.slug)
    status = REFUSED if request.method == "POST" else 200
    return render(request, "candidates/attention/thresholds.html", {"form": form, "role": role}, status=status)
