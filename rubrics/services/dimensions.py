"""Writing a draft's dimensions and levels, one at a time."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.text import slugify

from rubrics.models import Dimension, Level, RubricVersion, SampleReference
from rubrics.queries.parts import anchor_part, dimension_part, scale_part
from rubrics.services.locks import lock_draft, must_have_seen
from rubrics.spec import KEY_LENGTH
from screening.accounts.errors import Refused

USUAL_LEVELS = {"1": "no evidence", "2": "generic", "3": "working", "4": "senior", "5": "raises others"}


@transaction.atomic
def add_dimension(*, version: RubricVersion, name: str) -> Dimension:
    """At the end, with every level named as the others name it, or as usual when it is the first."""
    draft = lock_draft(version)
    present = list(draft.dimensions.all())
    if name.casefold() in {one.name.casefold() for one in present}:
        raise Refused(f"There is a dimension “{name}” already. Give this one another name.")
    dimension = Dimension.objects.create(
        version=draft,
        key=free_key(name, {one.key for one in present}, stem="dimension"),
        name=name,
        position=max((one.position + 1 for one in present), default=0),
    )
    usual = USUAL_LEVELS if list(map(str, draft.level_values)) == list(USUAL_LEVELS) else {}
    names = scale_part(draft)["names"] if present else usual
    Level.objects.bulk_create(
        Level(dimension=dimension, value=value, name=names.get(str(value), "")) for value in draft.level_values
    )
    return dimension


@transaction.atomic
def describe_dimension(
    *, version: RubricVersion, key: str, content: Mapping[str, Any], seen: str | None = None
) -> Dimension:
    """Its name, description, what is strong and weak, and its floor. Its key stays: scorecards are matched by it."""
    draft = lock_draft(version)
    dimension = dimension_of(draft, key)
    must_have_seen(dimension_part(dimension), new=content, seen=seen)
    floor = content["floor"]
    if floor is not None and floor not in draft.level_values:
        raise Refused(f"The floor has to be one of the levels {draft.lowest} to {draft.highest}.")
    for name, value in content.items():
        setattr(dimension, name, value)
    dimension.save(update_fields=list(content))
    return dimension


@transaction.atomic
def write_anchor(
    *, version: RubricVersion, key: str, value: int, content: Mapping[str, Any], seen: str | None = None
) -> Level:
    """What one would have to see at this level of this dimension."""
    draft = lock_draft(version)
    dimension = dimension_of(draft, key)
    _must_be_a_level(draft, value)
    must_have_seen(anchor_part(dimension, value), new=content, seen=seen)
    name = scale_part(draft)["names"][str(value)]
    level, _made = Level.objects.get_or_create(dimension=dimension, value=value, defaults={"name": name})
    level.anchor = content["anchor"]
    level.save(update_fields=["anchor"])
    return level


@transaction.atomic
def set_scale(
    *, version: RubricVersion, content: Mapping[str, Any], drop: bool = False, seen: str | None = None
) -> RubricVersion:
    """The range of levels that all dimensions share, their names, and from where evidence is needed.

    Raises Refused when anchors were written for levels that would go, unless `drop`; floors beyond the range go too.
    """
    draft = lock_draft(version)
    before = scale_part(draft)
    must_have_seen(before, new=content, seen=seen)
    lowest, highest, evidence_from = content["lowest"], content["highest"], content["evidence_from"]
    if lowest >= highest:
        raise Refused("The highest level has to be above the lowest.")
    if evidence_from is not None and not lowest <= evidence_from <= highest:
        raise Refused(f"Evidence has to be asked for from one of the levels {lowest} to {highest}.")
    beyond = Level.objects.filter(Q(value__lt=lowest) | Q(value__gt=highest), dimension__version=draft)
    written = beyond.filter(anchor__regex=r"\S").select_related("dimension")
    if written and not drop:
        lost = ", ".join(f"{level.dimension.name} {level.value}" for level in written)
        raise Refused(f"Anchors would be lost: {lost}. Tick that they may go, or keep their levels.")
    _drop_beyond(draft, lowest, highest)
    draft.lowest, draft.highest, draft.evidence_from = lowest, highest, evidence_from
    draft.save(update_fields=["lowest", "highest", "evidence_from"])
    for value in draft.level_values:
        name = content["names"].get(str(value), "")
        if name != before["names"].get(str(value), ""):
            _name_level(draft, value, name)
    return draft


def _name_level(draft: RubricVersion, value: int, name: str) -> None:
    present = Level.objects.filter(dimension__version=draft, value=value)
    without = draft.dimensions.exclude(pk__in=present.values("dimension"))
    Level.objects.bulk_create(Level(dimension=one, value=value, name=name) for one in without)
    present.update(name=name)


def _drop_beyond(draft: RubricVersion, lowest: int, highest: int) -> None:
    Level.objects.filter(Q(value__lt=lowest) | Q(value__gt=highest), dimension__version=draft).delete()
    draft.dimensions.filter(Q(floor__lt=lowest) | Q(floor__gt=highest)).update(floor=None)
    references = SampleReference.objects.filter(sample__question__version=draft)
    references.filter(Q(level__lt=lowest) | Q(level__gt=highest)).delete()


@transaction.atomic
def move_dimension(*, version: RubricVersion, key: str, past: str) -> None:
    """Put a dimension on the other side of its neighbour."""
    draft = lock_draft(version)
    move_past(draft.dimensions.in_bulk([dimension_of(draft, key).pk, dimension_of(draft, past).pk]).values())


def move_past(pair: Collection[Any]) -> None:
    """Exchange the places of two rows."""
    if len(pair) == 2:  # noqa: PLR2004  # a pair
        first, second = pair
        first.position, second.position = second.position, first.position
        for row in pair:
            row.save(update_fields=["position"])


@transaction.atomic
def remove_dimension(*, version: RubricVersion, key: str) -> None:
    """With its anchors, its signals and its references in samples; questions stay and inform what else they did."""
    draft = lock_draft(version)
    dimension = dimension_of(draft, key)
    SampleReference.objects.filter(dimension=dimension).delete()
    place = dimension.position
    dimension.delete()
    draft.dimensions.filter(position__gt=place).update(position=F("position") - 1)


def dimension_of(draft: RubricVersion, key: str) -> Dimension:
    found = draft.dimensions.filter(key=key).first()
    if found is None:
        raise Refused("This dimension is no longer in the draft: somebody removed it meanwhile.")
    return found


def _must_be_a_level(draft: RubricVersion, value: int) -> None:
    if value not in draft.level_values:
        raise Refused(f"Level {value} is no longer in the draft: its levels are {draft.lowest} to {draft.highest}.")


def free_key(name: str, taken: Collection[str], *, stem: str) -> str:
    """A name as files write it; numbered from 2 when it is taken."""
    wanted = slugify(name).replace("_", "-").strip("-")[: KEY_LENGTH - 4].strip("-") or stem
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key
