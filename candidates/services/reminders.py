"""Reminders of interviews and of scorecards still owed. A beat asks what is due now; a key says what was sent before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

import structlog
from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value

from candidates.models import Interview, Scorecard
from screening.accounts.models import User
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import queue_mail, withdraw_mail

BEFORE = (timedelta(hours=24), timedelta(hours=1))
AFTER = (timedelta(hours=1), timedelta(hours=24), timedelta(hours=72))
log = structlog.get_logger(__name__)
HOUR = timedelta(hours=1)
TOO_LATE = timedelta(days=14)
"""Who owed a scorecard for so long is not written to any more; recruiters see it as overdue."""
WAIT_FROM = ExpressionWrapper(
    F("due_at")
    - ExpressionWrapper(F("interview__application__role__scorecard_hours") * Value(HOUR), output_field=DurationField()),
    output_field=DateTimeField(),
)


def scorecard_due(interview: Interview, now: datetime) -> datetime:
    """As many hours after the interview (or after now, once it is over) as the role gives."""
    return max(interview.ends_at, now) + interview.application.role.scorecard_hours * HOUR


@dataclass(frozen=True)
class Seat:
    """What decides which reminder somebody gets. `since`: when they were last told of it."""

    scorecard: int
    starts_at: datetime
    wait_from: datetime
    since: datetime


@dataclass(frozen=True)
class Reminder:
    seat: Seat
    hours: int
    at: datetime

    @property
    def is_before(self) -> bool:
        return self.hours < 0

    @property
    def copies_recruiter(self) -> bool:
        return self.hours == AFTER[-1] // timedelta(hours=1)

    @property
    def key(self) -> str:
        return _key(self.seat.scorecard, self.hours, self.seat.starts_at)


def _key(scorecard: int, hours: int, starts_at: datetime) -> str:
    return f"interview.reminder:{scorecard}:{hours}:{starts_at:%Y%m%dT%H%M%S}"


def reminders(seat: Seat) -> list[Reminder]:
    """All of a seat, earliest first: hours before it begins (negative), and after one began to wait for the scorecard."""
    moments = [(-lead, seat.starts_at - lead) for lead in BEFORE]
    moments += [(delay, seat.wait_from + delay) for delay in AFTER]
    return [Reminder(seat, hours // timedelta(hours=1), at) for hours, at in moments]


def newest_due(seat: Seat, now: datetime) -> Reminder | None:
    """The last whose moment has come; what it overtook is not sent. None for one that is no help any more.

    Whoever was told of the interview only after a reminder's moment is not told twice.
    """
    past = [one for one in reminders(seat) if one.at <= now]
    if not past:
        return None
    newest = past[-1]
    is_stale = now >= seat.starts_at if newest.is_before else now > newest.at + TOO_LATE
    return None if is_stale or newest.at <= seat.since else newest


def remind(*, now: datetime) -> int:
    """Queue every reminder that is due and was not queued before; how many. Twice, or late, is harmless."""
    due = [found for seat in _seats(now) if (found := newest_due(seat, now))]
    known = set(Delivery.objects.exclude(key="").filter(key__in=[one.key for one in due]).values_list("key", flat=True))
    return sum(_queue_or_log(one, now) for one in due if one.key not in known)


def _seats(now: datetime) -> Iterator[Seat]:
    """Seats whose interview is near, or whose scorecard has been awaited for a while."""
    near = Q(interview__starts_at__gt=now, interview__starts_at__lte=now + BEFORE[0])
    waited = Q(wait_from__lte=now - AFTER[0], wait_from__gt=now - AFTER[-1] - TOO_LATE)
    rows = (
        Scorecard.objects.owed()
        .annotate(wait_from=WAIT_FROM)
        .filter(near | waited, due_at__isnull=False, interview__imported=False)
    )
    columns = ("pk", "interview__starts_at", "wait_from", "created_at", "interview__planned_at")
    for pk, starts, wait_from, created, planned in rows.values_list(*columns):
        yield Seat(pk, starts, wait_from, max(created, planned))


def _queue_or_log(reminder: Reminder, now: datetime) -> bool:
    """One that can't be written keeps nobody else from theirs; it is tried again at the next tick."""
    try:
        return _queue(reminder, now)
    except Exception:  # whatever the one row comes up with
        log.exception("reminder_failed", scorecard=reminder.seat.scorecard, hours=reminder.hours)
        return False


@transaction.atomic
def _queue(reminder: Reminder, now: datetime) -> bool:
    """Under the lock that submitting, excusing and handing over take, so that nothing is asked for that has just come."""
    card = (
        Scorecard.objects.owed()
        .select_for_update(of=("self",))
        .select_related("interviewer", "interview__kit", "interview__application__role", "interview__created_by")
        .select_related("interview__application__owner")
        .filter(pk=reminder.seat.scorecard, interview__starts_at=reminder.seat.starts_at)
        .first()
    )
    if card is None or _seat_of(card) != reminder.seat:
        return False
    _remind_interviewer(card, reminder, now)
    recruiter = _recruiter(card.interview)
    if reminder.copies_recruiter and recruiter is not None and recruiter.pk != card.interviewer_id:
        _copy_recruiter(card, reminder, recruiter, now)
    return True


def _remind_interviewer(card: Scorecard, reminder: Reminder, now: datetime) -> None:
    interview = card.interview
    words = "Soon" if reminder.is_before else "Your scorecard is awaited"
    queue_mail(
        event="interview.reminder" if reminder.is_before else "scorecard.reminder",
        to=card.interviewer,
        subject=f"{words}: {interview.kit.name} for {interview.application.role.title}",
        template="reminder_before" if reminder.is_before else "reminder_after",
        context={"interview": interview, "scorecard": card, "person": card.interviewer, "hours": abs(reminder.hours)},
        key=reminder.key,
        due_at=now,
    )


def _copy_recruiter(card: Scorecard, reminder: Reminder, recruiter: User, now: datetime) -> None:
    interview = card.interview
    queue_mail(
        event="scorecard.reminder",
        to=recruiter,
        subject=f"Still awaited: the scorecard of {card.interviewer.name} for {interview.application.role.title}",
        template="reminder_copy",
        context={"interview": interview, "scorecard": card, "person": recruiter, "hours": reminder.hours},
        key=_copy_key(reminder.key),
        due_at=now,
    )


def _copy_key(key: str) -> str:
    return f"{key}:copy"


def _recruiter(interview: Interview) -> User | None:
    """Who looks after the person; failing that, who planned the interview."""
    people = (interview.application.owner, interview.created_by)
    return next((one for one in people if one is not None and one.is_active and one.is_staff_of_firm), None)


def _seat_of(card: Scorecard) -> Seat | None:
    if card.due_at is None:
        return None
    interview = card.interview
    since = max(card.created_at, interview.planned_at)
    wait_from = card.due_at - interview.application.role.scorecard_hours * HOUR
    return Seat(card.pk, interview.starts_at, wait_from, since)


def withdraw_reminders(cards: Iterable[Scorecard]) -> None:
    """What was queued and has not left yet, once it asks for nothing any more. Needs the interview loaded."""
    moments = [-lead // HOUR for lead in BEFORE] + [delay // HOUR for delay in AFTER]
    keys = [_key(card.pk, hours, card.interview.starts_at) for card in cards for hours in moments]
    withdraw_mail(keys=chain.from_iterable((key, _copy_key(key)) for key in keys))
