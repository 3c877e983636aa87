"""The pipeline: who enters it, and every move through it. Each move leaves a StageChange."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from candidates.enums import ENDED, Source
from candidates.gates.applications import (
    BY_HAND,
    MOVES_OF_PROGRAM,
    missing_from,
    missing_to_move,
    standings,
)
from candidates.models import Application, Candidate, Meeting, Score, StageChange
from candidates.models.applications import UNDONE
from candidates.services.candidates import CandidateDetails, add_candidate
from candidates.services.documents import add_document
from candidates.services.meetings import call_off_void
from rubrics.enums import RoleStatus, StageKind
from rubrics.gates.base import Missing, pass_gate
from rubrics.models import Role, RubricVersion, Stage
from rubrics.services.pools import is_being_scored, request_scoring
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User

UNDO_WITHIN = timedelta(seconds=30)
"""Undo is offered for 10 seconds; whoever pressed in time is not to lose to a slow line."""

NO_MORE_CANDIDATES = (RoleStatus.FILLED, RoleStatus.CLOSED)


class MovedMeanwhile(Conflict):
    """Somebody else moved the card since this person looked."""

    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Somebody moved {application.candidate.name} to “{application.stage.name}” meanwhile. Nothing was changed."
        )
        self.application = application


@dataclass(frozen=True)
class Refusal:
    """A card that a bulk move left where it was, and why."""

    application: Application
    missing: list[Missing]


@dataclass(frozen=True)
class BulkMove:
    moved: list[Application]
    refused: list[Refusal]


@transaction.atomic
def add_application(
    *,
    candidate: Candidate,
    role: Role,
    source: str,
    owner: User | None,
    by: User | None,
    now: datetime,
    source_detail: str = "",
    stage: Stage | None = None,
) -> Application:
    """Put a person into the pipeline of a role, at its first stage unless another one is given.

    Raises Refused when the role takes nobody any more, or has this person already.
    """
    if role.status in NO_MORE_CANDIDATES:
        raise Refused(f"“{role.title}” is {role.get_status_display().lower()} and takes no more candidates.")
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    if candidate.merged_into_id or candidate.erased_at:
        raise Refused("This candidate’s file is closed. Use the one it was merged into, or add the person again.")
    first = stage or role.stages.filter(kind__in=BY_HAND).order_by("position").first()
    if first is None or first.role_id != role.pk or first.kind not in BY_HAND:
        raise Refused("Choose a stage of this role, up to “scored”.")
    application, created = Application.objects.get_or_create(
        candidate=candidate,
        role=role,
        merged_into=None,
        defaults={
            "stage": first,
            "stage_since": now,
            "source": source or Source.APPLIED,
            "source_detail": source_detail,
            "owner": owner,
        },
    )
    if not created:
        raise Refused(f"{candidate.name} is already in the pipeline of “{role.title}”.")
    StageChange.objects.create(application=application, to_stage=first, by=by, at=now)
    return application


@transaction.atomic
def take_in(
    *,
    details: CandidateDetails,
    role: Role | None,
    source: str,
    source_detail: str,
    owner: User | None,
    cv: File[bytes] | None,
    by: User,
    now: datetime,
) -> Candidate:
    """A new person with their CV, straight into the pipeline of a role: all of it, or nothing. Raises Refused."""
    candidate = add_candidate(details=details, by=by)
    if role is not None:
        add_application(
            candidate=candidate, role=role, source=source, owner=owner, by=by, now=now, source_detail=source_detail
        )
    if cv is not None:
        add_document(candidate=candidate, upload=cv, by=by)
    return candidate


@transaction.atomic
def move_application(
    *, application: Application, to: Stage, by: User, now: datetime, reason: str = "", seen: int | None = None
) -> StageChange | None:
    """Move a card by hand; `seen` is the id of the stage the person saw it in. None when it stands there already.

    Raises MovedMeanwhile when it is no longer there, GateRefused with what is missing.
    """
    locked = _lock(application)
    if seen is not None and locked.stage_id != seen:
        raise MovedMeanwhile(locked)
    if locked.stage_id == to.pk:
        return None
    pass_gate(missing_to_move(locked, to, reason=reason, now=now))
    return _move(locked, to, by=by, now=now, reason=reason)


@transaction.atomic
def undo_move(*, change: StageChange, by: User, now: datetime) -> StageChange:
    """Take back one's own last move of a card, wherever it came from. Raises Refused when it is too late."""
    locked = _lock(change.application)
    last = locked.stage_changes.first()
    if last is None or last.pk != change.pk or last.from_stage is None:
        raise MovedMeanwhile(locked)
    if last.by_id != by.pk or now - last.at > UNDO_WITHIN:
        raise Refused("It is too late to undo this. Move the card back instead.")
    return _move(locked, last.from_stage, by=by, now=now, reason=UNDONE)


