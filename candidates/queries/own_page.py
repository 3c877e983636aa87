"""What a candidate may read about themselves: facts and appointments; no stage, score, note or name of a panellist."""

from dataclasses import dataclass
from datetime import datetime

from candidates.enums import InterviewState
from candidates.models import Application, Candidate, Consent, Document, Interview


@dataclass(frozen=True)
class Appointment:
    starts_at: datetime
    ends_at: datetime
    place: str
    role: str


@dataclass(frozen=True)
class OwnData:
    roles: list[tuple[str, datetime]]
    appointments: list[Appointment]
    documents: list[tuple[str, datetime]]
    consent: Consent | None
    past_consents: list[Consent]


def own_data(candidate: Candidate, *, now: datetime) -> OwnData:
    consents = list(Consent.objects.filter(candidate=candidate))
    valid = next((consent for consent in consents if consent.is_valid(now)), None)
    coming = Interview.objects.filter(
        application__candidate=candidate, state=InterviewState.SCHEDULED, ends_at__gte=now
    ).order_by("starts_at")
    return OwnData(
        roles=list(Application.objects.in_play().filter(candidate=candidate).values_list("role__title", "created_at")),
        appointments=[
            Appointment(*row) for row in coming.values_list("starts_at", "ends_at", "place", "application__role__title")
        ],
        documents=list(Document.objects.filter(candidate=candidate).values_list("name", "uploaded_at")),
        consent=valid,
        past_consents=[consent for consent in consents if consent != valid],
    )
