"""Putting people before a client: choosing, ordering with reasons, presenting, withdrawing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Max, Prefetch, Q, prefetch_related_objects

from candidates.enums import Citation, ShortlistState, ShowPanel
from candidates.gates.shortlists import missing_to_present, missing_to_shortlist, with_client_already
from candidates.models import (
    Application,
    EntryClaim,
    Meeting,
    Shortlist,
    ShortlistEntry,
    ShortlistReviewer,
    VersionPlace,
)
from candidates.queries.claims import citable_evidence
from candidates.queries.reports import built_of, present_fingerprints
from candidates.services.applications import enter_stage, enter_stage_together
from candidates.services.meetings import call_off_void
from candidates.services.scores import snapshot_score
from rubrics.enums import NameForm, StageKind
from rubrics.gates.base import pass_gate
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import Letter, queue_mail, queue_mails

Placed = TypeVar("Placed", ShortlistEntry, VersionPlace)


class OrderNeedsReason(Refused):
    """The order departs from the scores and nobody has said why."""


@dataclass(frozen=True)
class ShownToClient:
    name_form: NameForm
    show_cv: bool
    show_panel: ShowPanel


@transaction.atomic
def create_shortlist(*, role: Role, by: User) -> Shortlist:
    Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    last = role.shortlists.aggregate(last=Max("number"))["last"] or 0
    return Shortlist.objects.create(role=role, number=last + 1, created_by=by)


@transaction.atomic
def add_entry(*, shortlist: Shortlist, application: Application, by: User, now: datetime) -> ShortlistEntry:
    """Put somebody on a draft, after those already there, with their score frozen. Raises GateRefused."""
    locked = _lock_draft(shortlist)
    if application.role_id != locked.role_id:
        raise Refused("This person applied for another role.")
    if locked.entries.filter(application=application).exists():
        raise Refused("This person is already on the shortlist.")
    pass_gate(missing_to_shortlist(application))
    snapshot = snapshot_score(application=application, cited_by=Citation.SHORTLIST, now=now)
    others = list(locked.entries.select_related("snapshot").order_by("position"))
    entry = ShortlistEntry.objects.create(
        shortlist=locked, application=application, position=len(others) + 1, snapshot=snapshot
    )
    others.insert(place_by_score(others, entry), entry)
    _renumber(others)
    enter_stage(application=application, kind=StageKind.SHORTLISTED, by=by, now=now, reason="")
    return entry


def place_by_score(others: Sequence[Placed], entry: Placed) -> int:
    """Behind the last one who scores no less: nobody stands before a higher score unless somebody said why."""
    return max((place for place, other in enumerate(others, start=1) if _score(other) >= _score(entry)), default=0)


def _score(entry: ShortlistEntry | VersionPlace) -> float:
    return entry.snapshot.score if entry.snapshot else float("-inf")


@transaction.atomic
def remove_entry(*, entry: ShortlistEntry, by: User, now: datetime) -> None:
    """Take somebody off a draft; they go back to Scored."""
    locked = _lock_draft(entry.shortlist)
    application = entry.application_id
    entry.delete()
    _renumber(list(locked.entries.order_by("position")))
    return_to_scored([application], by=by, now=now, reason="taken off the shortlist")


def return_to_scored(applications: Sequence[int], *, by: User, now: datetime, reason: str) -> None:
    """Those who stand on no other shortlist, and to Shortlisted those whose others are all drafts.

    Who was rejected or withdrew meanwhile stays where they are.
    """
    open_lists = Q(shortlist__state__in=[ShortlistState.DRAFT, ShortlistState.PRESENTED])
    elsewhere = ShortlistEntry.objects.on_list().filter(open_lists, application__in=applications, decisions=None)
    planned = VersionPlace.objects.filter(application__in=applications, version__presented_at=None)
    returning = Application.objects.in_stage(StageKind.SHORTLISTED, StageKind.WITH_CLIENT).filter(pk__in=applications)
    freed = returning.exclude(pk__in=elsewhere.values("application")).exclude(pk__in=planned.values("application"))
    people = list(freed.values_list("pk", flat=True))
    enter_stage_together(applications=people, kind=StageKind.SCORED, by=by, now=now, reason=reason)
    presented = elsewhere.filter(shortlist__state=ShortlistState.PRESENTED)
    left = Application.objects.in_stage(StageKind.WITH_CLIENT).filter(pk__in=applications)
    drafted = left.exclude(pk__in=presented.values("application")).values_list("pk", flat=True)
    enter_stage_together(applications=drafted, kind=StageKind.SHORTLISTED, by=by, now=now, reason=reason)


@transaction.atomic
def order_entries(*, shortlist: Shortlist, order: Sequence[int], why: str) -> None:
    """Set the order by entry ids. Where somebody stands before a person with a higher score, a reason is needed."""
    locked = _lock_draft(shortlist)
    entries = {entry.pk: entry for entry in locked.entries.select_related("snapshot")}
    if set(order) != set(entries) or len(order) != len(entries):
        raise Refused("The list has changed meanwhile. Look at it again and then order it.")
    ordered = [entries[pk] for pk in order]
    give_reason(ordered, why)
    _renumber(ordered)
    ShortlistEntry.objects.bulk_update(ordered, ["why"])


def give_reason(ordered: Sequence[Placed], why: str) -> None:
    """Say of everybody out of order why, and of nobody else. Raises OrderNeedsReason where that is not known."""
    departed = {entry.pk for entry in out_of_order(ordered)}
    if any(not entry.why for entry in ordered if entry.pk in departed) and not why.strip():
        raise OrderNeedsReason("This order departs from the scores. Say why; the client will read it.")
    for entry in ordered:
        entry.why = (why.strip() or entry.why) if entry.pk in departed else ""


def out_of_order(ordered: Sequence[Placed]) -> list[Placed]:
    """Entries that stand before somebody with a higher score."""
    scores = [_score(entry) for entry in ordered]
    return [entry for place, entry in enumerate(ordered) if any(later > scores[place] for later in scores[place + 1 :])]


def _renumber(ordered: Sequence[ShortlistEntry]) -> None:
    for position, entry in enumerate(ordered, start=1):
        entry.position = position
    ShortlistEntry.objects.bulk_update(ordered, ["position"])


@transaction.atomic
def write_entry(*, entry: ShortlistEntry, summary: str, rests_on: Collection[int] | None = None) -> ShortlistEntry:
    """The summary, and the incidents (ids) it rests on where they are given. Raises Refused for another's incident."""
    locked = _lock_draft(entry.shortlist)
    entry.summary = summary.strip()
    entry.save(update_fields=["summary"])
    if rests_on is not None:
        entry.shortlist = locked
        _cite(entry, set(rests_on))
    return entry


