"""What waits for the client, for a second person, and for an administrator."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from candidates.enums import ShortlistState
from candidates.models import (
    Application,
    Candidate,
    EngagementReview,
    Shortlist,
    ShortlistReviewer,
)
from candidates.queries.names import listings, name_for
from candidates.queries.today import MOST, Item, Items, shortened
from rubrics.enums import GateName, RoleStatus
from rubrics.gates.roles import missing_in_scope
from rubrics.models import GateOverride, Role, ScopeApproval
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState, JobState
from screening.jobs.models import Delivery, Job

REVIEW_SOON = timedelta(days=14)
ANSWERED_AT: dict[str, str] = {
    GateName.OPEN_ROLE: "rubrics:role",
    GateName.SHORTLIST: "candidates:role_shortlists",
    GateName.PRESENT: "candidates:role_shortlists",
}
"""The page on which an override is approved or declined."""


def overrides_waiting(user: User) -> Items:
    """Asked for by somebody else, so that this user may answer; none that tells what is thought of somebody sealed."""
    about = Application.objects.opinions_visible_to(user).filter(pk=OuterRef("subject"))
    about_others = ~Q(gate=GateName.SHORTLIST) | Exists(about)
    shortlists = Shortlist.objects.visible_to(user).filter(pk=OuterRef("subject"))
    open_lists = ~Q(gate=GateName.PRESENT) | Exists(shortlists)
    known = GateOverride.objects.visible_to(user).filter(about_others, open_lists)
    waiting = known.unanswered().exclude(asked_by=user)
    return shortened(
        Item(
            f"{one.get_gate_display()}, {one.role.title}",
            reverse(ANSWERED_AT[one.gate], args=[one.role.slug]),
            why=f"{one.asked_by.name} asks for your approval",
            at=one.asked_at,
            mailed=True,
        )
        for one in waiting.select_related("role", "asked_by").order_by("asked_at")[: MOST + 1]
    )


def shortlists_to_evaluate(user: User) -> Items:
    """Presented to this reviewer, with people they have not judged yet."""
    done = Count(
        "shortlist__entries__reviews",
        filter=Q(
            shortlist__entries__left_in=None,
            shortlist__entries__reviews__reviewer=user,
            shortlist__entries__reviews__committed_at__isnull=False,
        ),
        distinct=True,
    )
    asked = (
        ShortlistReviewer.objects.filter(user=user, released_at=None, shortlist__in=Shortlist.objects.visible_to(user))
        .filter(shortlist__state=ShortlistState.PRESENTED)
        .annotate(
            done=done, entries=Count("shortlist__entries", filter=Q(shortlist__entries__left_in=None), distinct=True)
        )
        .filter(done__lt=F("entries"))
        .select_related("shortlist__role")
        .order_by("shortlist__presented_at")
    )
    return shortened(
        Item(
            f"{one.shortlist}, {one.shortlist.role.title}",
            reverse("candidates:shortlist", args=[one.shortlist_id]),
            why=f"{one.done} of {one.entries} evaluated",
            at=one.shortlist.presented_at,
            mailed=True,
        )
        for one in asked[: MOST + 1]
    )


def scopes_to_approve(user: User) -> Items:
    """Scopes of the client's own roles that are complete and not approved as they stand."""
    roles = list(
        Role.objects.visible_to(user).filter(status=RoleStatus.DRAFT, scope__isnull=False).select_related("scope")[:50]
    )
    approved = ScopeApproval.objects.filter(role__in=roles).values_list("role_id", "content")
    known = [(role, content) for role, content in approved]
    return shortened(
        Item(
            role.title, reverse("rubrics:role", args=[role.slug]), why="The scope waits for your approval", mailed=True
        )
        for role in roles
        if not missing_in_scope(role.scope) and (role.pk, role.scope.content) not in known
    )


def engagement_reviews_due(user: User, today: date) -> Items:
    due = (
        EngagementReview.objects.visible_to(user)
        .filter(submitted_at=None, due_on__lte=today + REVIEW_SOON, engagement__ended_on=None)
        .select_related("engagement__application__candidate", "engagement__application__role")
        .prefetch_related(listings("engagement__application"))
        .order_by("due_on", "pk")
    )
    return shortened(
        Item(
            name_for(user, one.engagement.application),
            reverse("candidates:engagement_review", args=[one.pk]),
            why=f"{one.get_day_display()} · {one.engagement.application.role.title} · due {one.due_on:%-d %B}",
            late=one.due_on < today,
        )
        for one in due[: MOST + 1]
    )


def for_administrator() -> Items:
    """Erasures asked for, work that failed, mail that could not be delivered; one statement."""
    erasures = Candidate.objects.filter(erasure_requested_at__isnull=False, erased_at=None, merged_into=None)
    jobs = Job.objects.filter(state=JobState.FAILED)
    mails = Delivery.objects.filter(state=DeliveryState.FAILED)
    rows = _rows(erasures, "erasure", "name", "erasure_requested_at").union(
        _rows(jobs, "job", "title", "finished_at"), _rows(mails, "mail", "subject", "created_at"), all=True
    )
    return shortened(
        _ITEM[kind](ref, title, at) for kind, ref, title, at in rows.order_by("what", "-moment")[: MOST * 3]
    )


def _rows(queryset: QuerySet[Any], kind: str, title: str, at: str) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = (
        queryset.order_by()
        .annotate(
            what=Value(kind, output_field=CharField()),
            ref=Cast("pk", TextField()),
            words=Cast(title, TextField()),
            moment=F(at),
        )
        .values_list("what", "ref", "words", "moment")
    )
    return rows


def _erasure(ref: str, title: str, at: datetime) -> Item:
    return Item(title, reverse("candidates:candidate", args=[ref]), why="asks to have their data erased", at=at)


def _job(ref: str, title: str, at: datetime) -> Item:
    return Item(title, reverse("jobs:job", args=[ref]), why="failed", at=at)


def _mail(ref: str, title: str, at: datetime) -> Item:
    return Item(title, reverse("jobs:delivery", args=[ref]), why="could not be delivered", at=at)


_ITEM = {"erasure": _erasure, "job": _job, "mail": _mail}
