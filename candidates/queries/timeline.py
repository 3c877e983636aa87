"""Everything that happened about a person in one list, read in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import BigIntegerField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from candidates.enums import ConsentHow, DebriefResult, InterviewState, MeetingState, Outcome
from candidates.models import (
    Application,
    Candidate,
    CandidateMail,
    Consent,
    DebriefOutcome,
    Decision,
    Document,
    Interview,
    Meeting,
    Merge,
    Note,
    StageChange,
)
from candidates.queries.merges import files_of
from candidates.querysets.seal import rows_for
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery

LONGEST = 500
QUEUED = {DeliveryState.DUE: "queued", DeliveryState.CANCELLED: "not sent"}
NOTHING = Value("", output_field=TextField())
Rows = TypeVar("Rows", bound=QuerySet[Any])


class Row(NamedTuple):
    """One happening; what `one`, `two` and `three` hold depends on its kind."""

    at: datetime
    kind: str
    by: str | None
    text: str | None
    one: str
    two: str | None
    three: str | None
    ref: int
    application: int | None
    by_id: int | None


@dataclass(frozen=True)
class Event:
    at: datetime
    title: str
    by: str = ""
    text: str = ""
    url: str = ""
    tone: str = ""
    change_url: str = ""
    """Where its reader puts right what they wrote."""


@dataclass(frozen=True)
class Timeline:
    """`opinions` are the applications (ids) on which it tells what somebody else thinks."""

    events: list[Event]
    opinions: frozenset[int]


def _rows(  # noqa: PLR0913 -- the columns of the list
    queryset: Rows,
    kind: str,
    *,
    at: str,
    by: str = "",
    text: str = "",
    one: str = "",
    two: str = "",
    three: str = "",
    application: str = "",
) -> Rows:
    words = {"by": by, "text": text, "one": one, "two": two, "three": three}
    columns: dict[str, Any] = {
        f"the_{name}": Cast(F(path), TextField()) if path else NOTHING for name, path in words.items()
    }
    nothing = Value(None, output_field=BigIntegerField())
    rows = (
        queryset.order_by()
        .annotate(
            **columns,
            the_moment=F(at),
            the_ref=F("pk"),
            the_kind=Value(kind, output_field=TextField()),
            the_application=F(application) if application else nothing,
            the_author=F(by.replace("__name", "_id")) if by.endswith("__name") else nothing,
        )
        .values_list(
            "the_moment",
            "the_kind",
            "the_by",
            "the_text",
            "the_one",
            "the_two",
            "the_three",
            "the_ref",
            "the_application",
            "the_author",
        )
    )
    return cast("Rows", rows)


# What does not depend on who asks is made once: to make all of it takes as long as the rest of the page.
STAGES = _rows(
    StageChange.objects.all(),
    "stage",
    at="at",
    by="by__name",
    text="reason",
    one="from_stage__name",
    two="to_stage__name",
    application="application_id",
)
INTERVIEWS = _rows(
    Interview.objects.all(),
    "interview",
    at="starts_at",
    by="created_by__name",
    text="state_reason",
    one="kit__name",
    two="state",
    three="application__role__title",
    application="application_id",
)
NOTES = _rows(
    Note.objects.all(),
    "note",
    at="created_at",
    by="author__name",
    text="text",
    two="changed_at",
    three="application__role__title",
    application="application_id",
)
DECISIONS = _rows(
    Decision.objects.all(),
    "decision",
    at="decided_at",
    by="decider_name",
    text="why",
    one="outcome",
    three="entry__application__role__title",
    application="entry__application_id",
)
DEBRIEFS = _rows(
    DebriefOutcome.objects.all(),
    "debrief",
    at="noted_at",
    by="noted_by__name",
    text="note",
    one="result",
    three="application__role__title",
    application="application_id",
)
MEETINGS = _rows(
    Meeting.objects.all(),
    "meeting",
    at="changed_at",
    by="asked_by__name",
    text="reason",
    one="state",
    three="entry__application__role__title",
)
DOCUMENTS = _rows(Document.objects.all(), "document", at="uploaded_at", by="uploaded_by__name", one="name")
LETTERS = _rows(
    CandidateMail.objects.all(),
    "letter",
    at="written_at",
    by="by__name",
    text="delivery__error",
    one="delivery__subject",
    two="delivery__state",
    three="application__role__title",
)
MERGES = _rows(Merge.objects.all(), "merge", at="at", by="by__name", one="candidate__name")
UNDONE_MERGES = _rows(
    Merge.objects.exclude(undone_at=None), "unmerge", at="undone_at", by="undone_by__name", one="candidate__name"
)
MAILS = _rows(Delivery.objects.filter(letter=None), "mail", at="created_at", text="error", one="subject", two="state")


def timeline_of(
    user: User,
    candidate: Candidate,
    traces: frozenset[str],
    *,
    applications: Iterable[Application],
    consents: Iterable[Consent],
) -> Timeline:
    """Within `closed_once`, for somebody who may see the whole candidate; `traces` tell what there is to ask after.

    Known already: the applications whose opinions this user may read, with their roles, and the consents they may see,
    with who recorded them.
    """
    titles = {one.pk: one.role.title for one in applications}
    found = rows_for(user, _happened, candidate.pk, list(titles), by_key=True, traces=traces)
    known = (row for consent in consents for row in _of_consent(consent))
    rows = sorted((*map(Row._make, found), *known), key=lambda row: (row.at, row.ref), reverse=True)
    shown = rows[:LONGEST]
    events = [_event(row, titles, user) for row in shown]
    if len(rows) > LONGEST:
        events.append(Event(rows[LONGEST].at, f"Only the newest {LONGEST} are shown."))
    return Timeline(events, frozenset(_opinions(shown, user)))


def _event(row: Row, titles: Mapping[int, str], reader: User) -> Event:
    """A change of stage knows its application only; of that the role is known."""
    if row.kind == "note" and row.by_id == reader.pk:
        return replace(_note(row), change_url=reverse("candidates:note", args=[row.ref]))
    return EVENT[row.kind](row._replace(three=titles[row.application or 0]) if row.kind == "stage" else row)


def _of_consent(consent: Consent) -> Iterable[Row]:
    nothing, by = (None, None, consent.pk, None, None), consent.recorded_by
    yield Row(consent.given_at, "consent", by.name if by else None, consent.where_given, consent.how, *nothing)
    if consent.withdrawn_at:
        yield Row(consent.withdrawn_at, "withdrawal", None, None, "", *nothing)


def _happened(user: User, person: int, applications: Sequence[int], *, traces: frozenset[str]) -> QuerySet[Any, Any]:
    first, *others = _sources(user, person, applications, traces)
    found = first.union(*others, all=True) if others else first
    return found.order_by("-the_moment", "-the_ref")[: LONGEST + 1]


def _sources(
    user: User, person: int, applications: Sequence[int], traces: frozenset[str]
) -> Iterable[QuerySet[Any, Any]]:
    yield STAGES.filter(application__in=applications)
    if "interview" in traces:
        yield INTERVIEWS.visible_to(user).filter(application__candidate=person)
    if "note" in traces:
        yield NOTES.visible_to(user).filter(candidate=person)
    if "entry" in traces:
        yield DECISIONS.visible_to(user).filter(entry__application__candidate=person)
    if "debrief" in traces:
        yield DEBRIEFS.visible_to(user).filter(application__candidate=person)
    if user.is_staff_of_firm:
        yield from _sources_for_staff(user, person, traces)


def _sources_for_staff(user: User, person: int, traces: frozenset[str]) -> Iterable[QuerySet[Any, Any]]:
    if "entry" in traces:
        yield MEETINGS.visible_to(user).filter(entry__application__candidate=person)
    if "document" in traces:
        yield DOCUMENTS.filter(candidate=person)
    if "letter" in traces:
        yield LETTERS.filter(candidate=person)
    if "merge" in traces:
        yield MERGES.filter(into=person)
        yield UNDONE_MERGES.filter(into=person)
    if {"mail", "file"} & traces:
        yield MAILS.filter(recipient__in=files_of(Candidate(pk=person)).exclude(email="").values("email"))


def _opinions(rows: Iterable[Row], user: User) -> Iterable[int]:
    """Notes of others, decisions, what debriefs came to, and why somebody was rejected."""
    for row in rows:
        telling = row.kind in {"note", "decision", "debrief"} or (row.kind == "stage" and row.text)
        if telling and row.by_id != user.pk and row.application is not None:
            yield row.application


def _with(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _stage(row: Row) -> Event:
    words = f"{row.one} → {row.two}" if row.one else f"Added to {row.two}"
    return Event(row.at, _with(words, row.three), row.by or "", row.text or "")


def _interview(row: Row) -> Event:
    state = InterviewState(row.two or "")
    words = f"Interview {state.label.lower()}: {row.one}"
    return Event(
        row.at, _with(words, row.three), text=row.text or "", url=reverse("candidates:interview", args=[row.ref])
    )


def _meeting(row: Row) -> Event:
    words = f"Meeting with the client {MeetingState(row.one).label.lower()}"
    return Event(
        row.at, _with(words, row.three), row.by or "", row.text or "", url=reverse("candidates:meeting", args=[row.ref])
    )


def _note(row: Row) -> Event:
    words = "Note, changed since" if row.two else "Note"
    return Event(row.at, _with(words, row.three), row.by or "", row.text or "", tone="info")


def _decision(row: Row) -> Event:
    outcome = Outcome(row.one)
    tone = "good" if outcome == Outcome.HIRE else "bad"
    return Event(
        row.at, _with(f"Decision: {outcome.label.lower()}", row.three), row.by or "", row.text or "", tone=tone
    )


def _debrief(row: Row) -> Event:
    words = f"Debrief: {DebriefResult(row.one).label.lower()}"
    url = reverse("candidates:debrief", args=[row.application])
    return Event(row.at, _with(words, row.three), row.by or "", row.text or "", url=url, tone="info")


def _consent(row: Row) -> Event:
    return Event(row.at, f"Consent · {ConsentHow(row.one).label.lower()}", row.by or "", row.text or "", tone="good")


def _withdrawal(row: Row) -> Event:
    return Event(row.at, "Consent withdrawn", tone="warn")


def _document(row: Row) -> Event:
    return Event(row.at, f"Document added: {row.one}", row.by or "")


def _mail(row: Row) -> Event:
    state = DeliveryState(row.two or "")
    text = f"The mail server: {row.text}" if row.text else ""
    waits = state == DeliveryState.DUE and bool(text)
    words = "to be tried again" if waits else QUEUED.get(state, state.label).lower()
    tone = "bad" if state == DeliveryState.FAILED else "warn" if waits else ""
    return Event(row.at, _with(f"E-mail {words}: {row.one}", row.three), row.by or "", text, tone=tone)


def _letter(row: Row) -> Event:
    return replace(_mail(row), url=reverse("candidates:mail", args=[row.ref]))


def _merge(row: Row) -> Event:
    return Event(row.at, f"Merged: the file of {row.one} went into this one", row.by or "", tone="info")


def _unmerge(row: Row) -> Event:
    return Event(row.at, f"Taken apart: {row.one} has a file of their own again", row.by or "", tone="info")


EVENT = {
    "stage": _stage,
    "interview": _interview,
    "meeting": _meeting,
    "note": _note,
    "decision": _decision,
    "debrief": _debrief,
    "consent": _consent,
    "withdrawal": _withdrawal,
    "document": _document,
    "letter": _letter,
    "mail": _mail,
    "merge": _merge,
    "unmerge": _unmerge,
}
