"""The scope questions sent to a manager, answered, and accepted or returned."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from rubrics.enums import KickoffState
from rubrics.models import KickoffAnswer, Role, Scope
from rubrics.services.scopes import save_scope
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail

UNSETTLED = (KickoffState.SENT, KickoffState.ANSWERED, KickoffState.RETURNED)


@transaction.atomic
def send_questions(*, role: Role, questions: Iterable[str], to: User, by: User) -> list[KickoffAnswer]:
    """Ask somebody on the team. What they were asked already and is not settled is not asked again."""
    _lock(role)
    if not role.team.filter(user=to).exists():
        raise Refused(f"{to.name} is not on the team of this role. Add them first.")
    waiting = set(role.kickoff_answers.filter(asked_of=to, state__in=UNSETTLED).values_list("question", flat=True))
    wanted = set(questions)
    unknown = wanted - set(Scope.QUESTIONS)
    if unknown:
        raise Refused(f"“{min(unknown)}” is not a question of the scope.")
    new = [name for name in Scope.QUESTIONS if name in wanted - waiting]
    if not new:
        raise Refused(f"{to.name} has these questions already.")
    sent = KickoffAnswer.objects.bulk_create(
        KickoffAnswer(role=role, question=name, asked_of=to, asked_by=by) for name in new
    )
    queue_mail(
        event="kickoff.asked",
        to=to,
        subject=f"{by.name} asks you about {role.title}",
        template="kickoff_asked",
        context={"role": role, "person": to, "by": by, "questions": sent},
    )
    return sent


@transaction.atomic
def answer_question(*, kickoff: KickoffAnswer, answer: str, by: User, now: datetime) -> KickoffAnswer:
    """Raises Refused for anybody but the person asked, and when the answer has been sent or accepted."""
    locked = _lock_answer(kickoff)
    if locked.asked_of_id != by.pk:
        raise Refused("Only the person who was asked can answer.")
    if locked.state not in {KickoffState.SENT, KickoffState.RETURNED}:
        raise Refused("This question has been answered.")
    if not answer.strip():
        raise Refused("Write an answer before you send it.")
    locked.answer, locked.answered_at, locked.state = answer, now, KickoffState.ANSWERED
    locked.save()
    queue_mail(
        event="kickoff.answered",
        to=locked.asked_by,
        subject=f"{by.name} answered about {locked.role.title}",
        template="kickoff_answered",
        context={"kickoff": locked, "person": locked.asked_by},
    )
    return locked


@transaction.atomic
def accept_answer(*, kickoff: KickoffAnswer) -> KickoffAnswer:
    """Take the answer over into the scope."""
    locked = _lock_answer(kickoff)
    _must_be_answered(locked)
    save_scope(role=locked.role, content={locked.question: locked.answer})
    locked.state = KickoffState.ACCEPTED
    locked.save()
    return locked


@transaction.atomic
def return_answer(*, kickoff: KickoffAnswer, comment: str) -> KickoffAnswer:
    """Ask for a better answer, saying what is missing in it."""
    locked = _lock_answer(kickoff)
    _must_be_answered(locked)
    if not comment.strip():
        raise Refused("Write what is missing in the answer.")
    locked.comment, locked.state = comment, KickoffState.RETURNED
    locked.save()
    queue_mail(
        event="kickoff.returned",
        to=locked.asked_of,
        subject=f"A question back about {locked.role.title}",
        template="kickoff_returned",
        context={"kickoff": locked, "person": locked.asked_of},
    )
    return locked


def _lock(role: Role) -> Role:
    return Role.objects.select_for_update(of=("self",)).get(pk=role.pk)


def _lock_answer(kickoff: KickoffAnswer) -> KickoffAnswer:
    """The role first, as whoever sends questions does."""
    _lock(kickoff.role)
    return KickoffAnswer.objects.select_related("role", "asked_of", "asked_by").get(pk=kickoff.pk)


def _must_be_answered(kickoff: KickoffAnswer) -> None:
    if kickoff.state != KickoffState.ANSWERED:
        raise Refused(f"This question is {kickoff.get_state_display().lower()}; there is no new answer to judge.")
