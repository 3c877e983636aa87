from collections.abc import Iterable, Mapping

from candidates.models import Application, Candidate, Merge
from candidates.queries.merges import Comparison, panellists_among
from rubrics.enums import StageKind
from rubrics.gates.base import Missing

WITH_OTHERS = (StageKind.SHORTLISTED, StageKind.WITH_CLIENT, StageKind.OFFER, StageKind.HIRED)


def missing_to_merge(comparison: Comparison) -> list[Missing]:
    """What keeps two files from becoming one, whatever is chosen."""
    missing = [
        *_not_standing(comparison.into),
        *_not_standing(comparison.candidate),
        *_accounts(comparison),
    ]
    for clash in comparison.clashes:
        if any(one.is_owed for one in clash.applications):  # type: ignore[attr-defined]  # annotated
            text = (
                f"A scorecard is still owed in “{clash.role.title}”, where both applied. Have it submitted or excused "
                "first: what was found on one application must not reach whoever judges the other."
            )
            missing.append(Missing("owed", text))
        if sum(_is_with_others(one) for one in clash.applications) > 1:
            text = f"Both stand on a shortlist of “{clash.role.title}”. Take one off it first."
            missing.append(Missing("shortlisted", text))
    return missing


def missing_to_choose(comparison: Comparison, live: Mapping[int, int]) -> list[Missing]:
    """`live`: role → the application that goes on (ids)."""
    missing = []
    for clash in comparison.clashes:
        chosen = live.get(clash.role.pk)
        if chosen not in {one.pk for one in clash.applications}:
            text = f"Choose which application to “{clash.role.title}” goes on."
            missing.append(Missing("live", text))
        elif any(_is_with_others(one) for one in clash.applications if one.pk != chosen):
            text = (
                f"The other application to “{clash.role.title}” is on a shortlist or beyond it. Let that one go on, "
                "or take it off the shortlist first."
            )
            missing.append(Missing("set_aside", text))
    return missing


def missing_to_undo(merge: Merge) -> list[Missing]:
    """Merges are taken apart in the opposite order: a later one may rest on what an earlier one brought."""
    if merge.undone_at is not None:
        return [Missing("undone", "This merge was undone already.")]
    missing = []
    if merge.candidate.erased_at or merge.into.erased_at:
        missing.append(Missing("erased", "The data of this person were erased."))
    if merge.into.merged_into_id:
        text = f"{merge.into.name} went into another file since. Undo that merge first."
        missing.append(Missing("merged", text))
    later = Merge.objects.standing().filter(into=merge.into_id, pk__gt=merge.pk).select_related("candidate").first()
    if later is not None:
        text = f"{later.candidate.name} was merged into the same file later. Undo that merge first."
        missing.append(Missing("later", text))
    return missing


def _not_standing(candidate: Candidate) -> Iterable[Missing]:
    if candidate.erased_at:
        yield Missing("erased", "The data of one of them were erased.")
    if candidate.merged_into_id:
        yield Missing("merged", f"{candidate.name} went into another file already.")


def _accounts(comparison: Comparison) -> Iterable[Missing]:
    """Somebody who works here as well must neither become two people nor judge themselves."""
    linked = {comparison.into.user_id, comparison.candidate.user_id} - {None}
    if len(linked) > 1:
        yield Missing("accounts", "Each is linked to an account of its own, so these are two people.")
    elif linked & panellists_among(comparison):
        text = "The account linked to one of them sits on a panel of the other. They can’t be the same person."
        yield Missing("panel", text)


def _is_with_others(application: Application) -> bool:
    return application.is_on_shortlist or application.stage.kind in WITH_OTHERS  # type: ignore[attr-defined]  # annotated