def _cite(entry: ShortlistEntry, wanted: set[int]) -> None:
    known = set(citable_evidence(entry).filter(pk__in=wanted).values_list("pk", flat=True))
    if known != wanted:
        raise Refused("An incident you chose does not stand in a scorecard of this person that counts. Look again.")
    entry.claims.exclude(evidence__in=wanted).delete()
    EntryClaim.objects.bulk_create(
        [EntryClaim(entry=entry, evidence_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )


@transaction.atomic
def choose_what_client_sees(*, shortlist: Shortlist, shown: ShownToClient) -> Shortlist:
    locked = _lock_draft(shortlist)
    locked.name_form, locked.show_cv, locked.show_panel = shown.name_form, shown.show_cv, shown.show_panel
    locked.save(update_fields=["name_form", "show_cv", "show_panel"])
    return locked


@transaction.atomic
def name_reviewer(*, shortlist: Shortlist, user: User, must: bool) -> ShortlistReviewer:
    """Ask somebody at the client to evaluate; `must` makes the decision wait for them."""
    locked = lock_shortlist(shortlist)
    if not user.is_client_reviewer or not user.is_active or user.client_id != locked.role.client_id:
        raise Refused(f"{user.name} is not a reviewer of this client.")
    if locked.state not in {ShortlistState.DRAFT, ShortlistState.PRESENTED}:
        raise Refused("This shortlist is closed.")
    reviewer, _ = ShortlistReviewer.objects.update_or_create(shortlist=locked, user=user, defaults={"must": must})
    if not locked.is_draft:
        queue_mail(**vars(_invitation(reviewer, locked)))
    return reviewer


@transaction.atomic
def remove_reviewer(*, reviewer: ShortlistReviewer) -> None:
    """Ask somebody no longer, before anything was presented; afterwards a reviewer is released, with a reason."""
    _lock_draft(reviewer.shortlist)
    reviewer.delete()


@transaction.atomic
def release_reviewer(*, reviewer: ShortlistReviewer, reason: str, by: User, now: datetime) -> ShortlistReviewer:
    """Decide without an absent reviewer. Raises Refused without a reason, or when nobody would be left."""
    if not reason.strip():
        raise Refused("Say why this evaluation will not come.")
    if not reviewer.is_awaited:
        raise Refused(f"Nobody waits for {reviewer.user.name}.")
    siblings = ShortlistReviewer.objects.select_for_update(of=("self",)).filter(shortlist=reviewer.shortlist)
    if not any(other.is_awaited for other in siblings if other.pk != reviewer.pk):
        raise Refused("At least one reviewer has to stay who must evaluate.")
    reviewer.released_by, reviewer.released_at, reviewer.release_reason = by, now, reason.strip()
    reviewer.save(update_fields=["released_by", "released_at", "release_reason"])
    call_off_void(meetings=Meeting.objects.filter(entry__shortlist=reviewer.shortlist_id), now=now)
    return reviewer


@transaction.atomic
def present_shortlist(*, shortlist: Shortlist, by: User, now: datetime) -> Shortlist:
    """Put it before the client and tell its reviewers. Raises GateRefused."""
    locked = _lock_draft(shortlist)
    prefetch_related_objects([locked], Prefetch("reviewers", ShortlistReviewer.objects.select_related("user")))
    pass_gate(missing_to_present(locked, fingerprints=present_fingerprints(locked), built=built_of(locked)))
    locked.state = ShortlistState.PRESENTED
    locked.presented_by, locked.presented_at, locked.rubric_version = by, now, locked.role.rubric_version
    locked.save(update_fields=["state", "presented_by", "presented_at", "rubric_version"])
    people = locked.entries.values("application")
    if enter_stage_together(applications=people, kind=StageKind.WITH_CLIENT, by=by, now=now):
        pass_gate(with_client_already(locked))
    queue_mails([_invitation(reviewer, locked) for reviewer in locked.reviewers.all()])
    return locked


def _invitation(reviewer: ShortlistReviewer, shortlist: Shortlist) -> Letter:
    """How many there are and where to look, nothing of whom: a mailbox is not ours to keep."""
    return Letter(
        event="shortlist.presented",
        to=reviewer.user,
        subject=f"Shortlist {shortlist.number} for {shortlist.role.title} awaits your evaluation",
        template="shortlist_presented",
        context={"shortlist": shortlist, "person": reviewer.user, "must": reviewer.must},
        key=f"shortlist.presented:{reviewer.pk}",
    )


@transaction.atomic
def withdraw_shortlist(*, shortlist: Shortlist, reason: str, by: User, now: datetime) -> Shortlist:
    """Take a shortlist back; people on no other one return to Scored. Raises Refused once somebody was decided on."""
    locked = lock_shortlist(shortlist)
    if locked.state not in {ShortlistState.DRAFT, ShortlistState.PRESENTED}:
        raise Refused("This shortlist is already closed.")
    if locked.entries.filter(decisions__isnull=False).exists():
        raise Refused("Somebody on this shortlist has been decided on; it can’t be withdrawn any more.")
    if not reason.strip():
        raise Refused("Say why the shortlist is withdrawn.")
    was_presented = not locked.is_draft
    locked.state = ShortlistState.WITHDRAWN
    locked.withdrawn_reason, locked.closed_at = reason.strip(), now
    locked.save(update_fields=["state", "withdrawn_reason", "closed_at"])
    people = list(locked.entries.values_list("application", flat=True))
    people += VersionPlace.objects.filter(version__shortlist=locked, entry=None).values_list("application", flat=True)
    locked.versions.filter(presented_at=None).delete()
    return_to_scored(people, by=by, now=now, reason="shortlist withdrawn")
    call_off_void(meetings=Meeting.objects.filter(entry__shortlist=locked), now=now)
    if was_presented:
        reviewers = locked.reviewers.filter(released_at=None).select_related("user")
        queue_mails([_withdrawal(reviewer, locked) for reviewer in reviewers])
    return locked


def _withdrawal(reviewer: ShortlistReviewer, shortlist: Shortlist) -> Letter:
    """That it is gone, not why: our words on people are not for a mailbox."""
    return Letter(
        event="shortlist.withdrawn",
        to=reviewer.user,
        subject=f"Shortlist {shortlist.number} for {shortlist.role.title} was withdrawn",
        template="shortlist_withdrawn",
        context={"shortlist": shortlist, "person": reviewer.user},
        key=f"shortlist.withdrawn:{reviewer.pk}",
    )


def close_when_all_decided(shortlist: Shortlist, *, now: datetime) -> None:
    if shortlist.state != ShortlistState.PRESENTED or shortlist.entries.on_list().filter(decisions=None).exists():
        return
    shortlist.state = ShortlistState.DECIDED
    shortlist.closed_at = now
    shortlist.save(update_fields=["state", "closed_at"])


def lock_shortlist(shortlist: Shortlist) -> Shortlist:
    whole = Shortlist.objects.with_built().select_related(
        "role__client", "role__scope", "role__rubric_version__rubric", "rubric_version__rubric"
    )
    return whole.select_for_update(of=("self",)).get(pk=shortlist.pk)


def _lock_draft(shortlist: Shortlist) -> Shortlist:
    locked = lock_shortlist(shortlist)
    if not locked.is_draft:
        raise Refused(f"This shortlist is {locked.get_state_display().lower()} and can’t be changed.")
    return locked
