"""Meetings a client asked for, made through the services."""

from datetime import timedelta
from typing import Any

from candidates.models import Meeting, ShortlistEntry
from candidates.services.interviews import Arrangement
from candidates.services.meetings import Offer, arrange_meeting, ask_to_meet
from candidates.services.schedules import When
from screening.accounts.models import User
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW

FIRST = NOW + timedelta(days=3)
SECOND = NOW + timedelta(days=4)
LENGTH = timedelta(minutes=45)


def asked(entry: ShortlistEntry, by: User, note: str = "How they would run the night shift.") -> Meeting:
    offer = Offer([SECOND, FIRST], 45, "Europe/Berlin", note)
    return ask_to_meet(entry=entry, offer=offer, by=by, now=NOW)


def arranged(meeting: Meeting, *, at: Any = FIRST, by: User | None = None, **more: Any) -> Meeting:
    arrangement = Arrangement(When(at, at + LENGTH, "UTC"), **{"place": "https://meet.example/room", **more})
    return arrange_meeting(meeting=meeting, arrangement=arrangement, by=by or RecruiterFactory(), now=NOW)


def planted(entry: ShortlistEntry, by: User, **more: Any) -> Meeting:
    """Arranged, as it stands in the tables; written without a service."""
    values: dict[str, Any] = {
        "state": "arranged",
        "offered": [FIRST],
        "starts_at": FIRST,
        "ends_at": FIRST + LENGTH,
        "place": "Room 4",
    }
    return Meeting.objects.create(
        entry=entry, asked_by=by, asked_at=NOW, minutes=45, time_zone="UTC", changed_at=NOW, **(values | more)
    )
