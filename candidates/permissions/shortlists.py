import rules

from candidates.enums import Outcome, Rendering, ShowPanel
from candidates.models import ClientReview, Decision, Report, Shortlist, ShortlistEntry, ShortlistVersion
from candidates.permissions.seal import (
    WITH_CLIENT,
    can_see_opinions,
    is_about_themselves,
    owed_applications,
    reaches_role,
)
from screening.accounts.models import User


@rules.predicate
def can_view_shortlist(user: User, shortlist: Shortlist) -> bool:
    """Whole or not at all: being on it is an opinion. A client once it is presented to them."""
    if user.is_client_reviewer:
        reached = shortlist.state in WITH_CLIENT and shortlist.role.client_id == user.client_id
    else:
        reached = reaches_role(user, shortlist.role)
    if not reached:
        return False
    owed = owed_applications(user)
    return not any(
        entry.application_id in owed or is_about_themselves(user, entry.application)
        for entry in shortlist.entries.select_related("application__candidate")
    )


@rules.predicate
def can_view_entry(user: User, entry: ShortlistEntry) -> bool:
    return bool(can_view_shortlist(user, entry.shortlist)) and not is_about_themselves(user, entry.application)


@rules.predicate
def can_view_version(user: User, version: ShortlistVersion) -> bool:
    """What was presented, like its shortlist; what is prepared is for staff, unless it holds somebody sealed."""
    if not can_view_shortlist(user, version.shortlist):
        return False
    if not user.is_staff_of_firm:
        return version.is_presented
    owed = owed_applications(user)
    return not any(
        place.application_id in owed or is_about_themselves(user, place.application)
        for place in version.places.select_related("application__candidate")
    )


def has_evaluated_all(user: User, shortlist: Shortlist) -> bool:
    entries = shortlist.entries.on_list()
    reviews = ClientReview.objects.filter(entry__in=entries, reviewer=user, committed_at__isnull=False)
    return reviews.count() == entries.count()


def has_evaluated_in_time(user: User, version: ShortlistVersion) -> bool:
    """Had committed everybody of a version when the next one came."""
    if version.superseded_at is None:
        return False
    entries = version.places.values("entry")
    given = ClientReview.objects.filter(reviewer=user, entry__in=entries, committed_at__lte=version.superseded_at)
    return given.count() == entries.count()


def can_view_whole_version(user: User, version: ShortlistVersion) -> bool:
    """The panel's levels and the order of one version: a client who has evaluated everybody in it."""
    if version.superseded_at is None:
        return has_evaluated_all(user, version.shortlist)
    return has_evaluated_in_time(user, version)


@rules.predicate
def can_view_panel(user: User, entry: ShortlistEntry) -> bool:
    """The panel's levels and scores: a client only after their own evaluation of the whole shortlist."""
    if not can_view_entry(user, entry):
        return False
    if not user.is_client_reviewer:
        return True
    if entry.shortlist.show_panel == ShowPanel.BEFORE:
        return True
    if entry.left_in is None and has_evaluated_all(user, entry.shortlist):
        return True
    return any(has_evaluated_in_time(user, place.version) for place in entry.places.select_related("version"))


@rules.predicate
def can_view_report(user: User, report: Report) -> bool:
    shortlist = report.shortlist
    if not can_view_shortlist(user, shortlist):
        return False
    version = shortlist.versions.filter(number=report.version).first()
    if report.version > shortlist.version:
        return user.is_staff_of_firm and version is not None and bool(can_view_version(user, version))
    if not user.is_client_reviewer or report.rendering == Rendering.BEFORE or shortlist.show_panel == ShowPanel.BEFORE:
        return True
    if report.version == shortlist.version:
        return has_evaluated_all(user, shortlist)
    return version is not None and has_evaluated_in_time(user, version)


@rules.predicate
def can_edit_shortlists(user: User) -> bool:
    return user.is_staff_of_firm


@rules.predicate
def can_view_review(user: User, review: ClientReview) -> bool:
    entry = review.entry
    if user.is_client_reviewer:
        if not can_view_shortlist(user, entry.shortlist):
            return False
        own = ClientReview.objects.filter(entry=entry, reviewer=user, committed_at__isnull=False)
        return review.reviewer_id == user.pk or (review.is_committed and own.exists())
    return review.is_committed and bool(can_see_opinions(user, entry.application))


@rules.predicate
def can_write_review(user: User, entry: ShortlistEntry) -> bool:
    """Any reviewer of the client may evaluate what was presented to them, until they commit."""
    if not (user.is_client_reviewer and can_view_entry(user, entry)) or entry.left_in is not None:
        return False
    return not ClientReview.objects.filter(entry=entry, reviewer=user, committed_at__isnull=False).exists()


@rules.predicate
def can_view_decision(user: User, decision: Decision) -> bool:
    if user.is_client_reviewer:
        return bool(can_view_shortlist(user, decision.entry.shortlist))
    return bool(can_see_opinions(user, decision.entry.application))


@rules.predicate
def takes_decisions(user: User) -> bool:
    """The client decides; staff record a decision the client gave elsewhere."""
    return user.is_client_reviewer or user.is_staff_of_firm


@rules.predicate
def can_decide(user: User, entry: ShortlistEntry) -> bool:
    return bool(takes_decisions(user)) and bool(can_view_entry(user, entry))


def can_give_feedback(user: User, entry: ShortlistEntry, decision: Decision) -> bool:
    """The firm writes to candidates, after a decision against them that still counts."""
    return decision.outcome == Outcome.REJECT and user.is_staff_of_firm and bool(can_view_entry(user, entry))
