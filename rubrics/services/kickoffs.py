"""The scope questions sent to a manager, answered, and accepted or returned."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from rubrics.enums import KickoffState
from rubrics.models import KickoffAnswer, Role, Scope
from rubrics.services.scopes import save_scope
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail

REMINDER_PAUSE = timedelta(days=1)
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
def save_drafts(*, role: Role, drafts: Mapping[str, str], by: User) -> int:
    """Keep what somebody has written and not sent, by question; how many were open to them."""
    _lock(role)
    mine = _open_of(role, by)
    for one in mine:
        one.draft = drafts.get(one.question, one.draft)
    KickoffAnswer.objects.bulk_update(mine, ["draft"])
    return len(mine)


@transaction.atomic
def answer_questions(*, role: Role, answers: Mapping[str, str], by: User, now: datetime) -> list[KickoffAnswer]:
    """Send the answers that are written, by question; the others stay open. Raises Refused when there is none to send."""
    _lock(role)
    mine = _open_of(role, by)
    if not mine:
        raise Refused("No question waits for you here; what you sent has been answered or taken back.")
    written = [one for one in mine if answers.get(one.question, "").strip()]
    if not written:
        raise Refused("Write at least one answer before you send.")
    for one in written:
        one.answer, one.draft = answers[one.question], ""
        one.answered_at, one.state = now, KickoffState.ANSWERED
    KickoffAnswer.objects.bulk_update(written, ["answer", "draft", "answered_at", "state"])
    for recruiter in {one.asked_by for one in written}:
        told = [one for one in written if one.asked_by_id == recruiter.pk]
        queue_mail(
            event="kickoff.answered",
            to=recruiter,
            subject=f"{by.name} answered about {role.title}",
            template="kickoff_answered",
            context={"role": role, "answers": told, "person": recruiter, "by": by, "open": len(mine) - len(written)},
        )
    return written


@transaction.atomic
def accept_answer(*, kickoff: KickoffAnswer) -> KickoffAnswer:
    """Take the answer over into the scope."""
    locked = _lock_answer(kickoff)
    _must_be_answered(locked)
    return _accept(locked)


@transaction.atomic
def accept_answers(*, role: Role) -> list[KickoffAnswer]:
    """Take over every answer that waits to be judged; of two to one question the later. Raises Refused without any."""
    _lock(role)
    waiting = role.kickoff_answers.filter(state=KickoffState.ANSWERED).select_related("role")
    accepted = [_accept(one) for one in waiting.order_by("answered_at", "pk")]
    if not accepted:
        raise Refused("No answer waits to be accepted.")
    return accepted


def _accept(answered: KickoffAnswer) -> KickoffAnswer:
    save_scope(role=answered.role, content={answered.question: answered.answer})
    answered.state = KickoffState.ACCEPTED
    answered.save(update_fields=["state"])
    return answered


@transaction.atomic
def return_answer(*, kickoff: KickoffAnswer, comment: str, now: datetime) -> KickoffAnswer:
    """Ask for a better answer, saying what is missing in it."""
    locked = _lock_answer(kickoff)
    _must_be_answered(locked)
    if not comment.strip():
        raise Refused("Write what is missing in the answer.")
    locked.comment, locked.state, locked.returned_at = comment, KickoffState.RETURNED, now
    locked.save(update_fields=["comment", "state", "returned_at"])
    queue_mail(
        event="kickoff.returned",
        to=locked.asked_of,
        subject=f"A question back about {locked.role.title}",
        template="kickoff_returned",
        context={"kickoff": locked, "person": locked.asked_of},
    )
    return locked


@transaction.atomic
def remind_of_questions(*, role: Role, to: User, by: User, now: datetime) -> list[KickoffAnswer]:
    """Write to somebody once more about what they have not answered; at most once a day."""
    _lock(role)
    waiting = _open_of(role, to)
    if not waiting:
        raise Refused(f"Nothing waits for an answer by {to.name}.")
    last = max((one.reminded_at for one in waiting if one.reminded_at), default=None)
    if last is not None and now - last < REMINDER_PAUSE:
        raise Refused(f"{to.name} was reminded less than a day ago.")
    for one in waiting:
        one.reminded_at = now
    KickoffAnswer.objects.bulk_update(waiting, ["reminded_at"])
    queue_mail(
        event="kickoff.reminder",
        to=to,
        subject=f"{len(waiting)} open question{'s' if len(waiting) > 1 else ''} about {role.title}",
        template="kickoff_reminder",
        context={"role": role, "person": to, "by": by, "questions": waiting},
    )
    return waiting


def _open_of(role: Role, user: User) -> list[KickoffAnswer]:
    """Questions that wait for this person's answer."""
    asked = role.kickoff_answers.filter(asked_of=user, state__in=[KickoffState.SENT, KickoffState.RETURNED])
    return list(asked.select_related("asked_by", "role"))


def _lock(role: Role) -> Role:
    return Role.objects.select_for_update(of=("self",)).get(pk=role.pk)


def _lock_answer(kickoff: KickoffAnswer) -> KickoffAnswer:
    """The role first, as whoever sends questions does."""
    _lock(kickoff.role)
    return KickoffAnswer.objects.select_related("role", "asked_of", "asked_by").get(pk=kickoff.pk)


def _must_be_answered(kickoff: KickoffAnswer) -> None:
    if kickoff.state != KickoffState.ANSWERED:
        raise Refused(f"This question is {kickoff.get_state_display().lower()}; there is no new answer to judge.")
