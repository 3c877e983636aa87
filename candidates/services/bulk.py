"""One thing done to many applications: planned, done in chunks by a job, and taken back once.

Each chunk is one transaction that writes what became of its items with what it did to them, so a killed worker leaves
whole chunks behind and whoever takes over goes on with the rest.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet

from candidates.enums import BulkKind, BulkOutcome
from candidates.gates.applications import needs_reason
from candidates.gates.bulk import CASE, GONE, Case, cases_of, missing_for, words_of
from candidates.models import Application, BulkAction, BulkItem, Candidate, CandidateTag, StageChange
from candidates.models.applications import UNDONE
from candidates.services.applications import bulk_move
from candidates.services.candidates import tag_named
from candidates.services.mail_templates import must_be_known
from candidates.services.mails import Words, take_back_many, write_to_many
from rubrics.models import Role, Stage
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.models import Job
from screening.jobs.services.jobs import request_job

BULK = "candidates.bulk"
CHUNK = 200
FREEZE = """
INSERT INTO candidates_bulkitem (action_id, application_id, from_stage_id, outcome, why)
SELECT %s, found.application, found.stage, 'waiting', '' FROM ({found}) found (application, stage)
"""
MOVED_MEANWHILE = "Somebody moved this card meanwhile."
MOVED_SINCE = "The card has been moved since."
CHANGED_SINCE = "Somebody has changed this since."
HAS_LEFT = "Their letter has left already."
WORDS_GONE = "The words were erased, with somebody they might have named."
Items = Sequence[BulkItem]


@transaction.atomic
def plan_bulk(
    *,
    role: Role,
    kind: BulkKind,
    to_stage: Stage | None,
    applications: QuerySet[Application],
    query: str,
    by: User,
    now: datetime,
) -> BulkAction:
    """Freeze who is meant; nothing happens to them yet. What this person planned before and never began is dropped.

    Raises Refused when nobody is meant.
    """
    BulkAction.objects.filter(by=by, started_at=None).delete()
    action = BulkAction.objects.create(role=role, kind=kind, to_stage=to_stage, query=query, by=by, created_at=now)
    if not _freeze(action, applications):
        raise Refused("Tick the people first, or choose all of this filter.")
    return action


def _freeze(action: BulkAction, applications: QuerySet[Application]) -> int:
    """In one statement of the database, however many there are; how many."""
    try:
        found, values = applications.order_by().distinct().values("pk", "stage").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.replace("{found}", found), [action.pk, *values])
        return int(cursor.rowcount)


@transaction.atomic
def start_bulk(
    *, action: BulkAction, by: User, now: datetime, reason: str = "", tag: str = "", owner: User | None = None
) -> Job:
    """Begin, or go on with those not reached. Raises Refused while it is at work, or when something is missing."""
    action = _lock_idle(action, by)
    if not action.items.filter(outcome=BulkOutcome.WAITING).exists() or action.undo_asked_at:
        raise Refused("This has been done already.")
    if action.started_at is None:
        _say_how(action, reason=reason, tag=tag, owner=owner)
        action.started_at = now
    return _request(action, by=by)


def _say_how(action: BulkAction, *, reason: str, tag: str, owner: User | None) -> None:
    if action.to_stage is not None and needs_reason(action.to_stage.kind) and not reason.strip():
        raise Refused(f"Say why; a move to “{action.to_stage.name}” needs a reason.")
    if owner is not None and not owner.is_staff_of_firm:
        raise Refused("Only a recruiter or an administrator can look after a candidate.")
    action.reason = reason.strip()[:500]
    action.owner = owner
    if action.kind in {BulkKind.TAG, BulkKind.UNTAG}:
        action.tag = tag_named(tag)
    if action.kind == BulkKind.MAIL and not action.text:
        raise Refused("Write the letter first.")


@transaction.atomic
def keep_words(*, action: BulkAction, words: Words, by: User) -> BulkAction:
    """What each is to be written. Raises Refused for a variable we do not know, or once it has begun."""
    locked = _lock_idle(action, by)
    if locked.started_at is not None or locked.kind != BulkKind.MAIL:
        raise Refused("These letters are on their way already.")
    must_be_known(words.subject, words.text)
    locked.subject, locked.text, locked.template = words.subject, words.text, words.template
    locked.save(update_fields=["subject", "text", "template"])
    return locked


@transaction.atomic
def undo_bulk(*, action: BulkAction, by: User, now: datetime) -> Job:
    """Take back what of it still stands. Raises Refused while it is at work, or when nothing is left to take back."""
    action = _lock_idle(action, by)
    if not action.items.filter(outcome=BulkOutcome.DONE).exists():
        raise Refused("There is nothing left to take back.")
    action.undo_asked_at = action.undo_asked_at or now
    return _request(action, by=by)


def _lock_idle(action: BulkAction, by: User) -> BulkAction:
    locked = BulkAction.objects.select_for_update(of=("self",)).select_related("to_stage", "job").get(pk=action.pk)
    if locked.by_id != by.pk:
        raise Refused("Only whoever planned this may do that.")
    if locked.job is not None and not locked.job.is_finished:
        raise Conflict("This is being worked on. Wait until it has ended.")
    return locked


def _request(action: BulkAction, *, by: User) -> Job:
    title = f"Taking back: {action}" if action.undo_asked_at else str(action)
    action.job = request_job(task=BULK, params={"bulk": action.pk}, title=title[:200], key=f"{BULK}:{action.pk}", by=by)
    action.save()
    return action.job


def next_chunk(*, action: BulkAction, now: datetime) -> int:
    """Do (or take back) some of it; how many, none when nothing is left. Repeating it does nothing twice."""
    return _chunk(action, BulkOutcome.DONE if action.undo_asked_at else BulkOutcome.WAITING, now)


@transaction.atomic
def _chunk(action: BulkAction, outcome: BulkOutcome, now: datetime) -> int:
    waiting = action.items.filter(outcome=outcome).select_related("change__from_stage", "application").order_by("pk")
    items = list(waiting.select_for_update(of=("self",))[:CHUNK])
    if not items:
        return 0
    undo = outcome == BulkOutcome.DONE
    open_to_them = _open_to(action, items)
    acting: list[BulkItem] = []
    for item in items:
        if item.application_id in open_to_them:
            acting.append(item)
        else:
            _refuse(item, GONE, undo=undo)
    (TAKES_BACK if undo else DOES)[BulkKind(action.kind)](action, acting, now)
    BulkItem.objects.bulk_update(items, ["outcome", "why", "change", "owner_before"])
    return len(items)


def _open_to(action: BulkAction, items: Items) -> set[int]:
    """Locked, in one order for everybody; nothing for somebody who may not change pipelines any more."""
    if not (action.by.is_active and action.by.is_staff_of_firm):
        return set()
    asked = Application.objects.filter(pk__in=[item.application_id for item in items])
    locked = list(asked.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return set(Application.objects.visible_to(action.by).filter(pk__in=locked).values_list("pk", flat=True))


def _refuse(item: BulkItem, why: str, *, undo: bool) -> None:
    item.outcome = BulkOutcome.KEPT if undo else BulkOutcome.REFUSED
    item.why = why[:500]


def _move(action: BulkAction, items: Items, now: datetime) -> None:
    assert action.to_stage is not None
    staying = _stages_now(items)
    acting = []
    for item in items:
        if staying[item.application_id] == action.to_stage_id:
            item.outcome = BulkOutcome.UNCHANGED
        elif staying[item.application_id] != item.from_stage_id:
            _refuse(item, MOVED_MEANWHILE, undo=False)
        else:
            acting.append(item)
    _bulk_move(acting, action.to_stage, action=action, now=now, reason=action.reason, done=BulkOutcome.DONE)
    changes = StageChange.objects.filter(
        application__in=[item.application_id for item in acting], to_stage=action.to_stage, at=now
    )
    made = dict(changes.order_by("pk").values_list("application_id", "pk"))
    for item in acting:
        item.change_id = made.get(item.application_id)


def _move_back(action: BulkAction, items: Items, now: datetime) -> None:
    pks = [item.application_id for item in items]
    newest = StageChange.objects.filter(application__in=pks).order_by("application_id", "-at", "-pk")
    last = dict(newest.distinct("application_id").values_list("application_id", "pk"))
    origins: dict[Stage, list[BulkItem]] = {}
    for item in items:
        origin = item.change.from_stage if item.change else None
        if origin is None or last.get(item.application_id) != item.change_id:
            _refuse(item, MOVED_SINCE, undo=True)
        else:
            origins.setdefault(origin, []).append(item)
    for stage, group in origins.items():
        _bulk_move(group, stage, action=action, now=now, reason=UNDONE, done=BulkOutcome.UNDONE)


def _stages_now(items: Items) -> dict[int, int]:
    now = Application.objects.filter(pk__in=[item.application_id for item in items])
    return dict(now.values_list("pk", "stage_id"))


def _bulk_move(items: Items, to: Stage, *, action: BulkAction, now: datetime, reason: str, done: BulkOutcome) -> None:
    """The same move, through the same gate, as of a few cards."""
    moved = bulk_move(applications=[item.application for item in items], to=to, by=action.by, now=now, reason=reason)
    refused = {one.application.pk: words_of(one.missing) for one in moved.refused}
    for item in items:
        if item.application_id in refused:
            _refuse(item, refused[item.application_id], undo=done == BulkOutcome.UNDONE)
        else:
            item.outcome = done


def _through_gate(action: BulkAction, items: Items, now: datetime, *, undo: bool) -> list[BulkItem]:
    """Those whose tags and owner this person may change."""
    asked = Application.objects.filter(pk__in=[item.application_id for item in items])
    rows = cases_of(asked, by=action.by, now=now).values_list("pk", *CASE)
    missing = {pk: missing_for(action, Case(*case), {}, reason="") for pk, *case in rows}
    acting = []
    for item in items:
        if missing[item.application_id]:
            _refuse(item, words_of(missing[item.application_id]), undo=undo)
        else:
            acting.append(item)
    return acting


def _set_tag(action: BulkAction, items: Items, now: datetime, *, undo: bool, worn: bool) -> None:
    """Give the tag (`worn`) or take it; whoever has it so already stays as they are."""
    acting = _through_gate(action, items, now, undo=undo)
    people = {item.application.candidate_id for item in acting}
    wearing = CandidateTag.objects.filter(tag=action.tag, candidate__in=people)
    before = set(wearing.values_list("candidate_id", flat=True))
    for item in acting:
        if (item.application.candidate_id in before) != worn and action.tag_id:
            item.outcome = BulkOutcome.UNDONE if undo else BulkOutcome.DONE
        elif undo:
            _refuse(item, CHANGED_SINCE, undo=True)
        else:
            item.outcome = BulkOutcome.UNCHANGED
    if worn and action.tag_id:
        CandidateTag.objects.bulk_create(
            [CandidateTag(candidate_id=pk, tag_id=action.tag_id) for pk in people - before], ignore_conflicts=True
        )
    elif not worn:
        wearing.delete()


def _tag(action: BulkAction, items: Items, now: datetime) -> None:
    _set_tag(action, items, now, undo=False, worn=True)


def _tag_back(action: BulkAction, items: Items, now: datetime) -> None:
    _set_tag(action, items, now, undo=True, worn=False)


def _untag(action: BulkAction, items: Items, now: datetime) -> None:
    _set_tag(action, items, now, undo=False, worn=False)


def _untag_back(action: BulkAction, items: Items, now: datetime) -> None:
    _set_tag(action, items, now, undo=True, worn=True)


def _assign(action: BulkAction, items: Items, now: datetime) -> None:
    owners = _owners_now(items)
    for item in _through_gate(action, items, now, undo=False):
        before = owners[item.application_id]
        item.outcome = BulkOutcome.UNCHANGED if before == action.owner_id else BulkOutcome.DONE
        item.owner_before_id = before
    changed = [item.application_id for item in items if item.outcome == BulkOutcome.DONE]
    Application.objects.filter(pk__in=changed).update(owner=action.owner)


def _assign_back(action: BulkAction, items: Items, now: datetime) -> None:
    owners = _owners_now(items)
    back: dict[int | None, list[int]] = {}
    for item in _through_gate(action, items, now, undo=True):
        if owners[item.application_id] == action.owner_id:
            item.outcome = BulkOutcome.UNDONE
            back.setdefault(item.owner_before_id, []).append(item.application_id)
        else:
            _refuse(item, CHANGED_SINCE, undo=True)
    for owner, pks in back.items():
        Application.objects.filter(pk__in=pks).update(owner=owner)


def _mail(action: BulkAction, items: Items, now: datetime) -> None:
    """Their files stand still meanwhile: nobody takes a consent back or is erased between the gate and the letter."""
    people = Candidate.objects.filter(pk__in=[item.application.candidate_id for item in items])
    list(people.order_by("pk").select_for_update().values_list("pk"))
    if not action.text:
        for item in items:
            _refuse(item, WORDS_GONE, undo=False)
        return
    acting = _through_gate(action, items, now, undo=False)
    words = Words(action.subject, action.text, action.template)
    write_to_many(items=acting, words=words, by=action.by, now=now)
    for item in acting:
        item.outcome = BulkOutcome.DONE


def _mail_back(_action: BulkAction, items: Items, _now: datetime) -> None:
    kept_in = take_back_many(items=items)
    for item in items:
        if item.pk in kept_in:
            item.outcome = BulkOutcome.UNDONE
        else:
            _refuse(item, HAS_LEFT, undo=True)


def _owners_now(items: Items) -> dict[int, int | None]:
    now = Application.objects.filter(pk__in=[item.application_id for item in items])
    return dict(now.values_list("pk", "owner_id"))


Act = Callable[[BulkAction, Items, datetime], None]
DOES: dict[BulkKind, Act] = {
    BulkKind.MOVE: _move, BulkKind.TAG: _tag, BulkKind.UNTAG: _untag, BulkKind.ASSIGN: _assign,
    BulkKind.MAIL: _mail,
}  # fmt: skip
TAKES_BACK: dict[BulkKind, Act] = {
    BulkKind.MOVE: _move_back, BulkKind.TAG: _tag_back, BulkKind.UNTAG: _untag_back, BulkKind.ASSIGN: _assign_back,
    BulkKind.MAIL: _mail_back,
}  # fmt: skip
