from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.models import Application, Scorecard
from candidates.queries.debriefs import debrief_of
from candidates.queries.names import name_for
from candidates.services.opinions import record_opinions_seen
from screening.accounts.http import AuthedRequest


@require_safe
def debrief(request: AuthedRequest, pk: int) -> HttpResponse:
    """What everybody found, for whoever owes nothing; a panellist who still owes theirs is told when it opens."""
    related = Application.objects.select_related("candidate", "role__client")
    application = related.opinions_visible_to(request.user).filter(pk=pk).first()
    if application is None:
        return _not_yet(request, pk)
    found = debrief_of(application)
    if any(voice.scorecard.interviewer_id != request.user.pk for voice in found.voices):
        record_opinions_seen(user=request.user, applications=[application.pk], now=timezone.now())
    context = {
        "application": application,
        "candidate": name_for(request.user, application),
        "role": application.role,
        "debrief": found,
    }
    return render(request, "candidates/debriefs/debrief.html", context)


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
    }
    return render(request, "candidates/debriefs/not_yet.html", context)
