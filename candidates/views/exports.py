"""Taking a view of people out, as it is filtered on the page one comes from."""

from tempfile import TemporaryFile

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from candidates.enums import TableFormat
from candidates.forms.candidate_imports import ExportForm
from candidates.forms.candidates import CandidateFilterForm
from candidates.models import Export
from candidates.permissions.candidate_imports import can_import_and_export
from candidates.queries.applications import PipelineFilter
from candidates.services.exports import Wanted, csv_lines, start_export, table_of, write_table
from rubrics.models import Role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

TYPES = {
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NAMELESS = ("q", "page", "all", "view", "sort", "columns")
"""What of an address is not kept on record: a search may hold somebody's name."""


@require_POST
def export(request: AuthedRequest) -> HttpResponseBase:
    allow(can_import_and_export(request.user))
    form = CandidateFilterForm(request.GET, user=request.user)
    return _answer(request, Wanted(form.wanted), "Candidates", "candidates")


@require_POST
def pipeline_export(request: AuthedRequest, slug: str) -> HttpResponseBase:
    allow(can_import_and_export(request.user))
    role = get_object_or_404(Role.objects.visible_to(request.user), slug=slug)
    wanted = Wanted(PipelineFilter.read(request.GET.dict()), role)
    return _answer(request, wanted, f"Pipeline of {role.title}", role.slug)


def _answer(request: AuthedRequest, wanted: Wanted, what: str, name: str) -> HttpResponseBase:
    form = ExportForm(request.POST)
    chosen = form.cleaned_data["format"] if form.is_valid() else TableFormat.CSV
    now = timezone.now()
    words = what + _filter_words(request)
    made = start_export(wanted=wanted, words=words, format=chosen, by=request.user, now=now)
    if made.job is not None:
        return redirect("jobs:job", made.job.pk)
    table = table_of(request.user, wanted, now=now)
    answer: HttpResponseBase
    if chosen == TableFormat.CSV:
        answer = StreamingHttpResponse(csv_lines(table.header, table.rows()), content_type=TYPES[chosen])
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        file = TemporaryFile()  # noqa: SIM115  # the answer closes it
        write_table(file, table.header, table.rows(), format=chosen)
        file.seek(0)
        answer = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=TYPES[TableFormat.XLSX])
    answer["Cache-Control"] = "private, no-store"
    return answer


def _filter_words(request: HttpRequest) -> str:
    """In the words of the address; that there was a search, not for what."""
    parts = [f"{name} {value}" for name, value in sorted(request.GET.items()) if value and name not in NAMELESS]
    if request.GET.get("q"):
        parts.append("a search")
    return f" ({', '.join(parts)})" if parts else ""


@require_safe
def export_file(request: AuthedRequest, pk: int) -> FileResponse:
    found = get_object_or_404(Export.objects.visible_to(request.user).exclude(file=""), pk=pk)
    try:
        file = default_storage.open(found.file, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"candidates.{found.format}"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[TableFormat(found.format)])
    answer["Cache-Control"] = "private, no-store"
    return answer
