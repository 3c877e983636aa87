"""One shortlisted person: chosen, described, taken off, read; and what the client makes of them."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.enums import DocumentKind, Opened
from candidates.forms.decisions import DecisionForm
from candidates.forms.offers import AnswerForm, OfferForm
from candidates.forms.reviews import ReviewForm
from candidates.forms.shortlists import ReasonForm, SummaryForm
from candidates.gates.shortlists import missing_to_commit, missing_to_decide, shortlist_choices, waivable_to_shortlist
from candidates.models import Application, Document, Offer, Shortlist, ShortlistEntry
from candidates.permissions.shortlists import can_edit_shortlists, takes_decisions
from candidates.queries.claims import citable_evidence
from candidates.queries.client_questions import threads_of
from candidates.queries.decisions import OpeningsLeft
from candidates.queries.entries import EntryPage, entry_page, with_context
from candidates.queries.meetings import MeetingLine, meeting_lines
from candidates.queries.shortlists import inside_name, is_ranking_open, suggested
from candidates.services.openings import record_opening
from candidates.services.opinions import record_opinions_seen
from candidates.services.shortlists import add_entry, remove_entry, write_entry
from candidates.views.shortlists import carry_out, editable, show_inside
from rubrics.enums import GateName
from rubrics.services.overrides import ask_override
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User
from screening.accounts.permissions import allow

REFUSED = 422
EXTENSIONS = {"application/pdf": "pdf"}


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: AuthedRequest, pk: int) -> HttpResponse:
    """The people of the role by score, each with what the gate says."""
    found = editable(request, pk)
    if request.method != "POST":
        return _show_choices(request, found)
    application = _of_role(request, found)
    try:
        add_entry(shortlist=found, application=application, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
        return _show_choices(request, found, status=refused.status)
    messages.success(request, f"{application.candidate.name} is on the shortlist.")
    return redirect("candidates:shortlist_add", found.pk)


def _of_role(request: AuthedRequest, found: Shortlist) -> Application:
    """Somebody whose score the person may know: nobody chooses on what is sealed from them."""
    open_ones = Application.objects.opinions_visible_to(request.user).in_play().filter(role=found.role_id)
    wanted = request.POST.get("application", "")
    pk = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
    return get_object_or_404(open_ones.select_related("candidate", "stage"), pk=pk)


def _show_choices(request: AuthedRequest, found: Shortlist, *, status: int = 200) -> HttpResponse:
    choices = shortlist_choices(suggested(found, request.user))
    record_opinions_seen(
        user=request.user, applications=[choice.application.pk for choice in choices], now=timezone.now()
    )
    context = {
        "shortlist": found,
        "role": found.role,
        "ranked": [choice for choice in choices if choice.score.rankable],
        "unranked": [choice for choice in choices if not choice.score.rankable],
        "shows_ties": is_ranking_open(found.role, request.user),
        "override_form": ReasonForm(auto_id=False),
    }
    return render(request, "candidates/shortlists/add.html", context, status=status)


@require_POST
def override(request: AuthedRequest, pk: int) -> HttpResponse:
    """Ask a colleague to let somebody on all the same."""
    found = editable(request, pk)
    application = _of_role(request, found)
    try:
        ask_override(
            gate=GateName.SHORTLIST,
            role=found.role,
            subject=application.pk,
            missing=waivable_to_shortlist(application),
            reason=request.POST.get("reason", ""),
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, refused.message)
        return _show_choices(request, found, status=refused.status)
    messages.success(request, "Your colleagues are asked. Once one approves, you can add them.")
    return redirect("candidates:shortlist_add", found.pk)


def visible_entry(request: AuthedRequest, pk: int) -> ShortlistEntry:
    return get_object_or_404(with_context(ShortlistEntry.objects.visible_to(request.user), request.user), pk=pk)


@require_safe
def entry(request: AuthedRequest, pk: int) -> HttpResponse:
    return show_entry(request, visible_entry(request, pk))


@require_safe
def entry_preview(request: AuthedRequest, pk: int) -> HttpResponse:
    """As the client will read it before they evaluate."""
    allow(can_edit_shortlists(request.user))
    found = visible_entry(request, pk)
    page = entry_page(found, request.user, preview=True)
    form = ReviewForm(dimensions=[one.dimension for one in page.dimensions])
    context = _context(found, page, page.person.name) | {"form": form, "chosen": {}, "preview": True}
    return render(request, "candidates/entries/client.html", context)


def show_entry(request: AuthedRequest, found: ShortlistEntry, *, status: int = 200, **forms: Any) -> HttpResponse:
    page = entry_page(found, request.user)
    if request.user.is_client_reviewer:
        return _show_client(request, found, page, status=status, **forms)
    record_opinions_seen(user=request.user, applications=[found.application_id], now=timezone.now())
    context = _context(found, page, inside_name(request.user, found, found.shortlist.role))
    context |= _deciding(request, found, page) | _said(found, request.user) | forms
    return render(request, "candidates/entries/inside.html", context, status=status)


def _show_client(
    request: AuthedRequest, found: ShortlistEntry, page: EntryPage, *, status: int, **forms: Any
) -> HttpResponse:
    request.user.client = found.shortlist.role.client  # theirs, and loaded: the menu names it
    now = timezone.now()
    record_opening(
        user=request.user,
        shortlist=found.shortlist_id,
        what=Opened.ENTRY,
        entry=found.pk,
        version=found.shortlist.version,
        now=now,
    )
    context = _context(found, page, page.person.name) | _said(found, request.user)
    context["may_meet"] = _may_meet(page, context["meetings"])
    if page.is_committed:
        context |= _deciding(request, found, page)
    else:
        form = forms.get("form") or ReviewForm.of(page.own, [one.dimension for one in page.dimensions])
        context |= {
            "form": form,
            "chosen": form.chosen,
            "missing": missing_to_commit(page.own, now=now) if page.own else None,
        }
    return render(request, "candidates/entries/client.html", context | forms, status=status)


def _context(found: ShortlistEntry, page: EntryPage, name: str) -> dict[str, Any]:
    return {"entry": found, "shortlist": found.shortlist, "role": found.shortlist.role, "page": page, "name": name}


def _said(found: ShortlistEntry, user: User) -> dict[str, Any]:
    """What the client asked us for on this person's account, as far as the reader may know."""
    return {"threads": threads_of(found, user), "meetings": meeting_lines(found, user)}


