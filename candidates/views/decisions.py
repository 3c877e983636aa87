from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from candidates.enums import Outcome
from candidates.forms.decisions import DecisionForm
from candidates.permissions.shortlists import can_decide
from candidates.services.decisions import decide
from candidates.views.entries import show_entry, visible_entry
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


@require_POST
def entry_decide(request: AuthedRequest, pk: int) -> HttpResponse:
    found = visible_entry(request, pk)
    allow(can_decide(request.user, found))
    form = DecisionForm(request.POST, for_client=not request.user.is_client_reviewer)
    if not form.is_valid():
        return show_entry(request, found, status=REFUSED, decision_form=form)
    given = form.cleaned_data
    try:
        decide(
            entry=found,
            outcome=Outcome(given["outcome"]),
            why=given["why"],
            by=request.user,
            now=timezone.now(),
            where_given=given.get("where_given", ""),
            decider_name=given.get("decider_name", ""),
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return show_entry(request, found, status=refused.status, decision_form=form)
    messages.success(request, "The decision is recorded.")
    return redirect("candidates:entry", found.pk)
