from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidates.forms.agreement import AgreementForm
from candidates.permissions.insights import can_view_habits_of_all
from candidates.queries.agreement import agreement_of, roles_to_choose
from candidates.views.answers import UNPROCESSABLE
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def agreement(request: AuthedRequest) -> HttpResponse:
    """Clients' own levels against our panels', of everybody, one client, one rubric or one role."""
    allow(can_view_habits_of_all(request.user))
    form = AgreementForm(request.GET, roles=roles_to_choose(request.user))
    if not form.is_valid():
        return render(request, "candidates/insights/agreement.html", {"form": form}, status=UNPROCESSABLE)
    context = {"form": form, "found": agreement_of(request.user, form.among)}
    return render(request, "candidates/insights/agreement.html", context)
