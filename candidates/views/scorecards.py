"""A scorecard: written and saved as one types, sealed, read, amended."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.enums import Recommendation
from candidates.forms.drafts import (
    DraftForm,
    Values,
    differences,
    dimension_blocks,
    draft_of,
    question_blocks,
    values_of,
)
from candidates.forms.scorecards import AmendForm, SubmitForm
from candidates.gates.scorecards import missing_to_submit
from candidates.models import Scorecard
from candidates.permissions.scorecards import (
    can_amend_scorecard,
    can_approve_correction,
    can_discard_amendment,
    can_write_scorecard,
)
from candidates.queries.cv import cv_preview
from candidates.queries.scorecards import Sheet, sheet_of, with_context
from candidates.services.drafts import NewerTextSaved, save_draft
from candidates.services.opinions import record_opinions_seen
from candidates.services.scorecards import amend_scorecard, approve_correction, discard_amendment, submit_scorecard
from rubrics.gates.base import GateRefused, Missing
from rubrics.models import RubricVersion
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

REFUSED, CONFLICT = 422, 409


def _keys(request: AuthedRequest, version: RubricVersion) -> list[tuple[str, str]]:
    review = ("Ctrl Enter", "Review and seal")
    if not request.user.single_key_shortcuts:
        return [review]
    return [
        (f"{version.lowest}–{version.highest}", "Choose that level"),
        ("N", "Not assessed"),
        ("J", "Next dimension"),
        ("K", "Previous dimension"),
        ("E", "Evidence of this dimension"),
        ("Q", "Notes on the question being asked"),
        ("Esc", "Out of a text, back to the levels"),
        review,
    ]


def _visible(request: AuthedRequest, pk: int) -> Scorecard:
    return get_object_or_404(with_context(Scorecard.objects.visible_to(request.user)), pk=pk)


@never_cache
@require_safe
def scorecard(request: AuthedRequest, pk: int) -> HttpResponse:
    """One's own draft to write on; anything else to read."""
    card = _visible(request, pk)
    sheet = sheet_of(card, request.user)
    if can_write_scorecard(request.user, card) and card.interview.takes_place:
        return _write(request, sheet, values_of(draft_of(sheet), sheet))
    application = card.interview.application
    if card.interviewer_id != request.user.pk:
        record_opinions_seen(user=request.user, applications=[application.pk], now=timezone.now())
    context = {
        "sheet": sheet,
        "card": card,
        "may_amend": can_amend_scorecard(request.user, card),
        "may_approve": _awaits_approval(card) and can_approve_correction(request.user, card),
        "amendments": _amendments(request, card),
    }
    return render(request, "candidates/scorecards/read.html", context)


def _amendments(request: AuthedRequest, card: Scorecard) -> QuerySet[Scorecard]:
    """Of an original; whoever amends an amendment amends the original once more."""
    visible = Scorecard.objects.visible_to(request.user).submitted()
    return visible.none() if card.amends_id else visible.filter(amends=card).order_by("pk")


def _awaits_approval(card: Scorecard) -> bool:
    return card.is_submitted and card.corrects_fact and card.correction_approved_at is None


def _write(request: AuthedRequest, sheet: Sheet, values: Values, *, status: int = 200, **extra: Any) -> HttpResponse:
    card = sheet.scorecard
    role = card.interview.application.role
    dimensions = dimension_blocks(sheet, values)
    context = {
        "sheet": sheet,
        "card": card,
        "values": {name: found[-1] for name, found in values.items() if found},
        "questions": question_blocks(sheet, values),
        "dimensions": dimensions,
        "done": sum(block.is_done for block in dimensions),
        "recommendations": Recommendation.choices,
        "keys": _keys(request, card.interview.kit.version),
        "cv": cv_preview(card.interview.application) if role.cv_before_scoring else "",
        **extra,
    }
    return render(request, "candidates/scorecards/write.html", context, status=status)


@require_POST
def draft(request: AuthedRequest, pk: int) -> HttpResponse:
    """Save what is on the page: for its script, which wants a short answer, or for a plain form, which goes on."""
    card = get_object_or_404(Scorecard.objects.visible_to(request.user), pk=pk, interviewer=request.user)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _not_saved(request, pk, form, form.problem, REFUSED)
    revision = form.cleaned_data["revision"]
    try:
        saved = save_draft(scorecard=card, draft=form.draft(), revision=revision, by=request.user, now=timezone.now())
    except NewerTextSaved:
        return _conflict(request, pk, form)
    except Refused as refused:
        return _not_saved(request, pk, form, refused.message, refused.status)
    return _saved(request, saved)