def _may_meet(page: EntryPage, meetings: list[MeetingLine]) -> bool:
    """Whether to offer asking; the page for it says what is missing."""
    asked = any(one.is_mine and one.is_open for one in meetings)
    return not asked and page.decision is None and page.entry.left_in is None


def _deciding(request: AuthedRequest, found: ShortlistEntry, page: EntryPage) -> dict[str, Any]:
    if not takes_decisions(request.user):
        return {}
    return {
        "missing_to_decide": missing_to_decide(found, now=timezone.now()),
        "decision_form": DecisionForm(for_client=not request.user.is_client_reviewer),
        "openings": OpeningsLeft(found.shortlist.role.openings, found.hired, found.offered),  # type: ignore[attr-defined]  # annotated
        **_offering(page.offer),
    }


def _offering(offer: Offer | None) -> dict[str, Any]:
    initial = {"starts_on": offer.starts_on, "terms": offer.terms} if offer else {}
    return {
        "offer_form": OfferForm(initial=initial, auto_id="offer_%s"),
        "answer_form": AnswerForm(auto_id="answer_%s"),
    }


@require_POST
def summary(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_edit_shortlists(request.user))
    found = visible_entry(request, pk)
    form = SummaryForm(request.POST, evidence=citable_evidence(found))
    listed = editable(request, found.shortlist_id)
    if not form.is_valid():
        return show_inside(request, listed, status=REFUSED, summary_form=form, summary_of=found.pk)
    rests_on = [told.pk for told in form.cleaned_data["rests_on"]]
    return carry_out(
        request,
        listed,
        lambda: write_entry(entry=found, summary=form.cleaned_data["summary"], rests_on=rests_on),
        "Saved.",
    )


@require_POST
def remove(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_edit_shortlists(request.user))
    found = visible_entry(request, pk)
    return carry_out(
        request,
        editable(request, found.shortlist_id),
        lambda: remove_entry(entry=found, by=request.user, now=timezone.now()),
        f"{found.application.candidate.name} is off the shortlist.",
    )


@require_safe
def entry_cv(request: AuthedRequest, pk: int) -> FileResponse:
    """The newest CV, where the recruiter chose that the client reads it; under a name that tells nobody's."""
    found = visible_entry(request, pk)
    documents = Document.objects.visible_to(request.user).filter(
        candidate=found.application.candidate_id, kind=DocumentKind.CV
    )
    document = documents.order_by("-uploaded_at", "-pk").first()
    if document is None or (request.user.is_client_reviewer and not found.shortlist.show_cv):
        raise Http404
    name = f"cv-{found.pk}.{EXTENSIONS.get(document.content_type, 'docx')}"
    return FileResponse(document.file.open("rb"), as_attachment=True, filename=name, content_type=document.content_type)
