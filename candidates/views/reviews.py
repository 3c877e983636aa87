"""The client's own evaluation: kept while they think, sealed when they commit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from candidates.forms.reviews import ReviewForm
from candidates.gates.shortlists import missing_to_commit
from candidates.models import ShortlistEntry
from candidates.permissions.shortlists import can_write_review
from candidates.services.reviews import commit_review, save_review
from candidates.views.entries import show_entry, visible_entry
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED = 422


def _form(request: AuthedRequest, found: ShortlistEntry) -> ReviewForm:
    version = found.shortlist.measured_by
    dimensions = list(version.dimensions.prefetch_related("levels")) if version else []
    return ReviewForm(request.POST, dimensions=dimensions)


@require_POST
def review(request: AuthedRequest, pk: int) -> HttpResponse:
    """Save what there is so far; by htmx while they write, answered with what committing still needs."""
    found = visible_entry(request, pk)
    allow(can_write_review(request.user, found))
    form = _form(request, found)
    if not form.is_valid():
        return show_entry(request, found, status=REFUSED, form=form)
    try:
        saved = save_review(entry=found, draft=form.draft, by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.message)
        return show_entry(request, found, status=refused.status, form=form)
    if request.htmx:
        context = {"review": saved, "missing": missing_to_commit(saved, now=timezone.now())}
        return render(request, "candidates/entries/saved.html", context)
    messages.success(request, "Saved. Only you can see it until you commit.")
    return redirect("candidates:entry", found.pk)


@require_POST
def commit(request: AuthedRequest, pk: int) -> HttpResponse:
    found = visible_entry(request, pk)
    allow(can_write_review(request.user, found))
    form = _form(request, found)
    if not form.is_valid():
        return show_entry(request, found, status=REFUSED, form=form)
    now = timezone.now()
    try:
        commit_review(entry=found, by=request.user, now=now, draft=form.draft)
    except GateRefused as refused:
        return show_entry(request, found, status=refused.status, form=form, missing=refused.missing, asked=True)
    except Refused as refused:
        form.add_error(None, refused.message)
        return show_entry(request, found, status=refused.status, form=form)
    messages.success(request, "Your evaluation is committed.")
    return redirect("candidates:entry", found.pk)
