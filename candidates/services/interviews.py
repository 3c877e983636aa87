from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from candidates.enums import InterviewState, ScorecardState
from candidates.gates.interviews import missing_for_kit, missing_for_panel, missing_to_interview
from candidates.models import Application, Interview, Scorecard
from rubrics.gates.base import pass_gate
from rubrics.models import Kit
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail

SCORECARD_DUE_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class When:
    starts_at: datetime
    ends_at: datetime
    time_zone: str


@transaction.atomic
def schedule_interview(
    *,
    application: Application,
    kit: Kit,
    when: When,
    panel: Sequence[User],
    by: User,
    now: datetime,
    place: str = "",
    brief: str = "",
) -> Interview:
    """Plan a conversation and give everybody on its panel a scorecard to fill in. Raises GateRefused."""
    pass_gate(
        [
            *missing_to_interview(application, now=now),
            *missing_for_kit(application, kit),
            *missing_for_panel(application, panel),
        ]
    )
    if when.starts_at >= when.ends_at:
        raise Refused("The interview must end after it starts.")
    interview = Interview.objects.create(
        application=application,
        kit=kit,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        time_zone=when.time_zone,
        place=place,
        brief=brief,
        created_by=by,
    )
    for person in panel:
        _give_scorecard(interview, person)
    return interview


@transaction.atomic
def add_to_panel(*, interview: Interview, person: User) -> Scorecard:
    """One interviewer more. Raises GateRefused, or Refused when the interview does not take place or has them already."""
    _must_take_place(interview)
    pass_gate(missing_for_panel(interview.application, [person]))
    if interview.scorecards.filter(interviewer=person).exists():
        raise Refused(f"{person.name} is already on the panel.")
    return _give_scorecard(interview, person)


def _give_scorecard(interview: Interview, person: User) -> Scorecard:
    scorecard = Scorecard.objects.create(
        interview=interview, interviewer=person, due_at=interview.ends_at + SCORECARD_DUE_AFTER
    )
    queue_mail(
        event="interview.scheduled",
        to=person,
        subject=f"Interview: {interview.kit.name} for {interview.application.role.title}",
        template="interview_scheduled",
        context={"interview": interview, "scorecard": scorecard, "person": person},
        key=f"interview.scheduled:{scorecard.pk}",
    )
    return scorecard


@transaction.atomic
def hold_interview(*, interview: Interview) -> Interview:
    return _change_state(interview, InterviewState.HELD, "")


@transaction.atomic
def cancel_interview(*, interview: Interview, reason: str) -> Interview:
    """Nobody owes a scorecard for it any more. Raises Refused without a reason, or once a scorecard is in."""
    return _call_off(interview, InterviewState.CANCELLED, reason)


@transaction.atomic
def record_no_show(*, interview: Interview, reason: str) -> Interview:
    return _call_off(interview, InterviewState.NO_SHOW, reason)


def _call_off(interview: Interview, state: InterviewState, reason: str) -> Interview:
    if not reason.strip():
        raise Refused("Say what happened; it stays with the interview.")
    if interview.scorecards.filter(state=ScorecardState.SUBMITTED).exists():
        raise Refused("A scorecard of this interview is already in, so it took place.")
    return _change_state(interview, state, reason.strip())


def _change_state(interview: Interview, state: InterviewState, reason: str) -> Interview:
    locked = Interview.objects.select_for_update().get(pk=interview.pk)
    _must_take_place(locked)
    locked.state = state
    locked.state_reason = reason
    locked.save(update_fields=["state", "state_reason"])
    return locked


def _must_take_place(interview: Interview) -> None:
    if interview.state not in {InterviewState.SCHEDULED, InterviewState.HELD}:
        raise Refused(f"The interview is already marked “{interview.get_state_display().lower()}”.")
