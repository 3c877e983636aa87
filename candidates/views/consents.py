from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from candidates.forms.candidates import ConsentForm, ErasureForm
from candidates.permissions.candidates import can_edit_candidate, can_erase_candidate
from candidates.services.candidates import renew_link
from candidates.services.consents import record_consent, send_link, withdraw_consent
from candidates.services.erasures import erase_candidate
from candidates.views.answers import UNPROCESSABLE, status_of
from candidates.views.candidate_page import candidate_or_404, show_candidate
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def consent_record(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return show_candidate(request, candidate, status=UNPROCESSABLE, consent_form=form)
    record_consent(candidate=candidate, where=form.cleaned_data["where"], by=request.user, now=timezone.now())
    messages.success(request, "The consent is recorded.")
    return redirect("candidates:candidate", candidate.pk)


@require_POST
def consent_withdraw(request: AuthedRequest, pk: int) -> HttpResponse:
    """The candidate told us so by another way than their page."""
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    withdraw_consent(candidate=candidate, now=timezone.now())
    messages.success(request, "The consent is withdrawn. No interview and no decision goes on without a new one.")
    return redirect("candidates:candidate", candidate.pk)


@require_POST
def link_send(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    try:
        send_link(candidate=candidate, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return show_candidate(request, candidate, status=status_of(refused))
    messages.success(request, f"The link is on its way to {candidate.email}.")
    return redirect("candidates:candidate", candidate.pk)


@require_POST
def link_renew(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    renew_link(candidate=candidate)
    messages.success(request, "The old link no longer works. Send the new one when they need it.")
    return redirect("candidates:candidate", candidate.pk)


@require_POST
def erase(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_erase_candidate(request.user, candidate))
    form = ErasureForm(request.POST)
    if not form.is_valid():
        return show_candidate(request, candidate, status=UNPROCESSABLE, erasure_form=form)
    try:
        erase_candidate(candidate=candidate, reason=form.cleaned_data["reason"], by=request.user)
    except Refused as refused:
        form.add_error(None, refused.message)
        return show_candidate(request, candidate, status=status_of(refused), erasure_form=form)
    messages.success(request, "Their data are erased; the record of it stays.")
    return redirect("candidates:candidates")
