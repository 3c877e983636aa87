import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from rubrics.gates.base import pass_gate
from rubrics.gates.roles import missing_in_scope, scope_of
from rubrics.models import Role, Scope, ScopeApproval
from rubrics.queries.approvals import approval_key
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


class ScopeChanged(Conflict):
    """What somebody read or edited is no longer what is saved."""

    def __init__(self, scope: Scope) -> None:
        super().__init__("Somebody changed the scope meanwhile. Compare both texts before you go on.")
        self.scope = scope


def fingerprint(content: Mapping[str, str]) -> str:
    """Tells whether a scope is still the one that somebody read."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]


@transaction.atomic
def save_scope(*, role: Role, content: Mapping[str, str], seen: str | None = None) -> Scope:
    """Replace the answers named in `content`; `seen` is the fingerprint of the scope the author began with.

    Raises ScopeChanged.
    """
    scope = _lock_scope(role, seen)
    for name, text in content.items():
        if name not in Scope.QUESTIONS:
            raise Refused(f"“{name}” is not a question of the scope.")
        setattr(scope, name, text)
    scope.save()
    return scope


@transaction.atomic
def ask_for_approval(*, role: Role) -> int:
    """Write to the client's reviewers that the scope waits for their approval; how many were written to.

    Raises GateRefused while a question is unanswered, Refused when the client has nobody to ask.
    """
    scope = _complete_scope(role)
    reviewers = list(User.objects.reviewers_of(role.client))
    if not reviewers:
        raise Refused(f"{role.client.name} has no client reviewer. Invite one, or record the approval given elsewhere.")
    for person in reviewers:
        queue_mail(
            event="scope.approval_asked",
            to=person,
            subject=f"Please approve the scope of {role.title}",
            template="scope_approval_asked",
            context={"role": role, "person": person},
            key=approval_key(role, person, fingerprint(scope.content)),
        )
    return len(reviewers)


@transaction.atomic
def approve_scope(*, role: Role, seen: str, by: User, now: datetime) -> ScopeApproval:
    """The client's yes to exactly the scope it read. Raises GateRefused while incomplete, ScopeChanged, Refused."""
    if not by.is_client_reviewer or by.client_id != role.client_id:
        raise Refused("Only a reviewer of this client can approve its scope.")
    content = _complete_scope(role, seen).content
    approval = ScopeApproval.objects.create(
        role=role, content=content, approved_by=by, approver_name=by.name, approved_at=now
    )
    if role.created_by is not None:
        queue_mail(
            event="scope.approved",
            to=role.created_by,
            subject=f"{role.client.name} approved the scope of {role.title}",
            template="scope_approved",
            context={"role": role, "person": role.created_by, "approval": approval},
        )
    return approval


@transaction.atomic
def record_scope_approval(
    *, role: Role, approver_name: str, where_given: str, by: User, now: datetime, seen: str | None = None
) -> ScopeApproval:
    """An approval that the client gave outside the program. Raises GateRefused, ScopeChanged, Refused."""
    if not by.is_staff_of_firm:
        raise Refused("Only a recruiter or an administrator can record an approval.")
    if not approver_name.strip() or not where_given.strip():
        raise Refused("Write who approved the scope, and where they did.")
    content = _complete_scope(role, seen).content
    return ScopeApproval.objects.create(
        role=role,
        content=content,
        approver_name=approver_name,
        recorded_by=by,
        where_given=where_given,
        approved_at=now,
    )


def _complete_scope(role: Role, seen: str | None = None) -> Scope:
    scope = _lock_scope(role, seen)
    pass_gate(missing_in_scope(scope))
    return scope


def _lock_scope(role: Role, seen: str | None) -> Scope:
    Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    scope = scope_of(role)
    if seen is not None and seen != fingerprint(scope.content):
        raise ScopeChanged(scope)
    return scope
