"""A late candidate on a shortlist that is with the client: its second version, and a third in preparation."""

from datetime import datetime, timedelta

from candidates.demo.world import World
from candidates.enums import ShortlistState
from candidates.gates.shortlists import missing_to_shortlist
from candidates.models import Application, Score, Shortlist, ShortlistVersion
from candidates.services.reports import build_report
from candidates.services.shortlist_versions import add_place, begin_version, present_version, write_place
from rubrics.enums import StageKind
from screening.accounts.models import User

SUMMARY = "Came late and looks strong: kept a claims model honest through a change of vendor, and taught two teams how."
AGO = timedelta(hours=20)


def renew_shortlist(*, world: World, by: User, now: datetime) -> None:
    """Of the first role that has a shortlist with its client, and people scored who are not on it."""
    for shortlist in Shortlist.objects.filter(state=ShortlistState.PRESENTED, role__in=world.roles).order_by("pk"):
        late = _late(shortlist)
        if late:
            _present_second(shortlist, late[0], by, now - AGO)
            version = begin_version(shortlist=shortlist, by=by, now=now)
            for application in late[1:]:
                add_place(version=version, application=application, by=by, now=now)
            return


def _late(shortlist: Shortlist) -> list[Application]:
    """At most two, the best first."""
    listed = shortlist.entries.values("application")
    scores = Score.objects.ranked().filter(
        role=shortlist.role, application__stage__kind=StageKind.SCORED, below_floor=[]
    )
    people = scores.exclude(application__in=listed).select_related("application__stage", "application__role")
    return [one.application for one in people if not missing_to_shortlist(one.application)][:2]


def _present_second(shortlist: Shortlist, application: Application, by: User, now: datetime) -> ShortlistVersion:
    version = begin_version(shortlist=shortlist, by=by, now=now)
    place = add_place(version=version, application=application, by=by, now=now)
    write_place(place=place, summary=SUMMARY, rests_on=[])
    build_report(shortlist=shortlist, of_next=True, now=now, progress=lambda _done, _total: None)
    return present_version(version=version, by=by, now=now)
