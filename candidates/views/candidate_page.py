"""One person in full, or, for whoever still owes a scorecard on them, only what an interviewer may know."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from candidates.forms.candidates import ConsentForm, DocumentForm, ErasureForm, NoteForm, TagForm
from candidates.gates.applications import MOVES_BY_HAND, next_steps
from candidates.models import Application, Candidate, Consent, Document, Interview
from candidates.queries.duplicates import duplicates_of
from candidates.queries.names import name_for
from candidates.queries.standings import standings_of
from candidates.queries.timeline import timeline_of
from candidates.queries.traces import traces_of
from candidates.querysets.seal import closed_once
from candidates.services.mentions import see_mentions
from candidates.services.opinions import record_opinions_seen
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User
from screening.accounts.permissions import allow


def candidate_or_404(request: AuthedRequest, pk: int) -> Candidate:
    """Somebody this reader may open; clients read about people on the entries of their shortlists."""
    allow(not request.user.is_client_reviewer)
    return get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)


def show_candidate(request: AuthedRequest, candidate: Candidate, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page; `forms` are those that were refused, with what was typed."""
    with closed_once(request.user):
        if Application.objects.sealed_from(request.user).filter(candidate=candidate).exists():
            return _sealed_page(request, candidate)
        traces = traces_of(request.user, candidate)
        context = _whole(request, candidate, traces)
    if "mention" in traces:
        see_mentions(user=request.user, candidate=candidate, now=timezone.now())
    return render(request, "candidates/candidates/detail.html", context | forms, status=status)


def _sealed_page(request: AuthedRequest, candidate: Candidate) -> HttpResponse:
    interviews = (
        Interview.objects.on_panel(request.user)
        .filter(application__candidate=candidate)
        .select_related("kit", "application__candidate", "application__role__client")
        .order_by("starts_at")
    )
    mine = {card.interview_id: card for card in request.user.scorecards.filter(interview__in=interviews, amends=None)}
    rows = [{"interview": interview, "scorecard": mine.get(interview.pk)} for interview in interviews]
    name = name_for(request.user, interviews[0].application) if rows else candidate.initials
    context = {"name": name, "rows": rows, "now": timezone.now()}
    return render(request, "candidates/candidates/sealed.html", context)


def _whole(request: AuthedRequest, candidate: Candidate, traces: frozenset[str]) -> dict[str, Any]:
    user, now = request.user, timezone.now()
    shown = standings_of(user, candidate)
    applications = [one for one, _ in shown if one.merged_into_id is None]
    consents = list(candidate.consents.select_related("recorded_by")) if user.is_staff_of_firm else []
    consent = next((one for one in consents if one.is_valid(now)), None)
    opened = [one for one, is_open in shown if is_open]
    history = timeline_of(user, candidate, traces, applications=opened, consents=consents)
    steps = next_steps(applications, consented=consent is not None) if user.is_staff_of_firm else {}
    told = {pk for pk, step in steps.items() if step.tells}
    record_opinions_seen(user=user, applications=history.opinions | told, now=now)
    context = {
        "candidate": candidate,
        "name": _name(user, candidate, applications),
        "standings": [{"application": one, "step": steps.get(one.pk)} for one in applications],
        "set_aside": [one for one, _ in shown if one.merged_into_id is not None],
        "movable": tuple(MOVES_BY_HAND),
        "events": history.events,
        "note_form": _note_form(user, [one for one in opened if one.merged_into_id is None]),
        "now": now,
    }
    return context | (_for_staff(user, candidate, traces, consent) if user.is_staff_of_firm else {})


def _name(user: User, candidate: Candidate, applications: list[Application]) -> str:
    """One role that chose initials is enough."""
    names = {name_for(user, application) for application in applications}
    return candidate.name if user.is_staff_of_firm or names == {candidate.name} else candidate.initials


def _note_form(user: User, applications: list[Application]) -> NoteForm:
    form = NoteForm(applications=Application.objects.none(), must_choose=not user.is_staff_of_firm)
    form.offer(applications)
    return form


def _for_staff(user: User, candidate: Candidate, traces: frozenset[str], consent: Consent | None) -> dict[str, Any]:
    return {
        "documents": list(Document.objects.visible_to(user).filter(candidate=candidate))
        if "document" in traces
        else [],
        "tags": list(candidate.tags.all()) if "tag" in traces else [],
        "consent": consent,
        "tag_form": TagForm(),
        "document_form": DocumentForm(),
        "consent_form": ConsentForm(),
        "erasure_form": ErasureForm(),
        "duplicates": duplicates_of(user, candidate, traces),
    }
