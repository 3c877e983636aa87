"""The next version of a presented shortlist: prepared where the client sees nothing of it, then put before them as a whole."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects

from candidates.enums import Citation, ShortlistState
from candidates.gates.shortlists import missing_to_present_version, missing_to_shortlist, missing_to_take_out
from candidates.models import (
    Application,
    EntryClaim,
    Shortlist,
    ShortlistEntry,
    ShortlistReviewer,
    ShortlistVersion,
    VersionPlace,
)
from candidates.queries.claims import citable_about
from candidates.queries.reports import built_of, present_fingerprints
from candidates.queries.shortlist_versions import Prepared, whole_places
from candidates.services.applications import enter_stage, enter_stage_together
from candidates.services.scores import snapshot_score
from candidates.services.shortlists import (
    close_when_all_decided,
    give_reason,
    lock_shortlist,
    place_by_score,
    return_to_scored,
)
from rubrics.enums import StageKind
from rubrics.gates.base import pass_gate
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import Letter, queue_mails


@transaction.atomic
def begin_version(*, shortlist: Shortlist, by: User, now: datetime) -> ShortlistVersion:
    """Begin the next version with everybody who is on the list, or go on with the one begun. Raises Refused."""
    locked = lock_shortlist(shortlist)
    if locked.state != ShortlistState.PRESENTED:
        raise Refused("Only a shortlist that is with the client, and not decided, can have a next version.")
    begun = locked.versions.filter(presented_at=None).first()
    if begun is not None:
        return begun
    if not locked.versions.exists():
        _write_down_first(locked)
    version = ShortlistVersion.objects.create(
        shortlist=locked, number=locked.version + 1, created_by=by, created_at=now
    )
    _copy_list(locked, version)
    return version


def _write_down_first(shortlist: Shortlist) -> None:
    """What was presented, as the first version, before anything differs from it."""
    first = ShortlistVersion.objects.create(
        shortlist=shortlist, number=1, created_by=shortlist.created_by, created_at=shortlist.created_at
    )
    _copy_list(shortlist, first)
    first.presented_by, first.presented_at = shortlist.presented_by, shortlist.presented_at
    first.save(update_fields=["presented_by", "presented_at"])


def _copy_list(shortlist: Shortlist, version: ShortlistVersion) -> None:
    VersionPlace.objects.bulk_create(
        [
            VersionPlace(
                version=version,
                application_id=entry.application_id,
                entry=entry,
                position=position,
                why=entry.why,
                summary=entry.summary,
                snapshot_id=entry.snapshot_id,
            )
            for position, entry in enumerate(shortlist.entries.on_list().order_by("position"), start=1)
        ]
    )


@transaction.atomic
def add_place(*, version: ShortlistVersion, application: Application, by: User, now: datetime) -> VersionPlace:
    """Put somebody on the next version, or back on it, by their score. Raises GateRefused, or Refused."""
    locked = _lock(version)
    if application.role_id != locked.shortlist.role_id:
        raise Refused("This person applied for another role.")
    others = places_of(locked)
    if any(place.application_id == application.pk for place in others):
        raise Refused("This person is already on it.")
    entry = locked.shortlist.entries.filter(application=application).select_related("snapshot").first()
    place = VersionPlace(version=locked, application=application, position=len(others) + 1)
    if entry is not None and entry.left_in is None:
        place.entry, place.why, place.summary, place.snapshot = entry, entry.why, entry.summary, entry.snapshot
    else:
        pass_gate(missing_to_shortlist(application))
        place.snapshot = snapshot_score(application=application, cited_by=Citation.SHORTLIST, now=now)
        enter_stage(application=application, kind=StageKind.SHORTLISTED, by=by, now=now)
    place.save()
    others.insert(place_by_score(others, place), place)
    _renumber(others)
    return place


@transaction.atomic
def remove_place(*, place: VersionPlace, by: User, now: datetime) -> None:
    """Do without somebody in the next version; whoever is new goes back to Scored. Raises GateRefused once decided on."""
    locked = _lock(place.version)
    pass_gate(missing_to_take_out(place))
    application, is_new = place.application_id, place.is_new
    place.delete()
    _renumber(places_of(locked))
    if is_new:
        return_to_scored([application], by=by, now=now, reason="taken off the next version of a shortlist")


@transaction.atomic
def order_places(*, version: ShortlistVersion, order: Sequence[int], why: str) -> None:
    """Set the order by ids of places. Where somebody stands before a person with a higher score, a reason is needed."""
    places = {place.pk: place for place in places_of(_lock(version))}
    if set(order) != set(places) or len(order) != len(places):
        raise Refused("The list has changed meanwhile. Look at it again and then order it.")
    ordered = [places[pk] for pk in order]
    give_reason(ordered, why)
    _renumber(ordered)
    VersionPlace.objects.bulk_update(ordered, ["why"])


def _renumber(ordered: Sequence[VersionPlace]) -> None:
    for position, place in enumerate(ordered, start=1):
        place.position = position
    VersionPlace.objects.bulk_update(ordered, ["position"])


@transaction.atomic
def write_place(*, place: VersionPlace, summary: str, rests_on: Collection[int]) -> VersionPlace:
    """The summary of somebody new and the incidents (ids) it rests on; of the others it stays as it was presented."""
    locked = _lock(place.version)
    if not place.is_new:
        raise Refused("This summary was presented and stays as it is.")
    known = citable_about(locked.shortlist, place.application_id).filter(pk__in=rests_on).count()
    if known != len(set(rests_on)):
        raise Refused("An incident you chose does not stand in a scorecard of this person that counts. Look again.")
    place.summary, place.rests_on = summary.strip(), sorted(set(rests_on))
    place.save(update_fields=["summary", "rests_on"])
    return place


@transaction.atomic
def drop_version(*, version: ShortlistVersion, by: User, now: datetime) -> None:
    """Give up what was prepared; the client's version stays, and whoever would have been new goes back to Scored."""
    locked = _lock(version)
    new = list(locked.places.filter(entry=None).values_list("application", flat=True))
    locked.delete()
    return_to_scored(new, by=by, now=now, reason="next version of a shortlist given up")


