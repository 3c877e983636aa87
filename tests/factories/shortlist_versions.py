"""Versions of shortlists as rows, for worlds that are not made through the services."""

from datetime import datetime

from candidates.models import Application, Shortlist, ShortlistVersion
from screening.accounts.models import User
from tests.factories.candidates import NOW


def written_down(
    shortlist: Shortlist, number: int, *, by: User, superseded_at: datetime | None = None
) -> ShortlistVersion:
    """A presented version with everybody who has an entry."""
    version = ShortlistVersion.objects.create(shortlist=shortlist, number=number, created_by=by, created_at=NOW)
    for position, entry in enumerate(shortlist.entries.order_by("position", "pk"), start=1):
        version.places.create(
            application_id=entry.application_id, entry=entry, position=position, why=entry.why, summary=entry.summary
        )
    version.presented_by, version.presented_at, version.superseded_at = by, NOW, superseded_at
    version.save()
    return version


def in_preparation(
    shortlist: Shortlist, *, by: User, new: Application | None = None, summary: str = "Ran the cluster."
) -> ShortlistVersion:
    """The next version: everybody who is on the list, and perhaps somebody new."""
    version = ShortlistVersion.objects.create(
        shortlist=shortlist, number=shortlist.version + 1, created_by=by, created_at=NOW
    )
    entries = list(shortlist.entries.on_list().order_by("position", "pk"))
    for position, entry in enumerate(entries, start=1):
        version.places.create(
            application_id=entry.application_id, entry=entry, position=position, why=entry.why, summary=entry.summary
        )
    if new is not None:
        version.places.create(application=new, position=len(entries) + 1, summary=summary)
    return version
