"""What was offered after a decision to hire, and what they answered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from candidates.enums import OfferAnswer
from candidates.forms.offers import AnswerForm, OfferForm
from candidates.permissions.shortlists import can_decide
from candidates.services.offers import answer_offer, make_offer
from candidates.views.answers import UNPROCESSABLE, status_of
from candidates.views.entries import show_entry, visible_entry
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def offer_make(request: AuthedRequest, pk: int) -> HttpResponse:
    found = visible_entry(request, pk)
    allow(can_decide(request.user, found))
    form = OfferForm(request.POST)
    if not form.is_valid():
        return show_entry(request, found, status=UNPROCESSABLE, offer_form=form)
    try:
        make_offer(entry=found, **form.cleaned_data, by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.message)
        return show_entry(request, found, status=status_of(refused), offer_form=form)
    messages.success(request, "The offer is on record.")
    return redirect("candidates:entry", found.pk)


@require_POST
def offer_answer(request: AuthedRequest, pk: int) -> HttpResponse:
    found = visible_entry(request, pk)
    allow(can_decide(request.user, found))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show_entry(request, found, status=UNPROCESSABLE, answer_form=form)
    given = form.cleaned_data
    try:
        answer_offer(
            entry=found,
            answer=OfferAnswer(given["answer"]),
            reason=given["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return show_entry(request, found, status=status_of(refused), answer_form=form)
    messages.success(request, "Their answer is on record.")
    return redirect("candidates:entry", found.pk)
