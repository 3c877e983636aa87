from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from rubrics.enums import GateName
from rubrics.gates.base import Missing
from rubrics.models import GateOverride, Role
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.accounts.querysets import STAFF
from screening.jobs.services.deliveries import queue_mail


@transaction.atomic
def ask_override(
    *, gate: GateName, role: Role, subject: int, missing: Collection[Missing], reason: str, by: User, now: datetime
) -> GateOverride:
    """Ask a colleague to let a step pass without what is missing. Raises Refused."""
    _must_be_staff(by)
    if not missing:
        raise Refused("Nothing is missing; no override is needed.")
    if not reason.strip():
        raise Refused("Write why the step should be taken all the same.")
    Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    if GateOverride.objects.unanswered().filter(gate=gate, subject=subject).exists():
        raise Refused("An override has been asked for already and waits for an answer.")
    override = GateOverride.objects.create(
        gate=gate,
        role=role,
        subject=subject,
        waives=[item.code for item in missing],
        missing=[asdict(item) for item in missing],
        reason=reason,
        asked_by=by,
        asked_at=now,
    )
    for person in User.objects.active().filter(part__in=STAFF).exclude(pk=by.pk):
        _tell(person, override, "override_asked", f"{by.name} asks for an override: {role.title}")
    return override


@transaction.atomic
def approve_override(*, override: GateOverride, by: User, now: datetime) -> GateOverride:
    """Waive what it names. Raises Refused for the person who asked."""
    locked = _lock_unanswered(override, by)
    locked.approved_by, locked.approved_at = by, now
    locked.save()
    _tell(locked.asked_by, locked, "override_answered", f"Override approved: {locked.role.title}")
    return locked


@transaction.atomic
def decline_override(*, override: GateOverride, by: User, now: datetime) -> GateOverride:
    locked = _lock_unanswered(override, by)
    locked.declined_by, locked.declined_at = by, now
    locked.save()
    _tell(locked.asked_by, locked, "override_answered", f"Override declined: {locked.role.title}")
    return locked


def _lock_unanswered(override: GateOverride, by: User) -> GateOverride:
    _must_be_staff(by)
    locked = GateOverride.objects.select_for_update(of=("self",)).select_related("role", "asked_by").get(pk=override.pk)
    if locked.asked_by_id == by.pk:
        raise Refused("Somebody other than the person who asked has to answer.")
    if not locked.is_unanswered:
        raise Refused("This override has been answered already.")
    return locked


def _must_be_staff(by: User) -> None:
    if not by.is_staff_of_firm:
        raise Refused("Only a recruiter or an administrator can do this.")


def _tell(person: User, override: GateOverride, template: str, subject: str) -> None:
    """Neither reason nor what is missing: the reader may owe a scorecard on the candidate it is about."""
    queue_mail(
        event=template.replace("_", ".", 1),
        to=person,
        subject=subject,
        template=template,
        context={"override": override, "person": person},
        key=f"{template}:{override.pk}:{person.pk}",
    )