def _saved(request: AuthedRequest, card: Scorecard) -> HttpResponse:
    if request.accepts("text/html"):
        messages.success(request, "Saved.")
        step = "scorecard_submit" if request.POST.get("then") == "review" else "scorecard"
        return redirect(f"candidates:{step}", pk=card.pk)
    return JsonResponse({"revision": card.revision, "saved": _clock(card)})


def _clock(card: Scorecard) -> str:
    return f"{timezone.localtime(card.saved_at):%H:%M}" if card.saved_at else ""


def _not_saved(request: AuthedRequest, pk: int, form: DraftForm, problem: str, status: int) -> HttpResponse:
    if not request.accepts("text/html"):
        return JsonResponse({"problem": problem}, status=status)
    sheet = sheet_of(_visible(request, pk), request.user)
    if not sheet.scorecard.is_draft:
        messages.error(request, problem)
        return redirect("candidates:scorecard", pk=pk)
    return _write(request, sheet, form.values, status=status, problem=problem)


def _conflict(request: AuthedRequest, pk: int, form: DraftForm) -> HttpResponse:
    """Both texts, to choose from. The same text saved twice is no conflict."""
    sheet = sheet_of(_visible(request, pk), request.user)
    card = sheet.scorecard
    found = differences(sheet, form.draft())
    if not found:
        return _saved(request, card)
    context = {"card": card, "differences": found}
    if request.accepts("text/html"):
        return _write(request, sheet, form.values, status=CONFLICT, **context)
    panel = render_to_string("candidates/scorecards/_conflict.html", context, request)
    saved = values_of(draft_of(sheet), sheet)
    return JsonResponse({"revision": card.revision, "fields": saved, "panel": panel}, status=CONFLICT)


@never_cache
@require_http_methods(["GET", "POST"])
def submit(request: AuthedRequest, pk: int) -> HttpResponse:
    """What will be sealed, exactly as it is saved, and what is missing; then sealing it. Twice is once."""
    card = get_object_or_404(Scorecard.objects.visible_to(request.user).select_related("interview"), pk=pk)
    if can_amend_scorecard(request.user, card):
        return redirect("candidates:scorecard", pk=pk)
    allow(can_write_scorecard(request.user, card))
    if request.method == "POST":
        form = SubmitForm(request.POST)
        erase = form.is_valid() and form.cleaned_data["erase_private_note"]
        try:
            submit_scorecard(scorecard=card, by=request.user, now=timezone.now(), erase_private_note=erase)
        except GateRefused:
            return _review(request, pk, status=REFUSED)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("candidates:scorecard", pk=pk)
        messages.success(request, "Your scorecard is sealed.")
        return redirect("candidates:debrief", pk=card.interview.application_id)
    return _review(request, pk)


@dataclass(frozen=True)
class ToMend:
    """What is missing, and where on the scorecard's page it goes."""

    text: str
    url: str


def _to_mend(missing: Missing, sheet: Sheet) -> ToMend:
    _, _, key = missing.code.partition(":")
    places = {one.dimension.key: f"dimension-{one.pk}" for one in sheet.dimensions}
    page = reverse("candidates:scorecard", args=[sheet.scorecard.pk])
    return ToMend(missing.text, f"{page}#{places.get(key, 'overall')}")


def _review(request: AuthedRequest, pk: int, *, status: int = 200) -> HttpResponse:
    card = _visible(request, pk)
    sheet = sheet_of(card, request.user)
    context = {
        "sheet": sheet,
        "card": card,
        "missing": [_to_mend(one, sheet) for one in missing_to_submit(card, sheet.in_rubric_order)],
        "form": SubmitForm(),
    }
    return render(request, "candidates/scorecards/submit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def amend(request: AuthedRequest, pk: int) -> HttpResponse:
    card = _visible(request, pk)
    allow(can_amend_scorecard(request.user, card))
    form = AmendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            amendment = amend_scorecard(
                scorecard=card, reason=given["reason"], corrects_fact=given["corrects_fact"], by=request.user
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("candidates:scorecard", pk=amendment.pk)
    context = {"card": card, "sheet": sheet_of(card, request.user), "form": form}
    return render(request, "candidates/scorecards/amend.html", context, status=REFUSED if form.errors else 200)


@require_POST
def discard(request: AuthedRequest, pk: int) -> HttpResponse:
    card = _visible(request, pk)
    allow(can_discard_amendment(request.user, card))
    try:
        original = discard_amendment(scorecard=card, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("candidates:scorecard", pk=pk)
    messages.success(request, "The amendment is discarded; your scorecard stands as you sealed it.")
    return redirect("candidates:scorecard", pk=original.pk)


@require_POST
def approve(request: AuthedRequest, pk: int) -> HttpResponse:
    card = _visible(request, pk)
    allow(can_approve_correction(request.user, card))
    try:
        approve_correction(scorecard=card, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "The correction is approved and counts in the score from now on.")
    return redirect("candidates:scorecard", pk=pk)