@transaction.atomic
def present_version(*, version: ShortlistVersion, by: User, now: datetime) -> ShortlistVersion:
    """Put the next version before the client and tell its reviewers once. Raises GateRefused.

    Entries of those who stay are the same rows, so that what the client wrote and decided about them stays too.
    """
    locked = _lock(version)
    shortlist = locked.shortlist
    prefetch_related_objects([shortlist], Prefetch("reviewers", ShortlistReviewer.objects.select_related("user")))
    prepared = Prepared(locked, places_of(locked), places_of(shortlist.versions.get(number=shortlist.version)))
    fingerprints = present_fingerprints(shortlist, prepared)
    pass_gate(missing_to_present_version(prepared, fingerprints=fingerprints, built=built_of(shortlist)))
    left = _apply(locked, prepared.places)
    shortlist.versions.filter(number=locked.number - 1).update(superseded_at=now)
    locked.presented_by, locked.presented_at = by, now
    locked.save(update_fields=["presented_by", "presented_at"])
    shortlist.version = locked.number
    shortlist.save(update_fields=["version"])
    listed = shortlist.entries.on_list()
    new = listed.filter(joined_in=locked.number)
    enter_stage_together(applications=new.values("application"), kind=StageKind.WITH_CLIENT, by=by, now=now)
    return_to_scored(left, by=by, now=now, reason="no longer on the shortlist")
    close_when_all_decided(shortlist, now=now)
    asked = [one for one in shortlist.reviewers.all() if one.released_at is None]
    queue_mails([_letter(reviewer, locked) for reviewer in asked])
    return locked


def places_of(version: ShortlistVersion) -> list[VersionPlace]:
    return list(whole_places().filter(version=version))


def _apply(version: ShortlistVersion, places: Sequence[VersionPlace]) -> list[int]:
    """Make the list what the version says; the applications that left it."""
    shortlist = version.shortlist
    staying = [place.entry_id for place in places if place.entry_id]
    leaving = shortlist.entries.on_list().exclude(pk__in=staying)
    left = list(leaving.values_list("application", flat=True))
    leaving.update(left_in=version.number)
    for place in places:
        place.entry = _entry(version, place)
    VersionPlace.objects.bulk_update(places, ["entry"])
    behind = shortlist.entries.exclude(left_in=None).order_by("position", "pk")
    for position, entry in enumerate(behind, start=len(places) + 1):
        entry.position = position
        entry.save(update_fields=["position"])
    return left


def _entry(version: ShortlistVersion, place: VersionPlace) -> ShortlistEntry:
    """The row of a person who stays, comes, or comes back."""
    if place.entry is not None:
        place.entry.position, place.entry.why = place.position, place.why
        place.entry.save(update_fields=["position", "why"])
        return place.entry
    values = {
        "position": place.position,
        "why": place.why,
        "summary": place.summary,
        "snapshot": place.snapshot,
        "joined_in": version.number,
        "left_in": None,
    }
    entry, _ = ShortlistEntry.objects.update_or_create(
        shortlist=version.shortlist, application=place.application, defaults=values
    )
    entry.claims.exclude(evidence__in=place.rests_on).delete()
    EntryClaim.objects.bulk_create(
        [EntryClaim(entry=entry, evidence_id=pk) for pk in place.rests_on], ignore_conflicts=True
    )
    return entry


def _letter(reviewer: ShortlistReviewer, version: ShortlistVersion) -> Letter:
    """That there is a new version and where, nothing of whom: a mailbox is not ours to keep."""
    shortlist = version.shortlist
    return Letter(
        event="shortlist.presented",
        to=reviewer.user,
        subject=f"Version {version.number} of shortlist {shortlist.number} for {shortlist.role.title}",
        template="shortlist_version",
        context={"shortlist": shortlist, "person": reviewer.user, "version": version, "must": reviewer.is_awaited},
        key=f"shortlist.version:{reviewer.pk}:{version.number}",
    )


def _lock(version: ShortlistVersion) -> ShortlistVersion:
    shortlist = lock_shortlist(version.shortlist)
    locked = ShortlistVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if locked.is_presented or shortlist.state != ShortlistState.PRESENTED:
        raise Refused("This version is with the client and can’t be changed any more.")
    locked.shortlist = shortlist
    return locked
