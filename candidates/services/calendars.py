"""Invitations, their updates and cancellations: who is told what about an interview, and what their calendar gets."""

from collections.abc import Iterable
from datetime import datetime

from candidates.models import Interview, Scorecard
from candidates.queries.calendars import Method, calendar_text, candidate_entry, panel_entry, panel_of
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


def _subject(interview: Interview) -> str:
    return f"{interview.kit.name} for {interview.application.role.title}"


def invite(*, scorecard: Scorecard, handed_by: str = "", now: datetime) -> None:
    """Somebody has a place on the panel; what is over needs no entry in a calendar."""
    interview, person = scorecard.interview, scorecard.interviewer
    ahead = interview.ends_at > now
    entry = panel_entry(interview, panel_of(interview)) if ahead else None
    queue_mail(
        event="interview.scheduled",
        to=person,
        subject=f"Interview: {_subject(interview)}",
        template="interview_scheduled",
        context={"interview": interview, "scorecard": scorecard, "person": person, "handed_by": handed_by},
        key=f"interview.scheduled:{scorecard.pk}",
        calendar=calendar_text([entry], method="REQUEST", now=now) if entry else "",
    )


def tell_changed(*, interview: Interview, what: str, now: datetime, but: Iterable[User] = ()) -> None:
    """The time, the place or the panel is another one; `but` have a mail of their own. The sequence has risen."""
    panel = panel_of(interview)
    text = calendar_text([panel_entry(interview, panel)], method="REQUEST", now=now)
    for person in panel:
        if person not in set(but):
            _tell(interview, person, "changed", f"Changed: {_subject(interview)}", text, what=what)


def tell_cancelled(*, interview: Interview, now: datetime) -> None:
    panel = panel_of(interview)
    text = calendar_text([panel_entry(interview, panel)], method="CANCEL", now=now)
    for person in panel:
        _tell(interview, person, "cancelled", f"Cancelled: {_subject(interview)}", text)


def tell_left(*, interview: Interview, person: User, to: User | None = None, now: datetime) -> None:
    """Somebody is no longer expected: `to` took the place over, or nobody did. The sequence has risen."""
    text = calendar_text([panel_entry(interview, [person], cancelled=True)], method="CANCEL", now=now)
    words = f"No longer yours: {_subject(interview)}"
    _tell(interview, person, "left", words, text if interview.ends_at > now else "", to=to)


def tell_excused(*, scorecard: Scorecard, by: User) -> None:
    """The conversation is over, and nobody waits for this scorecard any more. The reason stands with the interview."""
    interview = scorecard.interview
    _tell(interview, scorecard.interviewer, "excused", f"No scorecard owed: {_subject(interview)}", "", by=by)


def _tell(interview: Interview, person: User, event: str, subject: str, calendar: str, **context: object) -> None:
    queue_mail(
        event=f"interview.{event}",
        to=person,
        subject=subject,
        template=f"interview_{event}",
        context={"interview": interview, "person": person, **context},
        key=f"interview.{event}:{interview.pk}:{interview.sequence}:{person.pk}",
        calendar=calendar,
    )


def tell_candidate(*, interview: Interview, now: datetime) -> None:
    """The candidate gets the interview as it is now. Only where somebody asked for it; nothing does so by itself.

    Raises Refused without an address, or for a cancellation of what they were never told of.
    """
    candidate = interview.application.candidate
    if not candidate.email:
        raise Refused("There is no e-mail address of the candidate on file, so no invitation can be sent.")
    if not interview.takes_place and interview.candidate_sequence is None:
        raise Refused("The candidate was never sent an invitation, so there is nothing to take back.")
    method: Method = "REQUEST" if interview.takes_place else "CANCEL"
    words = "Invitation" if interview.candidate_sequence is None else "Changed"
    panel = panel_of(interview)
    queue_mail(
        event="candidate.interview",
        to=candidate.email,
        subject=f"{words if interview.takes_place else 'Cancelled'}: interview for {interview.application.role.title}",
        template="candidate_interview",
        context={
            "interview": interview,
            "candidate": candidate,
            "zone": candidate.time_zone or interview.time_zone,
            "panel": panel,
        },
        key=f"candidate.interview:{interview.pk}:{interview.sequence}:{candidate.email}",
        calendar=calendar_text([candidate_entry(interview, panel)], method=method, now=now),
    )
    interview.candidate_sequence = interview.sequence
    interview.save(update_fields=["candidate_sequence"])
