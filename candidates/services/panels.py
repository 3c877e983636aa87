"""Places on a panel: each comes with a scorecard of its own, and may be handed over until that is submitted."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from candidates.enums import InterviewState, ScorecardState
from candidates.gates.interviews import missing_for_panel
from candidates.models import Interview, Scorecard
from candidates.services.calendars import invite, tell_changed, tell_excused, tell_left
from candidates.services.drafts import AlreadySealed, NotYours
from candidates.services.reminders import scorecard_due, withdraw_reminders
from candidates.services.schedules import When, refuse_clashes
from rubrics.gates.base import pass_gate
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User


def must_take_place(interview: Interview) -> None:
    if not interview.takes_place:
        raise Refused(f"The interview is already marked “{interview.get_state_display().lower()}”.")


def next_sequence(interview: Interview) -> None:
    """Calendars have to be told again. The row is locked by the caller."""
    Interview.objects.filter(pk=interview.pk).update(sequence=F("sequence") + 1)
    interview.refresh_from_db(fields=["sequence"])


def give_scorecard(interview: Interview, person: User, *, now: datetime) -> Scorecard:
    """A place on the panel; whoever takes one after the interview has as long from now on as anybody."""
    return Scorecard.objects.create(interview=interview, interviewer=person, due_at=scorecard_due(interview, now))


@transaction.atomic
def add_to_panel(*, interview: Interview, person: User, now: datetime, accepted: str = "") -> Scorecard:
    """One interviewer more.

    Raises GateRefused, TimeClash, or Refused when the interview does not take place or has them already.
    """
    must_take_place(interview)
    pass_gate(missing_for_panel(interview.application, [person]))
    if interview.scorecards.filter(interviewer=person).exists():
        raise Refused(f"{person.name} is already on the panel.")
    _ask_about_clashes(interview, person, accepted=accepted, now=now)
    locked = _unmoved(interview)
    next_sequence(locked)
    scorecard = give_scorecard(locked, person, now=now)
    invite(scorecard=scorecard, now=now)
    _tell_the_others(locked, person, now=now)
    return scorecard


@transaction.atomic
def hand_over(*, scorecard: Scorecard, to: User, reason: str, by: User, now: datetime, accepted: str = "") -> Scorecard:
    """Somebody else takes this place, with an empty scorecard of their own; what the first has written stays theirs.

    Raises NotYours, AlreadySealed, GateRefused, TimeClash, or Refused when they are on the panel already.
    """
    if by.pk != scorecard.interviewer_id and not by.is_staff_of_firm:
        raise NotYours("Only the interviewer or a recruiter can hand a scorecard over.")
    interview = scorecard.interview
    _ask_about_clashes(interview, to, accepted=accepted, now=now)
    given = Scorecard.objects.select_for_update(of=("self",)).select_related("interviewer").get(pk=scorecard.pk)
    locked = _unmoved(interview)
    if not given.is_draft or given.amends_id is not None:
        raise AlreadySealed("Only a scorecard that is still awaited can be handed over.")
    if locked.scorecards.filter(interviewer=to).exists():
        raise Refused(f"{to.name} is already on the panel.")
    pass_gate(missing_for_panel(locked.application, [to]))
    _excuse(given, reason=reason.strip() or "Handed over", by=by, to=to)
    given.interview = locked
    withdraw_reminders([given])
    next_sequence(locked)
    taken = give_scorecard(locked, to, now=now)
    invite(scorecard=taken, handed_by=given.interviewer.name, now=now)
    tell_left(interview=locked, person=given.interviewer, to=to, now=now)
    _tell_the_others(locked, to, now=now)
    return taken


@transaction.atomic
def excuse_scorecard(*, scorecard: Scorecard, reason: str, by: User, now: datetime) -> Scorecard:
    """Wait no longer for a scorecard that will never come. Raises AlreadySealed, or Refused without a reason."""
    if not reason.strip():
        raise Refused("Say why this scorecard will not come.")
    given = Scorecard.objects.select_for_update(of=("self",)).select_related("interviewer").get(pk=scorecard.pk)
    if not given.is_draft or given.amends_id is not None:
        raise AlreadySealed("Only a scorecard that is still awaited can be excused.")
    _excuse(given, reason=reason.strip(), by=by)
    locked = lock_interview(given.interview)
    given.interview = locked
    withdraw_reminders([given])
    if locked.state == InterviewState.SCHEDULED and locked.ends_at > now:
        next_sequence(locked)
        tell_left(interview=locked, person=given.interviewer, now=now)
        _tell_the_others(locked, given.interviewer, now=now)
    elif given.interviewer != by:
        tell_excused(scorecard=given, by=by)
    return given


def _excuse(scorecard: Scorecard, *, reason: str, by: User, to: User | None = None) -> None:
    scorecard.state = ScorecardState.EXCUSED
    scorecard.excused_by = by
    scorecard.excused_reason = reason
    scorecard.handed_to = to
    scorecard.save(update_fields=["state", "excused_by", "excused_reason", "handed_to"])


def _ask_about_clashes(interview: Interview, person: User, *, accepted: str, now: datetime) -> None:
    if interview.ends_at > now:
        when = When(interview.starts_at, interview.ends_at, interview.time_zone)
        refuse_clashes(when=when, panel=[person], candidate=None, accepted=accepted, but=interview)


def lock_interview(interview: Interview) -> Interview:
    """Scorecards are locked before interviews, everywhere, so that nobody waits for each other."""
    rows = Interview.objects.select_for_update(of=("self",))
    return rows.select_related("kit", "application__candidate", "application__role").get(pk=interview.pk)


def _unmoved(interview: Interview) -> Interview:
    """Locked, and still when the person's other appointments were looked at for."""
    locked = lock_interview(interview)
    if (locked.starts_at, locked.ends_at) != (interview.starts_at, interview.ends_at):
        raise Conflict("The interview was moved to another time meanwhile. Look at it again.")
    must_take_place(locked)
    return locked


def _tell_the_others(interview: Interview, person: User, *, now: datetime) -> None:
    if interview.state == InterviewState.SCHEDULED and interview.ends_at > now:
        tell_changed(interview=interview, what="panel", now=now, but=[person])
