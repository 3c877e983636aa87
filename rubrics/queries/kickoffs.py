"""A role's kick-off as its page shows it: who was asked what, what waits for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rubrics.enums import KickoffState
from rubrics.models import KickoffAnswer, Role, Scope
from screening.accounts.models import User

OPEN = (KickoffState.SENT, KickoffState.RETURNED)


@dataclass(frozen=True)
class Asked:
    """One person's part: of `total` questions so many are open, returned (which are open too) or wait to be judged."""

    person: User
    asked_at: datetime
    reminded_at: datetime | None
    total: int
    open: int
    returned: int
    answered: int


@dataclass(frozen=True)
class Answered:
    """An answer that waits to be judged, and what the scope says there now, if that is something else."""

    kickoff: KickoffAnswer
    replaces: str


@dataclass(frozen=True)
class Kickoff:
    """`mine` waits for the reader, returned questions first; `others` for other people."""

    people: list[Asked]
    mine: list[KickoffAnswer]
    others: list[KickoffAnswer]
    answered: list[Answered]
    accepted: list[KickoffAnswer]

    @property
    def is_empty(self) -> bool:
        return not self.people


def kickoff_of(role: Role, user: User, scope: Scope) -> Kickoff:
    """What the reader may see of it; one statement."""
    visible = KickoffAnswer.objects.visible_to(user).filter(role=role).select_related("asked_of", "asked_by", "role")
    rows = sorted(visible, key=lambda one: (Scope.QUESTIONS.index(one.question), one.pk))
    waiting = [one for one in rows if one.state in OPEN]
    waiting.sort(key=lambda one: one.state != KickoffState.RETURNED)
    return Kickoff(
        people=_people(rows),
        mine=[one for one in waiting if one.asked_of_id == user.pk],
        others=[one for one in waiting if one.asked_of_id != user.pk],
        answered=[Answered(one, _replaces(one, scope.content)) for one in rows if one.state == KickoffState.ANSWERED],
        accepted=[one for one in rows if one.state == KickoffState.ACCEPTED],
    )


def _people(rows: Sequence[KickoffAnswer]) -> list[Asked]:
    found: dict[int, list[KickoffAnswer]] = {}
    for one in rows:
        found.setdefault(one.asked_of_id, []).append(one)
    return sorted((_asked(of_person) for of_person in found.values()), key=lambda asked: asked.person.name)


def _asked(rows: Sequence[KickoffAnswer]) -> Asked:
    states = [one.state for one in rows]
    return Asked(
        person=rows[0].asked_of,
        asked_at=min(one.asked_at for one in rows),
        reminded_at=max((one.reminded_at for one in rows if one.reminded_at), default=None),
        total=len(rows),
        open=sum(state in OPEN for state in states),
        returned=states.count(KickoffState.RETURNED),
        answered=states.count(KickoffState.ANSWERED),
    )


def _replaces(answered: KickoffAnswer, content: Mapping[str, str]) -> str:
    now = content[answered.question]
    return now if now.strip() != answered.answer.strip() else ""
