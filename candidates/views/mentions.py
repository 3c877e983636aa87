"""Naming people in notes."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from candidates.models import Application, Mention, Note
from candidates.permissions.candidates import can_note_opened
from candidates.queries.mentions import OFFERED, offered_to
from candidates.queries.paging import number_in
from candidates.services.mentions import see_mentions
from candidates.views.candidate_page import candidate_or_404
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def mentionable(request: AuthedRequest, pk: int) -> HttpResponse:
    """A list to choose from while one writes a note: who may read it, by what is typed after the @."""
    candidate = candidate_or_404(request, pk)
    allow(can_note_opened(request.user, candidate))
    about = Application.objects.opinions_visible_to(request.user).filter(candidate=candidate).select_related("role")
    wanted = number_in(request.GET.get("about", ""))
    about = about.filter(pk=wanted) if wanted else about
    begins = request.GET.get("begins", "").replace("\0", "")[:60]
    people = offered_to(request.user, candidate, about, begins=begins)[:OFFERED]
    return render(request, "candidates/notes/mentionable.html", {"people": people})


@require_safe
def mention(request: AuthedRequest, pk: int) -> HttpResponse:
    """To the note, which counts as seen from now on."""
    readable = Note.objects.visible_to(request.user).values("pk")
    mine = Mention.objects.filter(user=request.user, note__in=readable).select_related("note__candidate")
    found = get_object_or_404(mine, pk=pk)
    see_mentions(user=request.user, candidate=found.note.candidate, now=timezone.now())
    return redirect(f"{reverse('candidates:candidate', args=[found.note.candidate_id])}#history")
