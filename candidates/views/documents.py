from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from candidates.forms.candidates import DocumentForm
from candidates.models import Document
from candidates.permissions.candidates import can_edit_candidate
from candidates.queries.names import file_name_for
from candidates.services.documents import add_document, delete_document
from candidates.views.answers import UNPROCESSABLE, status_of
from candidates.views.candidate_page import candidate_or_404, show_candidate
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def document_add(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_candidate(request, candidate, status=UNPROCESSABLE, document_form=form)
    try:
        document = add_document(
            candidate=candidate,
            upload=form.cleaned_data["file"],
            kind=form.cleaned_data["kind"],
            by=request.user,
        )
    except Refused as refused:
        form.add_error("file", refused.message)
        return show_candidate(request, candidate, status=status_of(refused), document_form=form)
    messages.success(request, f"“{document.name}” is kept. Its text is being read.")
    return redirect("candidates:candidate", candidate.pk)


@require_safe
def document(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """Always to be saved, never shown within the site: the file is somebody else's."""
    found = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    try:
        file = found.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    answer = FileResponse(
        file, as_attachment=True, filename=file_name_for(request.user, found), content_type=found.content_type
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def document_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document.objects.visible_to(request.user).select_related("candidate"), pk=pk)
    allow(can_edit_candidate(request.user, found.candidate))
    delete_document(document=found)
    messages.success(request, "The document is deleted.")
    return redirect("candidates:candidate", found.candidate_id)
