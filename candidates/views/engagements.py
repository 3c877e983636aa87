"""After the hire: engagements, when they began and ended, and the rubric filled in again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.forms.engagements import EndForm, OutcomeForm, StartForm
from candidates.models import Application, Engagement, EngagementReview
from candidates.permissions.engagements import (
    can_end_engagement,
    can_start_engagement,
    can_write_engagement_review,
)
from candidates.queries.engagements import agreed_start, engagement_rows, outcomes, with_context
from candidates.queries.names import listings, name_for
from candidates.services.engagements import (
    NewerReviewSaved,
    end_engagement,
    save_engagement_review,
    start_engagement,
    submit_engagement_review,
)
from candidates.services.opinions import record_opinions_seen
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.paging import page_of
from screening.accounts.permissions import allow

REFUSED = 422


@require_safe
def engagements(request: AuthedRequest) -> HttpResponse:
    found = with_context(Engagement.objects.visible_to(request.user)).order_by("ended_on", "-started_on", "-pk")
    page = page_of(found, request)
    rows = engagement_rows(page.rows, request.user, today=timezone.localdate())
    return render(request, "candidates/engagements/list.html", {"page": page, "rows": rows})


@require_safe
def engagement(request: AuthedRequest, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


def _visible(request: AuthedRequest, pk: int) -> Engagement:
    return get_object_or_404(with_context(Engagement.objects.visible_to(request.user)), pk=pk)


def _show(request: AuthedRequest, found: Engagement, *, status: int = 200, **forms: Any) -> HttpResponse:
    record_opinions_seen(user=request.user, applications=[found.application_id], now=timezone.now())
    [row] = engagement_rows([found], request.user, today=timezone.localdate())
    context = {
        "engagement": found,
        "role": found.application.role,
        "row": row,
        "outcomes": outcomes(found, request.user),
        "today": timezone.localdate(),
        "may_end": can_end_engagement(request.user, found),
        "end_form": EndForm(auto_id="end_%s"),
        **forms,
    }
    return render(request, "candidates/engagements/detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_start(request: AuthedRequest, pk: int) -> HttpResponse:
    applications = Application.objects.visible_to(request.user).select_related("candidate", "role__client", "stage")
    application = get_object_or_404(applications.prefetch_related(listings()), pk=pk)
    allow(can_start_engagement(request.user, application))
    form = StartForm(request.POST or None, initial={"started_on": agreed_start(application)})
    if form.is_valid():
        try:
            started = start_engagement(
                application=application,
                started_on=form.cleaned_data["started_on"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The engagement has started. Its reviews are planned.")
            return redirect("candidates:engagement", started.pk)
    context = {"form": form, "application": application, "name": name_for(request.user, application)}
    status = REFUSED if request.method == "POST" else 200
    return render(request, "candidates/engagements/start.html", context, status=status)


@require_POST
def engagement_end(request: AuthedRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    allow(can_end_engagement(request.user, found))
    form = EndForm(request.POST, auto_id="end_%s")
    if form.is_valid():
        try:
            end_engagement(engagement=found, ended_on=form.cleaned_data["ended_on"], reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The end of the engagement is recorded.")
            return redirect("candidates:engagement", found.pk)
    return _show(request, found, status=REFUSED, end_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_review(request: AuthedRequest, pk: int) -> HttpResponse:
    """Read once given; until then its client fills it in."""
    found = _review(request, pk)
    if request.method == "POST":
        allow(can_write_engagement_review(request.user, found))
        return _submit(request, found)
    return _show_review(request, found)


def _review(request: AuthedRequest, pk: int) -> EngagementReview:
    reviews = EngagementReview.objects.visible_to(request.user).select_related(
        "reviewer", "engagement__application__candidate", "engagement__application__role", "engagement__rubric_version"
    )
    return get_object_or_404(reviews.prefetch_related("ratings", listings("engagement__application")), pk=pk)


def _submit(request: AuthedRequest, found: EngagementReview) -> HttpResponse:
    form = OutcomeForm(request.POST, dimensions=_dimensions(found))
    missing = []
    if form.is_valid():
        try:
            submit_engagement_review(
                review=found, draft=form.draft, revision=form.seen, by=request.user, now=timezone.now()
            )
        except GateRefused as refused:
            missing = refused.missing
        except NewerReviewSaved as newer:
            return _show_newer(request, found, form, newer)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "Thank you. The review is on record.")
            return redirect("candidates:engagement", found.engagement_id)
    return _show_review(request, found, form=form, missing=missing, status=REFUSED)


@require_POST
def engagement_review_save(request: AuthedRequest, pk: int) -> HttpResponse:
    """What there is so far; by htmx while they write, answered with when it was saved."""
    found = _review(request, pk)
    allow(can_write_engagement_review(request.user, found))
    form = OutcomeForm(request.POST, dimensions=_dimensions(found))
    if not form.is_valid():
        return _show_review(request, found, form=form, status=REFUSED)
    try:
        saved = save_engagement_review(
            review=found, draft=form.draft, revision=form.seen, by=request.user, now=timezone.now()
        )
    except NewerReviewSaved as newer:
        return _show_newer(request, found, form, newer)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _show_review(request, found, form=form, status=refused.status)
    if request.htmx:
        return render(request, "candidates/engagements/_saved.html", {"review": saved, "revision": saved.revision})
    messages.success(request, "Saved. Nobody reads it until it is given.")
    return redirect("candidates:engagement_review", found.pk)


def _show_newer(
    request: AuthedRequest, found: EngagementReview, form: OutcomeForm, newer: NewerReviewSaved
) -> HttpResponse:
    """Both texts: what was typed stays in the form, what was saved meanwhile stands beside it."""
    theirs = {rating.dimension_id: rating for rating in newer.review.ratings.all()}
    newest = [(one.name, theirs[one.pk]) for one in _dimensions(found) if one.pk in theirs]
    context = {"newer": newer.review, "newest": newest, "revision": form.cleaned_data.get("revision") or 0}
    if request.htmx:
        context |= {"review": newer.review}
        return render(request, "candidates/engagements/_saved.html", context, status=newer.status)
    return _show_review(request, found, form=form, status=newer.status, **context)


def _dimensions(found: EngagementReview) -> list[Any]:
    version = found.engagement.rubric_version
    return list(version.dimensions.prefetch_related("levels")) if version else []


def _show_review(
    request: AuthedRequest, found: EngagementReview, *, status: int = 200, form: OutcomeForm | None = None, **extra: Any
) -> HttpResponse:
    record_opinions_seen(user=request.user, applications=[found.engagement.application_id], now=timezone.now())
    form = form or OutcomeForm.of(found, _dimensions(found))
    given = {rating.dimension_id: rating.level for rating in found.ratings.all()}
    context = {
        "review": found,
        "role": found.engagement.application.role,
        "name": name_for(request.user, found.engagement.application),
        "form": form,
        "rows": [(one, f"level-{one.pk}", form.chosen.get(one.pk), given.get(one.pk)) for one in form.dimensions],
        "may_write": can_write_engagement_review(request.user, found),
        "revision": (form["revision"].value() or 0) if form.is_bound else found.revision,
        **extra,
    }
    return render(request, "candidates/engagements/review.html", context, status=status)
