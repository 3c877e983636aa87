"""Places on a panel: one more, excused, handed over to somebody else."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from candidates.forms.interviews import HandOverForm, PersonForm
from candidates.forms.scorecards import ExcuseForm
from candidates.gates.interviews import panel_choices
from candidates.models import Interview, Scorecard
from candidates.permissions.scorecards import can_excuse_scorecard, can_hand_over
from candidates.queries.names import name_for
from candidates.queries.schedules import busy
from candidates.services.panels import add_to_panel, excuse_scorecard, hand_over
from candidates.services.schedules import TimeClash
from candidates.views.interviews import after, show, to_plan, visible_interview
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User
from screening.accounts.permissions import allow

REFUSED = 422


@require_POST
def panel(request: AuthedRequest, pk: int) -> HttpResponse:
    interview = to_plan(request, pk)
    form = PersonForm(request.POST, people=[choice.person for choice in panel_choices(interview.application)])
    if not form.is_valid():
        return show(request, interview, status=REFUSED, person_form=form)
    person, accepted = form.cleaned_data["person"], form.cleaned_data["accept"]
    try:
        add_to_panel(interview=interview, person=person, now=timezone.now(), accepted=accepted)
    except TimeClash as clash:
        return show(request, interview, status=clash.status, person_form=form, **_clash(clash, request.user))
    except Refused as refused:
        messages.error(request, refused.message)
        return show(request, interview, status=refused.status, person_form=form)
    messages.success(request, f"{person.name} is on the panel and has been told.")
    return redirect("candidates:interview", pk=interview.pk)


def _clash(clash: TimeClash, reader: User) -> dict[str, Any]:
    return {"clashes": busy(clash.clashes, reader), "accept": clash.accept}


@require_POST
def excuse(request: AuthedRequest, pk: int) -> HttpResponse:
    """A scorecard of a panel will never come; found by its own number, shown with its interview."""
    scorecard = get_object_or_404(Scorecard.objects.owed().select_related("interviewer"), pk=pk)
    interview = to_plan(request, scorecard.interview_id)
    allow(can_excuse_scorecard(request.user, scorecard))
    form = ExcuseForm(request.POST, auto_id=False)
    if not form.is_valid():
        return show(request, interview, status=REFUSED, excuse_form=form, excusing=pk)
    reason = form.cleaned_data["reason"]
    return after(
        request,
        interview,
        lambda: excuse_scorecard(scorecard=scorecard, reason=reason, by=request.user, now=timezone.now()),
        f"Nobody waits for the scorecard of {scorecard.interviewer.name} any more.",
        excuse_form=form,
        excusing=pk,
    )


@require_http_methods(["GET", "POST"])
def hand(request: AuthedRequest, pk: int) -> HttpResponse:
    """Somebody else takes the place of an interviewer who has not submitted; by the interviewer, or by a recruiter."""
    owed = Scorecard.objects.owed().select_related("interviewer", "interview")
    scorecard = get_object_or_404(owed, pk=pk)
    interview = visible_interview(request, scorecard.interview_id)
    allow(can_hand_over(request.user, scorecard))
    form = HandOverForm(request.POST or None, people=_who_may_take_it(interview))
    status, extra = 200, {}
    if request.method == "POST":
        try:
            if form.is_valid():
                return _handed(request, scorecard, form)
            status = REFUSED
        except TimeClash as clash:
            status, extra = clash.status, _clash(clash, request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
            status = refused.status
    context = {
        "scorecard": scorecard,
        "interview": interview,
        "candidate": name_for(request.user, interview.application),
        "form": form,
        **extra,
    }
    return render(request, "candidates/interviews/hand_over.html", context, status=status)


def _who_may_take_it(interview: Interview) -> list[User]:
    """Only who really may: why somebody else may not is no business of an interviewer."""
    seated = set(interview.scorecards.values_list("interviewer", flat=True))
    choices = panel_choices(interview.application)
    return [choice.person for choice in choices if not choice.why_not and choice.person.pk not in seated]


def _handed(request: AuthedRequest, scorecard: Scorecard, form: HandOverForm) -> HttpResponse:
    given = form.cleaned_data
    hand_over(
        scorecard=scorecard,
        to=given["person"],
        reason=given["reason"],
        by=request.user,
        now=timezone.now(),
        accepted=given["accept"],
    )
    messages.success(request, f"{given['person'].name} takes it over, and both of you have been told.")
    return redirect("candidates:interview", pk=scorecard.interview_id)
