"""People: the table of all, one new, one in full."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from candidates.forms.candidates import CandidateFilterForm, CandidateForm, NewCandidateForm
from candidates.models import Candidate
from candidates.permissions.candidates import can_add_candidate, can_edit_candidate
from candidates.queries.candidates import candidates_page
from candidates.queries.duplicates import Likeness, likely_of
from candidates.queries.saved_views import choices_of, opens_by_itself
from candidates.querysets.seal import closed_once
from candidates.services.applications import take_in
from candidates.services.candidates import update_candidate
from candidates.views.answers import UNPROCESSABLE, status_of
from candidates.views.candidate_page import candidate_or_404, show_candidate
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def candidates(request: AuthedRequest) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    choices = choices_of(request.user, None, query=request.GET.urlencode())
    elsewhere = opens_by_itself(choices, query=request.GET.urlencode())
    if elsewhere:
        return redirect(f"{request.path}?{elsewhere}")
    form = CandidateFilterForm(request.GET, user=request.user)
    with closed_once(request.user):
        page = candidates_page(request.user, form.wanted, cursor=request.GET.get("page", ""))
    return render(request, "candidates/candidates/list.html", {"form": form, "page": page, "choices": choices})


@require_http_methods(["GET", "HEAD", "POST"])
def candidate_new(request: AuthedRequest) -> HttpResponse:
    allow(can_add_candidate(request.user))
    form = NewCandidateForm(
        request.POST or None, request.FILES or None, user=request.user, initial=_chosen_role(request)
    )
    if request.method != "POST":
        return render(request, "candidates/candidates/new.html", {"form": form})
    likely = _not_shown_yet(request, form) if form.is_valid() else []
    if form.is_valid() and not likely:
        asked = form.cleaned_data
        try:
            candidate = take_in(
                details=form.details,
                role=asked["role"],
                source=asked["source"],
                source_detail=asked["source_detail"],
                owner=form.looked_after_by,
                cv=asked["cv"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{candidate.name} is here now.")
            return redirect("candidates:candidate", candidate.pk)
    return render(request, "candidates/candidates/new.html", {"form": form, "likely": likely}, status=UNPROCESSABLE)


def _not_shown_yet(request: AuthedRequest, form: NewCandidateForm) -> list[Likeness]:
    """Who may be the same person, unless the writer has read of all of them and adds this one nevertheless."""
    details = form.details
    person = Candidate(name=details.name, email=details.email, phone=details.phone, reference=details.reference)
    likely = likely_of(request.user, person)
    return likely if {str(one.pk) for one in likely} - set(request.POST.getlist("shown")) else []


def _chosen_role(request: AuthedRequest) -> dict[str, Any]:
    slug = request.GET.get("role", "")
    role = Role.objects.visible_to(request.user).filter(slug=slug).first() if slug else None
    return {"role": role} if role else {}


@require_safe
def candidate(request: AuthedRequest, pk: int) -> HttpResponse:
    with closed_once(request.user):
        person = candidate_or_404(request, pk)
        if person.merged_into_id:
            return redirect("candidates:candidate", person.merged_into_id)
        return show_candidate(request, person)


@require_http_methods(["GET", "HEAD", "POST"])
def candidate_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    person = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, person))
    if request.method != "POST":
        context = {"form": CandidateForm.of(person), "candidate": person}
        return render(request, "candidates/candidates/edit.html", context)
    form = CandidateForm(request.POST)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            update_candidate(candidate=person, details=form.details)
        except Refused as refused:
            form.add_error(None, refused.message)
            status = status_of(refused)
        else:
            messages.success(request, "Saved.")
            return redirect("candidates:candidate", person.pk)
    return render(request, "candidates/candidates/edit.html", {"form": form, "candidate": person}, status=status)