@transaction.atomic
def enter_stage(*, application: Application, kind: StageKind, by: User, now: datetime, reason: str = "") -> None:
    """Take a card to the first stage of a kind, for a shortlist, a decision or an engagement. Raises Refused."""
    locked = _lock(application)
    if locked.stage.kind == kind:
        return
    if kind not in MOVES_OF_PROGRAM.get(locked.stage.kind, ()):
        raise Refused(
            f"{locked.candidate.name} stands in “{locked.stage.name}” and can’t go on to “{kind.label.lower()}” from there."
        )
    to = Stage.objects.filter(role=locked.role_id, kind=kind).order_by("position").first()
    if to is None:
        raise Refused(f"The role “{locked.role.title}” has no stage for “{kind.label.lower()}”. Add one first.")
    _move(locked, to, by=by, now=now, reason=reason)


@transaction.atomic
def enter_stage_together(
    *, applications: Collection[int] | QuerySet[Any, Any], kind: StageKind, by: User, now: datetime, reason: str = ""
) -> int:
    """`enter_stage` for several people (ids) of one role: all of them or nobody, however many in a few statements.

    Returns how many stood there already.
    """
    locked, stages = _lock_all(applications)
    moving = [application for application in locked if application.stage.kind != kind]
    if not moving:
        return len(locked)
    for application in moving:
        if kind not in MOVES_OF_PROGRAM.get(application.stage.kind, ()):
            raise Refused(
                f"{application.candidate.name} stands in “{application.stage.name}” and can’t go on to "
                f"“{kind.label.lower()}” from there."
            )
    to = next((stage for stage in stages if stage.kind == kind), None)
    if to is None:
        raise Refused(f"The role “{moving[0].role.title}” has no stage for “{kind.label.lower()}”. Add one first.")
    _move_all(moving, to, by=by, now=now, reason=reason)
    return len(locked) - len(moving)


@transaction.atomic
def bulk_move(
    *, applications: Collection[Application], to: Stage, by: User, now: datetime, reason: str = ""
) -> BulkMove:
    """Move those cards that the gate lets through, and say of the others why not."""
    locked, _ = _lock_all([item.pk for item in applications])
    standing = standings(locked, to=to, now=now)
    moving, refused = [], []
    for application in locked:
        if application.stage_id == to.pk:
            continue
        missing = missing_from(application.stage, to, standing=standing[application.pk], reason=reason)
        if missing:
            refused.append(Refusal(application, missing))
        else:
            moving.append(application)
    _move_all(moving, to, by=by, now=now, reason=reason)
    return BulkMove(moved=moving, refused=refused)


@transaction.atomic
def assign_owner(*, application: Application, owner: User | None) -> Application:
    """Say which recruiter looks after an application."""
    if owner is not None and not owner.is_staff_of_firm:
        raise Refused("Only a recruiter or an administrator can look after a candidate.")
    application.owner = owner
    application.save(update_fields=["owner"])
    return application


def _lock(application: Application) -> Application:
    """As it stands when nobody else moves it any more."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.stage_id == application.stage_id:
        locked.stage = application.stage
    return locked


def _lock_all(applications: Collection[int] | QuerySet[Any, Any]) -> tuple[list[Application], list[Stage]]:
    """With the stages of their roles in order, which are read after they are locked.

    A statement that joined the stage would leave out whoever is moved while it waits.
    """
    locked = list(Application.objects.filter(pk__in=applications).order_by("pk").select_for_update())
    stages = list(Stage.objects.filter(role__in={one.role_id for one in locked}).order_by("role", "position"))
    by_id = {stage.pk: stage for stage in stages}
    for application in locked:
        application.stage = by_id[application.stage_id]
    return locked, stages


def _move(application: Application, to: Stage, *, by: User, now: datetime, reason: str) -> StageChange:
    [change] = _move_all([application], to, by=by, now=now, reason=reason)
    return change


def _move_all(
    applications: Sequence[Application], to: Stage, *, by: User, now: datetime, reason: str
) -> list[StageChange]:
    changes = StageChange.objects.bulk_create(
        [
            StageChange(
                application=application,
                from_stage=application.stage,
                to_stage=to,
                by=by,
                at=now,
                reason=reason.strip()[:500],
            )
            for application in applications
        ]
    )
    Application.objects.filter(pk__in=[application.pk for application in applications]).update(
        stage=to, stage_since=now
    )
    if any((application.stage.kind in ENDED) != (to.kind in ENDED) for application in applications):
        _rank_again(applications)
    if to.kind in ENDED:
        call_off_void(meetings=Meeting.objects.filter(entry__application__in=applications), now=now)
    for application in applications:
        application.stage = to
        application.stage_since = now
    return changes


def _rank_again(applications: Sequence[Application]) -> None:
    """Ranks are among those still considered, so the others' change when somebody who can be ranked leaves or comes back.

    A run under way has read who is considered, and may be about to rank somebody for the first time.
    """
    ranked = Score.objects.filter(application__in=[application.pk for application in applications], rankable=True)
    versions = RubricVersion.objects.filter(roles__in={application.role_id for application in applications})
    here = versions.annotate(ranked=Exists(ranked.filter(role__rubric_version=OuterRef("pk"))))
    for pool_key, is_ranked in here.values_list("pool_key", "ranked").distinct():
        if is_ranked or is_being_scored(pool_key):
            request_scoring(pool_key=pool_key)
