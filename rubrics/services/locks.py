"""One person writes on a draft at a time, and nobody over words they have not seen."""

from collections.abc import Mapping
from typing import Any

from rubrics.models import RubricVersion
from rubrics.services.scopes import fingerprint
from screening.accounts.errors import Conflict, Refused


class AlreadyPublished(Refused):
    pass


class PartChanged(Conflict):
    """What somebody edited is no longer what is saved; `saved` is what is."""

    def __init__(self, saved: Mapping[str, Any]) -> None:
        super().__init__("Somebody changed this meanwhile. Compare both, then save what should stay.")
        self.saved = saved


def lock_draft(version: RubricVersion) -> RubricVersion:
    """Raises AlreadyPublished."""
    locked = (
        RubricVersion.objects.select_for_update(of=("self",))
        .select_related("rubric", "equivalent_to")
        .get(pk=version.pk)
    )
    if locked.is_published:
        raise AlreadyPublished("This version is published and never changes. Start the next draft.")
    return locked


def must_have_seen(saved: Mapping[str, Any], *, new: Mapping[str, Any] | None, seen: str | None) -> None:
    """Raises PartChanged when `saved` is neither what the author began with nor what they want; None trusts them."""
    if seen is not None and saved != new and fingerprint(saved) != seen:
        raise PartChanged(saved)
