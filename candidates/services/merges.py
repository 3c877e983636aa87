"""Two files of one person become one. What belongs to the file that goes is moved by the database with `merged_into`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Field

from candidates.gates.merges import missing_to_choose, missing_to_merge, missing_to_undo
from candidates.models import Application, Candidate, DifferentPeople, LikelyDuplicate, Merge
from candidates.permissions.candidates import can_merge_candidate
from candidates.queries.merges import FIELDS, Comparison, compare
from rubrics.gates.base import pass_gate
from rubrics.models import Role
from rubrics.services.pools import score_role_again
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User

CHANGED = "One of the two changed since you looked. Here is how they stand now; nothing was merged."
WENT = "One of the two went into another file meanwhile. Nothing was merged."
CLOSED = "You can’t merge these two: you still have to judge one of them, or one of them is closed to you."
TAKEN = "Somebody else here has this e-mail or reference by now. Change it there first."


@transaction.atomic
def merge_candidates(
    *,
    candidate: Candidate,
    into: Candidate,
    theirs: Collection[str],
    live: Mapping[int, int],
    seen: str,
    by: User,
    now: datetime,
) -> Merge:
    """Let `candidate` go into `into`. `theirs`: fields to take from it; `live`: role → application that goes on.

    `seen` is what the comparison was when it was shown. Raises Conflict when either changed since, GateRefused with
    what is in the way.
    """
    comparison = _locked(into, candidate)
    going, staying = comparison.candidate, comparison.into
    if not (can_merge_candidate(by, going) and can_merge_candidate(by, staying)):
        raise Refused(CLOSED)
    if going.merged_into_id or staying.merged_into_id:
        raise Conflict(WENT)
    pass_gate(missing_to_merge(comparison))
    if comparison.seen != seen:
        raise Conflict(CHANGED)
    pass_gate(missing_to_choose(comparison, live))
    set_aside = _set_aside(comparison, live)
    going.merged_into, going.merged_at = staying, now
    going.save(update_fields=["merged_into", "merged_at"])
    replaced = _take(staying, going, theirs=theirs, links=comparison.links)
    one, two = sorted((going.pk, staying.pk))
    LikelyDuplicate.objects.filter(one=one, two=two).delete()
    DifferentPeople.objects.filter(one=one, two=two).delete()
    merge = Merge.objects.create(candidate=going, into=staying, replaced=replaced, set_aside=set_aside, by=by, at=now)
    _score_again(set_aside)
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, by: User, now: datetime) -> tuple[Merge, list[str]]:
    """Take two files apart again; also the labels of fields somebody edited since, which stay as they are.

    Raises GateRefused while a later merge rests on this one.
    """
    people = _lock([merge.candidate_id, merge.into_id])
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    merge.candidate, merge.into = people[merge.candidate_id], people[merge.into_id]
    if not can_merge_candidate(by, merge.into):
        raise Refused(CLOSED)
    pass_gate(missing_to_undo(merge))
    kept = _give_back(merge.into, merge.replaced)
    merge.candidate.merged_into = merge.candidate.merged_at = None
    _save(merge.candidate, ["merged_into", "merged_at"])
    for pk, before in merge.set_aside.items():
        Application.objects.filter(pk=pk).update(merged_into=before)
    merge.undone_by, merge.undone_at = by, now
    merge.save(update_fields=["undone_by", "undone_at"])
    _score_again(merge.set_aside)
    return merge, kept


@transaction.atomic
def tell_apart(*, one: Candidate, two: Candidate, by: User, now: datetime) -> DifferentPeople:
    """Not the same person: they are not proposed again. Saying so twice changes nothing."""
    if one.pk == two.pk:
        raise Refused("Choose two people.")
    first, second = sorted((one, two), key=lambda person: person.pk)
    LikelyDuplicate.objects.filter(one=first, two=second).delete()
    found, _ = DifferentPeople.objects.get_or_create(one=first, two=second, defaults={"by": by, "at": now})
    return found


def _locked(into: Candidate, candidate: Candidate) -> Comparison:
    """Both people and their applications, so that nobody moves, merges or adds to them meanwhile."""
    if into.pk == candidate.pk:
        raise Refused("Choose two people.")
    people = _lock([into.pk, candidate.pk])
    list(Application.objects.select_for_update().filter(candidate__in=people).order_by("pk").values_list("pk"))
    return compare(into=people[into.pk], candidate=people[candidate.pk])


def _lock(pks: Collection[int]) -> dict[int, Candidate]:
    return {one.pk: one for one in Candidate.objects.select_for_update().filter(pk__in=pks).order_by("pk")}


def _set_aside(comparison: Comparison, live: Mapping[int, int]) -> dict[str, int | None]:
    """Also those that stood behind the one that steps back now stand behind the one that goes on."""
    before: dict[str, int | None] = {}
    for clash in comparison.clashes:
        goes_on = live[clash.role.pk]
        back = [one.pk for one in clash.applications if one.pk != goes_on]
        behind = Application.objects.filter(merged_into__in=back)
        before |= {str(pk): first for pk, first in behind.values_list("pk", "merged_into_id")}
        before |= {str(pk): None for pk in back}
        Application.objects.filter(pk__in=[int(pk) for pk in before]).filter(role=clash.role).update(
            merged_into=goes_on
        )
    return before


def _take(staying: Candidate, going: Candidate, *, theirs: Collection[str], links: list[str]) -> dict[str, list[Any]]:
    """Write what was chosen; what changed, by field, before and after."""
    wanted: dict[str, Any] = {name: getattr(going, name) for name in FIELDS if name in theirs}
    wanted["links"] = links
    wanted["user_id"] = staying.user_id or going.user_id
    asked = [at for at in (staying.erasure_requested_at, going.erasure_requested_at) if at]
    wanted["erasure_requested_at"] = min(asked, default=None)
    if not wanted.get("name", staying.name):
        raise Refused("A person needs a name.")
    replaced = {}
    for name, value in wanted.items():
        before = getattr(staying, name)
        if before != value:
            replaced[name] = [_plain(before), _plain(value)]
            setattr(staying, name, value)
    _save(staying, list(replaced))
    return replaced


def _give_back(person: Candidate, replaced: Mapping[str, list[Any]]) -> list[str]:
    kept = []
    for name, (before, after) in replaced.items():
        if _plain(getattr(person, name)) == after:
            column = cast("Field[Any, Any]", Candidate._meta.get_field(name.removesuffix("_id")))
            setattr(person, name, column.to_python(before))
        elif name in FIELDS:
            kept.append(FIELDS[name])
    _save(person, list(replaced))
    return kept


def _save(person: Candidate, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            person.save(update_fields=[name.removesuffix("_id") for name in fields])
    except IntegrityError as error:
        raise Refused(TAKEN) from error


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _score_again(set_aside: Mapping[str, Any]) -> None:
    for role in Role.objects.filter(applications__in=[int(pk) for pk in set_aside]).distinct():
        score_role_again(role)
