"""What every page knows: where its reader may go."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from screening.accounts.enums import Part


@dataclass(frozen=True)
class Place:
    """One entry of the navigation. It is current on its own address and on those that begin with `also`."""

    label: str
    url_name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


TODAY = Place("Today", "candidates:today")
ROLES = Place("Roles", "rubrics:roles")
INTERVIEWS = Place("Interviews", "candidates:interviews", also=("/scorecards/",))
CANDIDATES = Place("Candidates", "candidates:candidates", also=("/applications/",))
RUBRICS = Place("Rubrics", "rubrics:rubrics", also=("/calibration/",))
CALIBRATION = Place("Calibration", "candidates:samples")
SHORTLISTS = Place("Shortlists", "candidates:shortlists", also=("/entries/",))
ENGAGEMENTS = Place("Engagements", "candidates:engagements", also=("/engagement-reviews/",))
PEOPLE = Place("People", "accounts:people", also=("/clients/", "/audit/"))
OUTBOX = Place("Outbox", "jobs:outbox")

RECRUITING = (TODAY, ROLES, INTERVIEWS, CANDIDATES, RUBRICS, SHORTLISTS, ENGAGEMENTS)
PLACES: dict[str, tuple[Place, ...]] = {
    Part.CLIENT_REVIEWER: (TODAY, SHORTLISTS, ENGAGEMENTS),
    Part.HIRING_MANAGER: (TODAY, ROLES, INTERVIEWS, CALIBRATION),
    Part.RECRUITER: RECRUITING,
    Part.ADMINISTRATOR: (*RECRUITING, PEOPLE, OUTBOX),
}


@cache
def _address(place: Place) -> str:
    return reverse(place.url_name)


def _link(place: Place, path: str) -> Link:
    url = _address(place)
    current = path == url or (url != "/" and path.startswith((url, *place.also)))
    return Link(place.label, url, current)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav`: the links of the reader's part, none for somebody who is not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": []}
    return {"nav": [_link(place, request.path) for place in PLACES[user.part]]}
