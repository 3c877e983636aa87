from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from candidates.enums import DebriefResult
from candidates.forms.debriefs import AnswerForm, AskForm, OutcomeForm
from candidates.models import Application, DebriefQuestion, Scorecard
from candidates.permissions.debriefs import can_resolve_question
from candidates.queries.debriefs import (
    Debrief,
    awaited_on,
    debrief_of,
    notes_of,
    outcomes_of,
    places_of,
    steps_of,
    threads_of,
)
from candidates.queries.names import name_for
from candidates.services.debriefs import answer_question, ask_question, note_outcome, resolve_question
from candidates.services.opinions import record_opinions_seen
from candidates.views.answers import UNPROCESSABLE, next_or, status_of
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

MEETING_KEYS = (
    ("J", "Next dimension; the right arrow too"),
    ("K", "Previous dimension; the left arrow too"),
    ("F", "Full screen"),
)


@require_safe
def debrief(request: AuthedRequest, pk: int) -> HttpResponse:
    """What everybody found, for whoever owes nothing; a panellist who still owes theirs is told when it opens."""
    application = _open_to(request).filter(pk=pk).first()
    return _not_yet(request, pk) if application is None else _show(request, application)


@require_safe
def meeting(request: AuthedRequest, pk: int) -> HttpResponse:
    """The same for a screen that is shared: one dimension at a time, once nobody is awaited."""
    application = _open_to(request).filter(pk=pk).first()
    if application is None:
        return _not_yet(request, pk)
    found = debrief_of(application)
    if not found.is_complete:
        messages.info(request, "The meeting opens when everybody on the panel has sealed their scorecard.")
        return redirect("candidates:debrief", pk)
    return _show_meeting(request, found)


@require_POST
def debrief_outcome(request: AuthedRequest, pk: int) -> HttpResponse:
    application = get_object_or_404(_open_to(request), pk=pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _show(request, application, status=UNPROCESSABLE, outcome_form=form)
    given = form.cleaned_data
    try:
        note_outcome(
            application=application,
            result=DebriefResult(given["result"]),
            note=given["note"],
            next_steps=given["next_steps"],
            seen=given["seen"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return _show(request, application, status=status_of(refused), outcome_form=form)
    messages.success(request, "The outcome is noted.")
    return redirect("candidates:debrief", pk)


@require_POST
def debrief_ask(request: AuthedRequest, pk: int) -> HttpResponse:
    related = Scorecard.objects.submitted().select_related("interviewer", "interview")
    card = get_object_or_404(related, pk=pk, interview__application__in=_open_to(request).order_by().values("pk"))
    application = _open_to(request).get(pk=card.interview.application_id)
    card.interview.application = application
    form = AskForm(request.POST, scorecard=card)
    if form.is_valid():
        try:
            asked = ask_question(scorecard=card, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{card.interviewer.name} is told that you asked.")
            return redirect(f"{reverse('candidates:debrief', args=[application.pk])}#question-{asked.pk}")
    asking = {"key": f"{card.pk}-{request.POST.get('dimension', '')}", "form": form}
    return _show(request, application, status=UNPROCESSABLE, asking=asking)


@require_safe
def debrief_question(request: AuthedRequest, pk: int) -> HttpResponse:
    """Where a letter leads to: it does not say whose debrief it is."""
    question = get_object_or_404(
        DebriefQuestion.objects.visible_to(request.user).select_related("scorecard__interview"), pk=pk
    )
    return redirect(
        f"{reverse('candidates:debrief', args=[question.scorecard.interview.application_id])}#question-{pk}"
    )


@require_POST
def debrief_answer(request: AuthedRequest, pk: int) -> HttpResponse:
    question = _question(request, pk)
    application = question.scorecard.interview.application
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, application, status=UNPROCESSABLE, answering={"pk": pk, "form": form})
    answer_question(question=question, text=form.cleaned_data["text"], by=request.user, now=timezone.now())
    return redirect(_back(request, question))


@require_POST
def debrief_resolve(request: AuthedRequest, pk: int) -> HttpResponse:
    question = _question(request, pk)
    allow(can_resolve_question(request.user, question))
    resolve_question(question=question, by=request.user, now=timezone.now())
    return redirect(_back(request, question))


def _open_to(request: AuthedRequest) -> Any:
    related = Application.objects.select_related("candidate", "role__client")
    return related.opinions_visible_to(request.user)


def _question(request: AuthedRequest, pk: int) -> DebriefQuestion:
    related = DebriefQuestion.objects.visible_to(request.user).select_related(
        "scorecard__interview__application__candidate", "scorecard__interview__application__role__client"
    )
    return get_object_or_404(related, pk=pk)


def _back(request: AuthedRequest, question: DebriefQuestion) -> str:
    debrief_page = reverse("candidates:debrief", args=[question.scorecard.interview.application_id])
    return next_or(request, f"{debrief_page}#question-{question.pk}")


def _show(request: AuthedRequest, application: Application, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page; `forms` are those that were refused, with what was typed."""
    found = debrief_of(application)
    context = _context(request, found) | {"notes": notes_of(found.voices), "now": timezone.now()} | forms
    return render(request, "candidates/debriefs/debrief.html", context, status=status)


def _show_meeting(request: AuthedRequest, found: Debrief) -> HttpResponse:
    steps = steps_of(found)
    keys = [step.key for step in steps]
    at = keys.index(request.GET["on"]) if request.GET.get("on") in keys else 0
    row = steps[at].row
    context = _context(request, found) | {
        "steps": steps,
        "step": steps[at],
        "number": at + 1,
        "previous": steps[at - 1] if at else None,
        "following": steps[at + 1] if at + 1 < len(steps) else None,
        "places": places_of(row) if row else [],
        "keys": MEETING_KEYS,
    }
    return render(request, "candidates/debriefs/meeting.html", context)


def _context(request: AuthedRequest, found: Debrief) -> dict[str, Any]:
    if any(voice.scorecard.interviewer_id != request.user.pk for voice in found.voices):
        record_opinions_seen(user=request.user, applications=[found.application.pk], now=timezone.now())
    outcomes = outcomes_of(found.application)
    return {
        "application": found.application,
        "candidate": name_for(request.user, found.application),
        "role": found.application.role,
        "debrief": found,
        "threads": threads_of(found.application),
        "outcome": outcomes[0] if outcomes else None,
        "earlier": outcomes[1:],
        "outcome_form": OutcomeForm(initial={"seen": outcomes[0].pk if outcomes else None}),
    }


def _not_yet(request: AuthedRequest, pk: int) -> HttpResponse:
    owed = Scorecard.objects.owed_by(request.user).filter(interview__application=pk)
    mine = owed.select_related(
        "interview__application__candidate", "interview__application__role__client", "interview__kit"
    )
    cards = list(mine)
    if not cards or request.user.is_client_reviewer:
        raise Http404
    application = cards[0].interview.application
    context = {
        "application": application,
        "candidate": application.candidate.name_in(application.role.name_form),
        "role": application.role,
        "cards": cards,
        "awaited": awaited_on(application),
        "now": timezone.now(),
    }
    return render(request, "candidates/debriefs/not_yet.html", context)
