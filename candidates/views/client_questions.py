"""Questions of a client about somebody on a shortlist, asked and answered on that person's page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from candidates.forms.client_questions import WordForm
from candidates.models import ClientQuestion
from candidates.permissions.client_questions import can_answer_client, can_ask_about
from candidates.services.client_questions import answer_client, ask_firm
from candidates.views.entries import show_entry, visible_entry
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


@require_POST
def ask(request: AuthedRequest, pk: int) -> HttpResponse:
    found = visible_entry(request, pk)
    allow(can_ask_about(request.user, found))
    form = WordForm(request.POST)
    if not form.is_valid():
        return show_entry(request, found, status=REFUSED, asking={"form": form})
    try:
        question = ask_firm(entry=found, text=form.cleaned_data["text"], by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error("text", refused.message)
        return show_entry(request, found, status=refused.status, asking={"form": form})
    messages.success(request, "Your question is with us. You get a mail when it is answered.")
    return redirect(f"{reverse('candidates:entry', args=[found.pk])}#question-{question.pk}")


@require_POST
def answer(request: AuthedRequest, pk: int) -> HttpResponse:
    asked = ClientQuestion.objects.visible_to(request.user).select_related(
        "asked_by", "entry__shortlist__role", "entry__shortlist__presented_by", "entry__shortlist__created_by"
    )
    question = get_object_or_404(asked, pk=pk)
    allow(can_answer_client(request.user, question))
    form = WordForm(request.POST)
    try:
        if form.is_valid():
            answer_client(question=question, text=form.cleaned_data["text"], by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error("text", refused.message)
    if form.errors:
        found = visible_entry(request, question.entry_id)
        return show_entry(request, found, status=REFUSED, asking={"form": form, "pk": pk})
    messages.success(request, "Sent.")
    return redirect(f"{reverse('candidates:entry', args=[question.entry_id])}#question-{pk}")
