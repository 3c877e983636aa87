"""What a card warns of: consent that is missing, scorecards overdue, a shortlist nobody at the client has opened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from candidates.enums import InterviewState, ScorecardState, ShortlistState, Warned
from candidates.models import Consent, Scorecard, ShortlistEntry, ShortlistVersion
from candidates.queries.attention import DAY, earlier
from candidates.querysets.made_once import rows_of
from rubrics.enums import StageKind
from rubrics.models import Stage

CONSENT_MATTERS = (
    StageKind.CONTACTED,
    StageKind.SCREENING,
    StageKind.INTERVIEWING,
    StageKind.SCORED,
    StageKind.SHORTLISTED,
    StageKind.WITH_CLIENT,
    StageKind.OFFER,
)


@dataclass(frozen=True)
class Facts:
    """What a card warns of."""

    submitted: int = 0
    panel: int = 0
    overdue_since: datetime | None = None
    consented: bool = True
    unread_since: datetime | None = None


def warnings_of(facts: Facts, now: datetime) -> list[str]:
    warnings = []
    if not facts.consented:
        warnings.append("consent missing")
    if facts.overdue_since:
        warnings.append(f"scorecard overdue {_for(now - facts.overdue_since)}")
    if facts.unread_since:
        warnings.append(f"unread {_for(now - facts.unread_since)}")
    return warnings


def _for(time: timedelta) -> str:
    return f"{time.days} d" if time.days else f"{time.seconds // 3600} h"


def facts_of(rows: Collection[dict[str, Any]], stages: dict[int, Stage], now: datetime) -> dict[int, Facts]:
    """By application: scorecards in and owed, consent, and a shortlist nobody at the client has opened."""
    found = rows_of(_panels, [row["pk"] for row in rows], now, by_key=True)
    panels = {pk: {"submitted": done, "panel": of, "overdue_since": since} for pk, done, of, since in found}
    matters = {row["candidate_id"] for row in rows if stages[row["stage_id"]].kind in CONSENT_MATTERS}
    consented = {candidate for (candidate,) in rows_of(_consents, list(matters), now, by_key=True)}
    unread = _unread([row["pk"] for row in rows if stages[row["stage_id"]].kind == StageKind.WITH_CLIENT], now)
    return {
        row["pk"]: Facts(
            **panels.get(row["pk"], {}),
            consented=row["candidate_id"] not in matters or row["candidate_id"] in consented,
            unread_since=unread.get(row["pk"]),
        )
        for row in rows
    }


def _panels(applications: Collection[int], now: datetime) -> QuerySet[Scorecard, Any]:
    rows = _in_play().filter(interview__application__in=applications).values_list("interview__application")
    return rows.order_by().annotate(
        submitted=Count("pk", filter=Q(state=ScorecardState.SUBMITTED)),
        panel=Count("pk"),
        overdue_since=Min("due_at", filter=_late(now)),
    )


def _consents(people: Collection[int], now: datetime) -> QuerySet[Consent, Any]:
    return Consent.objects.valid(now).filter(candidate__in=people).order_by().values_list("candidate_id")


def _unread(applications: Collection[int], now: datetime) -> dict[int, datetime]:
    """Since when an entry has been with the client while nobody there has begun to evaluate it."""
    if not applications:
        return {}
    entries = _unread_entries(now).filter(application__in=applications)
    rows = entries.values_list("application", "with_client_since")
    return {application: at for application, at in rows if at is not None}


def warned_of(warning: Warned, now: datetime) -> Q:
    """Applications whose card carries this warning; the same words as `facts_of`, as a filter."""
    if warning == Warned.CONSENT:
        valid = Consent.objects.valid(now).filter(candidate=OuterRef("candidate"))
        return Q(~Exists(valid), stage__kind__in=CONSENT_MATTERS)
    if warning == Warned.OVERDUE:
        return Q(Exists(_in_play().filter(_late(now), interview__application=OuterRef("pk"))))
    return Q(Exists(_unread_entries(now).filter(application=OuterRef("pk"))), stage__kind=StageKind.WITH_CLIENT)


def _in_play() -> QuerySet[Scorecard]:
    held = [InterviewState.SCHEDULED, InterviewState.HELD]
    return Scorecard.objects.filter(interview__state__in=held, amends=None).exclude(state=ScorecardState.EXCUSED)


def _late(now: datetime) -> Q:
    return Q(state=ScorecardState.DRAFT, due_at__lt=now)


def _unread_entries(now: datetime) -> QuerySet[Any]:
    """With `with_client_since`: when the version that first held them was presented."""
    came = ShortlistVersion.objects.filter(shortlist=OuterRef("shortlist"), number=OuterRef("joined_in"))
    since = Coalesce(Subquery(came.values("presented_at")), F("shortlist__presented_at"))
    waiting = ShortlistEntry.objects.on_list().filter(shortlist__state=ShortlistState.PRESENTED, reviews=None)
    return waiting.annotate(with_client_since=since).filter(
        shortlist__role__unopened_days__gt=0,
        with_client_since__lt=earlier(now, "shortlist__role__unopened_days", DAY),
    )
