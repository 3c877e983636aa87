"""The client's approval of a scope: whether it still holds, what changed since, who was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rubrics.models import Role, Scope, ScopeApproval
from screening.accounts.models import User
from screening.jobs.models import Delivery

APPROVAL_ASKED = "scope.approval_asked"


@dataclass(frozen=True)
class Changed:
    question: str
    before: str
    now: str


@dataclass(frozen=True)
class Approvals:
    """`current` is of exactly this scope; otherwise `last` may be of an earlier one, with what `changed` since."""

    current: ScopeApproval | None
    last: ScopeApproval | None
    changed: list[Changed]


def approvals_of(role: Role, scope: Scope) -> Approvals:
    given: Sequence[ScopeApproval] = list(role.scope_approvals.select_related("recorded_by"))
    current = next((one for one in given if one.content == scope.content), None)
    last = given[0] if given else None
    return Approvals(current, last, [] if current or last is None else _changed(last.content, scope.content))


def _changed(before: dict[str, str], now: dict[str, str]) -> list[Changed]:
    return [
        Changed(Scope.wording(name), before.get(name, ""), text)
        for name, text in now.items()
        if before.get(name, "") != text
    ]


def approval_key(role: Role, person: User, seen: str) -> str:
    """Of the mail that asks somebody to approve the scope with this fingerprint."""
    return f"{APPROVAL_ASKED}:{role.pk}:{person.pk}:{seen}"


def asked_to_approve(role: Role, seen: str) -> list[tuple[User, datetime]]:
    """Which of the client's reviewers were written to about the scope with this fingerprint, and when."""
    asked = Delivery.objects.filter(
        user__in=User.objects.reviewers_of(role.client),
        event=APPROVAL_ASKED,
        key__startswith=f"{APPROVAL_ASKED}:{role.pk}:",
    )
    mails = asked.filter(key__endswith=f":{seen}").select_related("user").order_by("pk")
    return [(mail.user, mail.created_at) for mail in mails if mail.user is not None]
