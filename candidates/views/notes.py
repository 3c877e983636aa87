from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from candidates.forms.candidates import NoteForm, TagForm
from candidates.models import Application, Note, Tag
from candidates.permissions.candidates import can_change_note, can_edit_candidate, can_note_candidate
from candidates.queries.mentions import known_to, named_in
from candidates.services.candidates import tag_candidate, untag_candidate
from candidates.services.notes import add_note, delete_note
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
    try:
        note = add_note(
            candidate=candidate,
            application=form.cleaned_data["application"],
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error("text", refused.message)
        return show_candidate(request, candidate, status=status_of(refused), note_form=form)
    messages.success(request, f"Your note is saved.{_told(note)}")
    return redirect("candidates:candidate", candidate.pk)


def _told(note: Note) -> str:
    told = [one.user.name for one in note.mentions.select_related("user")]
    unknown = named_in(note.text, known_to(note.author)).unknown
    words = f" Told of it: {', '.join(told)}." if told else ""
    return f"{words} Nobody is called {', '.join(unknown)}." if unknown else words


@require_POST
def note_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    note = get_object_or_404(Note.objects.visible_to(request.user).select_related("candidate"), pk=pk)
    allow(can_change_note(request.user, note))
    delete_note(note=note)
    messages.success(request, "Your note is deleted.")
    return redirect("candidates:candidate", note.candidate_id)


@require_POST
def tag_add(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    form = TagForm(request.POST)
    if not form.is_valid():
        return show_candidate(request, candidate, status=UNPROCESSABLE, tag_form=form)
    tag_candidate(candidate=candidate, name=form.cleaned_data["name"])
    return redirect("candidates:candidate", candidate.pk)


@require_POST
def tag_remove(request: AuthedRequest, pk: int, tag: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    untag_candidate(candidate=candidate, tag=get_object_or_404(Tag, pk=tag))
    return redirect("candidates:candidate", candidate.pk)
