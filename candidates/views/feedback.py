"""What a candidate is told about a decision against them: a draft that somebody reads, edits and sends."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from candidates.forms.feedback import FeedbackForm
from candidates.models import Feedback, ShortlistEntry
from candidates.permissions.shortlists import can_give_feedback
from candidates.queries.decisions import newest_decision
from candidates.services.feedback import drafted_feedback, save_feedback, send_feedback
from candidates.views.answers import UNPROCESSABLE, status_of
from candidates.views.entries import visible_entry
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_http_methods(["GET", "HEAD", "POST"])
def entry_feedback(request: AuthedRequest, pk: int) -> HttpResponse:
    found = visible_entry(request, pk)
    decision = newest_decision(found)
    if decision is None:
        raise Http404
    allow(can_give_feedback(request.user, found, decision))
    feedback = Feedback.objects.filter(decision=decision).select_related("sent_by").first()
    if request.method == "POST":
        return _carry_out(request, found, feedback)
    text = feedback.text if feedback else drafted_feedback(entry=found, why=decision.why, by=request.user)
    return _show(request, found, FeedbackForm(initial={"text": text}), feedback)


def _carry_out(request: AuthedRequest, found: ShortlistEntry, feedback: Feedback | None) -> HttpResponse:
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, feedback, status=UNPROCESSABLE)
    text, has_read, now = form.cleaned_data["text"], form.cleaned_data["has_read"], timezone.now()
    try:
        if "send" in request.POST:
            send_feedback(entry=found, text=text, has_read=has_read, by=request.user, now=now)
        else:
            save_feedback(entry=found, text=text, by=request.user, now=now)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _show(request, found, form, feedback, status=status_of(refused))
    if "send" in request.POST:
        messages.success(request, "The feedback is on its way to the candidate.")
        return redirect("candidates:entry", found.pk)
    messages.success(request, "Saved. Nothing has been sent.")
    return redirect("candidates:entry_feedback", found.pk)


def _show(
    request: AuthedRequest, found: ShortlistEntry, form: FeedbackForm, feedback: Feedback | None, *, status: int = 200
) -> HttpResponse:
    context = {"entry": found, "role": found.shortlist.role, "form": form, "feedback": feedback}
    return render(request, "candidates/entries/feedback.html", context, status=status)
