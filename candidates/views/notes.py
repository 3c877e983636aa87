from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from candidates.forms.candidates import NoteForm, NoteTextForm, TagForm
from candidates.models import Application, Candidate, Note, Tag
from candidates.permissions.candidates import can_change_note, can_edit_candidate, can_note_candidate
from candidates.queries.mentions import known_to, named_in
from candidates.services.candidates import tag_candidate, untag_candidate
from candidates.services.notes import add_note, delete_note, edit_note
from candidates.views.answers import UNPROCESSABLE, status_of
from candidates.views.candidate_page import candidate_or_404, show_candidate
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def note_add(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_note_candidate(request.user, candidate))
    about = Application.objects.opinions_visible_to(request.user).filter(candidate=candidate).select_related("role")
    form = NoteForm(request.POST, applications=about, must_choose=not request.user.is_staff_of_firm)
    if not form.is_valid():
        return show_candidate(request, candidate, status=UNPROCESSABLE, note_form=form)
    now = timezone.now()
    try:
        note = add_note(
            candidate=candidate,
            application=form.cleaned_data["application"],
            text=form.cleaned_data["text"],
            by=request.user,
            now=now,
        )
    except Refused as refused:
        form.add_error("text", refused.message)
        return show_candidate(request, candidate, status=status_of(refused), note_form=form)
    messages.success(request, f"Your note is saved.{_told(note, now)}")
    return redirect("candidates:candidate", candidate.pk)


def _told(note: Note, now: datetime) -> str:
    """Whom this writing of it told, and whom it meant in vain."""
    told = [one.user.name for one in note.mentions.filter(at=now).select_related("user")]
    unknown = named_in(note.text, known_to(note.author)).unknown
    words = f" Told of it: {', '.join(told)}." if told else ""
    return f"{words} Nobody is called {', '.join(unknown)}." if unknown else words


def _own_note_or_404(request: AuthedRequest, pk: int) -> Note:
    visible = Note.objects.visible_to(request.user).select_related("candidate", "application__role", "author")
    found = get_object_or_404(visible, pk=pk)
    allow(can_change_note(request.user, found))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: AuthedRequest, pk: int) -> HttpResponse:
    """To put it right, or to take it away."""
    found, now = _own_note_or_404(request, pk), timezone.now()
    form = NoteTextForm(request.POST or None, initial={"text": found.text})
    if request.method == "POST" and form.is_valid():
        try:
            edit_note(note=found, text=form.cleaned_data["text"], now=now)
        except Refused as refused:
            form.add_error("text", refused.message)
        else:
            messages.success(request, f"Your note is saved.{_told(found, now)}")
            return redirect("candidates:candidate", found.candidate_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "candidates/notes/note.html", {"note": found, "form": form}, status=status)


@require_POST
def note_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    found = _own_note_or_404(request, pk)
    delete_note(note=found)
    messages.success(request, "Your note is deleted.")
    return redirect("candidates:candidate", found.candidate_id)


@require_POST
def tag_add(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    form = TagForm(request.POST)
    if not form.is_valid():
        return show_candidate(request, candidate, status=UNPROCESSABLE, tag_form=form)
    tag_candidate(candidate=candidate, name=form.cleaned_data["name"])
    return _back_to_tags(candidate)


@require_POST
def tag_remove(request: AuthedRequest, pk: int, tag: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    untag_candidate(candidate=candidate, tag=get_object_or_404(Tag, pk=tag))
    return _back_to_tags(candidate)


def _back_to_tags(candidate: Candidate) -> HttpResponse:
    """Where the next one is added."""
    return redirect(f"{reverse('candidates:candidate', args=[candidate.pk])}#tags")
