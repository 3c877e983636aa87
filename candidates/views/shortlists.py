"""Shortlists: the lists, and one as staff build it, as hiring managers read it, as the client evaluates it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from candidates.enums import Opened
from candidates.forms.shortlists import OrderForm, ReasonForm, ReviewerForm, ShownForm, WhyForm
from candidates.models import Report, Shortlist, ShortlistReviewer
from candidates.permissions.shortlists import can_edit_shortlists
from candidates.queries.openings import readers_of
from candidates.queries.shortlist_versions import history_of
from candidates.queries.shortlists import (
    client_page,
    may_prepare,
    reviewers_to_name,
    staff_rows,
    waiting_overrides,
    whole,
    with_counts,
)
from candidates.services.evaluation_reminders import remind_by_hand
from candidates.services.openings import record_opening
from candidates.services.opinions import record_opinions_seen
from candidates.services.shortlists import (
    OrderNeedsReason,
    choose_what_client_sees,
    create_shortlist,
    name_reviewer,
    order_entries,
    release_reviewer,
    remove_reviewer,
    withdraw_shortlist,
)
from rubrics.enums import NameForm
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.paging import page_of
from screening.accounts.permissions import allow

REFUSED = 422


@require_safe
def shortlists(request: AuthedRequest) -> HttpResponse:
    found = with_counts(Shortlist.objects.visible_to(request.user), request.user)
    page = page_of(found.order_by("-created_at", "-pk"), request)
    return render(request, "candidates/shortlists/list.html", {"page": page})


@require_safe
def role_shortlists(request: AuthedRequest, slug: str) -> HttpResponse:
    role = get_object_or_404(Role.objects.visible_to(request.user).select_related("client"), slug=slug)
    found = with_counts(Shortlist.objects.visible_to(request.user).filter(role=role), request.user)
    context = {
        "role": role,
        "page": page_of(found.order_by("-number"), request),
        "may_edit": can_edit_shortlists(request.user),
        "overrides": waiting_overrides(role, request.user),
    }
    return render(request, "candidates/shortlists/role.html", context)


@require_POST
def shortlist_new(request: AuthedRequest, slug: str) -> HttpResponse:
    allow(can_edit_shortlists(request.user))
    role = get_object_or_404(Role.objects.visible_to(request.user), slug=slug)
    created = create_shortlist(role=role, by=request.user)
    messages.success(request, f"Shortlist {created.number} is ready to be filled.")
    return redirect("candidates:shortlist_add", created.pk)


@require_safe
def shortlist(request: AuthedRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    if request.user.is_client_reviewer:
        return _show_client(request, found)
    return show_inside(request, found)


@require_safe
def shortlist_preview(request: AuthedRequest, pk: int) -> HttpResponse:
    """As the client will read it before they evaluate."""
    allow(can_edit_shortlists(request.user))
    return _show_client(request, visible(request, pk), preview=True)


def visible(request: AuthedRequest, pk: int) -> Shortlist:
    return get_object_or_404(whole(Shortlist.objects.visible_to(request.user), request.user), pk=pk)


def editable(request: AuthedRequest, pk: int) -> Shortlist:
    allow(can_edit_shortlists(request.user))
    return visible(request, pk)


def _show_client(request: AuthedRequest, found: Shortlist, *, preview: bool = False) -> HttpResponse:
    record_opening(
        user=request.user, shortlist=found.pk, version=found.version, what=Opened.SHORTLIST, now=timezone.now()
    )
    reports = Report.objects.visible_to(request.user).filter(shortlist=found, version=found.version)
    context = {
        "shortlist": found,
        "page": client_page(found, request.user, preview=preview),
        "reviewers": found.reviewers.select_related("user"),
        "rendering": None if preview else reports.order_by("rendering").values_list("rendering", flat=True).first(),
        "preview": preview,
        "history": history_of(found, request.user, form=found.name_form),
    }
    return render(request, "candidates/shortlists/client.html", context)


def show_inside(request: AuthedRequest, found: Shortlist, *, status: int = 200, **forms: Any) -> HttpResponse:
    edits = bool(can_edit_shortlists(request.user))
    rows = staff_rows(found, request.user, with_incidents=edits and found.is_draft)
    record_opinions_seen(user=request.user, applications=[row.entry.application_id for row in rows], now=timezone.now())
    people = reviewers_to_name(found)
    renews = edits and found.state == "presented" and may_prepare(found)
    context = {
        "shortlist": found,
        "role": found.role,
        "rows": rows,
        "reviewers": found.reviewers.select_related("user", "released_by"),
        "may_edit": edits and found.is_draft,
        "readers": readers_of(found, {row.entry.pk: row.name for row in rows})
        if edits and found.presented_at
        else None,
        "may_manage": edits and found.state in {"draft", "presented"},
        "shown_form": ShownForm.of(found),
        "reviewer_form": ReviewerForm(people=people),
        "may_renew": renews,
        "history": history_of(found, request.user, form=NameForm.FULL if edits else found.role.name_form),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
        "release_form": ReasonForm(auto_id=False),
        **forms,
    }
    return render(request, "candidates/shortlists/detail.html", context, status=status)


def carry_out(request: AuthedRequest, found: Shortlist, act: Callable[[], object], done: str = "") -> HttpResponse:
    """One step on a shortlist; what the service refuses is said on the same page."""
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
        return show_inside(request, found, status=refused.status)
    if done:
        messages.success(request, done)
    return redirect("candidates:shortlist", found.pk)


@require_POST
def order(request: AuthedRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    form = OrderForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That is no order of this list. Look at it again.")
        return show_inside(request, found, status=REFUSED)
    wanted = form.new_order(list(found.entries.order_by("position").values_list("pk", flat=True)))
    try:
        order_entries(shortlist=found, order=wanted, why=form.cleaned_data["why"])
    except OrderNeedsReason as refused:
        context = {"asked_order": ",".join(map(str, wanted)), "asked_why": refused.message, "why_form": WhyForm()}
        return show_inside(request, found, status=refused.status, **context)
    except Refused as refused:
        messages.error(request, refused.message)
        return show_inside(request, found, status=refused.status)
    return redirect("candidates:shortlist", found.pk)


@require_POST
def shown(request: AuthedRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    form = ShownForm(request.POST)
    if not form.is_valid():
        return show_inside(request, found, status=REFUSED, shown_form=form)
    return carry_out(request, found, lambda: choose_what_client_sees(shortlist=found, shown=form.shown), "Saved.")


@require_POST
def reviewer_new(request: AuthedRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    form = ReviewerForm(request.POST, people=reviewers_to_name(found))
    if not form.is_valid():
        return show_inside(request, found, status=REFUSED, reviewer_form=form)
    person, must = form.cleaned_data["person"], form.cleaned_data["must"]
    return carry_out(
        request,
        found,
        lambda: name_reviewer(shortlist=found, user=person, must=must),
        f"{person.name} is asked to evaluate.",
    )


@require_POST
def reviewer_remove(request: AuthedRequest, pk: int, reviewer: int) -> HttpResponse:
    found = editable(request, pk)
    named = get_object_or_404(
        ShortlistReviewer.objects.select_related("user", "shortlist"), pk=reviewer, shortlist=found
    )
    return carry_out(request, found, lambda: remove_reviewer(reviewer=named), f"{named.user.name} is asked no longer.")


@require_POST
def reviewer_release(request: AuthedRequest, pk: int, reviewer: int) -> HttpResponse:
    found = editable(request, pk)
    named = get_object_or_404(
        ShortlistReviewer.objects.select_related("user", "shortlist"), pk=reviewer, shortlist=found
    )
    return carry_out(
        request,
        found,
        lambda: release_reviewer(
            reviewer=named, reason=request.POST.get("reason", "")[:500], by=request.user, now=timezone.now()
        ),
        f"{named.user.name} is released; the decision waits for them no longer.",
    )


@require_POST
def reviewer_remind(request: AuthedRequest, pk: int, reviewer: int) -> HttpResponse:
    found = editable(request, pk)
    named = get_object_or_404(ShortlistReviewer.objects.select_related("user"), pk=reviewer, shortlist=found)
    return carry_out(
        request,
        found,
        lambda: remind_by_hand(reviewer=named, now=timezone.now()),
        f"{named.user.name} gets a reminder.",
    )


@require_POST
def withdraw(request: AuthedRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    return carry_out(
        request,
        found,
        lambda: withdraw_shortlist(
            shortlist=found, reason=request.POST.get("reason", "")[:500], by=request.user, now=timezone.now()
        ),
        "The shortlist is withdrawn.",
    )
