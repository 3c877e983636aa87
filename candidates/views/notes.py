from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from candidates.forms.candidates import NoteForm, TagForm
from candidates.models import Application, Note, Tag
from candidates.permissions.candidates import can_change_note, can_edit_candidate, can_note_candidate
from candidates.services.candidates import tag_candidate, untag_candidate
from candidates.services.notes import add_note, delete_note
from candidates.views.answers import UNPROCESSABLE
from candidates.views.candidate_page import candidate_or_404, show_candidate
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
    add_note(
        candidate=candidate,
        application=form.cleaned_data["application"],
        text=form.cleaned_data["text"],
        by=request.user,
    )
    messages.success(request, "Your note is saved.")
    return redirect("candidates:candidate", candidate.pk)


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
