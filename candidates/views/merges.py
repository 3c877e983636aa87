"""Files that may be of one person: the list of them, two side by side, merging them and taking them apart."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.forms.merges import MergeForm, OtherForm
from candidates.gates.merges import missing_to_merge
from candidates.models import Candidate, Merge
from candidates.permissions.candidates import can_add_candidate, can_merge_candidate
from candidates.queries.candidates import CandidateFilter, find_candidates, named_for, sealed_from
from candidates.queries.duplicates import likely_of, pairs_page
from candidates.queries.merges import compare
from candidates.queries.paging import number_in
from candidates.services.duplicates import look_for_duplicates
from candidates.services.merges import merge_candidates, tell_apart, undo_merge
from candidates.views.answers import next_or, status_of
from candidates.views.candidate_page import candidate_or_404
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

FEW = 10


@require_safe
def duplicates(request: AuthedRequest) -> HttpResponse:
    """Of everybody, or `of` one person."""
    allow(can_add_candidate(request.user))
    asked = request.GET
    of = candidate_or_404(request, number_in(asked["of"]) or 0) if "of" in asked else None
    page = pairs_page(request.user, kind=asked.get("kind", ""), of=of, cursor=asked.get("page", ""))
    return render(request, "candidates/merges/list.html", {"page": page, "of": of})


@require_POST
def duplicates_look(request: AuthedRequest) -> HttpResponse:
    allow(can_add_candidate(request.user))
    job = look_for_duplicates(by=request.user)
    return redirect("jobs:job", job.pk)


@require_safe
def merge_choose(request: AuthedRequest, pk: int) -> HttpResponse:
    """Whoever else may be the same person, or is looked for by name."""
    person = _mergeable_or_404(request, pk)
    form = OtherForm(request.GET or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = []
    if text:
        people = find_candidates(request.user, CandidateFilter(text=text)).exclude(sealed_from(request.user))
        found = named_for(people.exclude(pk=person.pk).order_by("-created_at", "-pk")[:FEW], request.user)
    context = {
        "person": person,
        "form": form,
        "text": text,
        "found": found,
        "likely": [] if text else likely_of(request.user, person),
    }
    return render(request, "candidates/merges/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: AuthedRequest, pk: int, other: int) -> HttpResponse:
    """The first one stays, the other one goes into it; nothing happens before it was read."""
    into, going = _mergeable_or_404(request, pk), _mergeable_or_404(request, other)
    allow(into.pk != going.pk)
    if request.method != "POST":
        if into.merged_into_id or going.merged_into_id:
            return redirect("candidates:candidate", pk)
        return _preview(request, MergeForm(comparison=compare(into=into, candidate=going)))
    form = MergeForm(request.POST, comparison=compare(into=into, candidate=going))
    if not form.is_valid():
        return _preview(request, form, status=422)
    try:
        merge_candidates(
            candidate=going,
            into=into,
            theirs=form.theirs,
            live=form.live,
            seen=form.cleaned_data["seen"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        if going.merged_into_id or into.merged_into_id:
            messages.error(request, refused.message)
            return redirect("candidates:candidate", pk)
        return _preview(request, form, refused=refused, status=status_of(refused))
    messages.success(
        request, f"{going.name} and {into.name} are one file now. It can be undone here, under “Duplicates”."
    )
    return redirect("candidates:candidate", into.pk)


@require_POST
def merge_undo(request: AuthedRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Merge.objects.visible_to(request.user).select_related("candidate", "into"), pk=pk)
    allow(can_merge_candidate(request.user, found.into))
    try:
        _, kept = undo_merge(merge=found, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("candidates:candidate", found.into_id)
    stays = f" Edited since, and left as it is: {', '.join(kept)}." if kept else ""
    messages.success(request, f"They are two files again.{stays}")
    return redirect("candidates:candidate", found.candidate_id)


@require_POST
def merge_apart(request: AuthedRequest, pk: int, other: int) -> HttpResponse:
    one, two = _mergeable_or_404(request, pk), _mergeable_or_404(request, other)
    allow(one.pk != two.pk)
    tell_apart(one=one, two=two, by=request.user, now=timezone.now())
    messages.success(request, f"{one.name} and {two.name} are not proposed again.")
    return redirect(next_or(request, "candidates:duplicates"))


def _mergeable_or_404(request: AuthedRequest, pk: int) -> Candidate:
    person = candidate_or_404(request, pk)
    allow(can_merge_candidate(request.user, person))
    return person


def _preview(
    request: AuthedRequest, form: MergeForm, *, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    """As both stand now, with what was chosen; after a change of either the choice has to be read again."""
    comparison = form.comparison
    if refused is not None and not isinstance(refused, GateRefused):
        form = MergeForm(request.POST.dict() | {"seen": comparison.seen}, comparison=comparison)
    blocked = missing_to_merge(comparison)
    context = {
        "form": form,
        "comparison": comparison,
        "missing": refused.missing if isinstance(refused, GateRefused) else blocked,
        "blocked": bool(blocked),
        "refused": None if isinstance(refused, GateRefused) else refused,
    }
    return render(request, "candidates/merges/preview.html", context, status=status)
