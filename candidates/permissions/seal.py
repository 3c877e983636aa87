"""Independence, as predicates on one application; `querysets.seal` says the same as filters."""

import rules

from candidates.enums import BEFORE_SCORES, InterviewState, ScorecardState, ShortlistState
from candidates.models import Application, Candidate, Scorecard, ShortlistEntry
from rubrics.models import Role
from screening.accounts.models import User
from screening.accounts.permissions import HISTORY_OF_PEOPLE

WITH_CLIENT = (ShortlistState.PRESENTED, ShortlistState.DECIDED)


@rules.predicate
def is_about_themselves(user: User, application: Application) -> bool:
    return application.candidate.user_id == user.pk


@rules.predicate
def owes_scorecard(user: User, application: Application) -> bool:
    """The user still has to judge this application, or the one it was set aside for, so it is sealed from them."""
    asked = {application.pk, application.merged_into_id}
    mine = Scorecard.objects.filter(interview__application__in=asked - {None}, interviewer=user, amends__isnull=True)
    return any(
        card.state == ScorecardState.DRAFT and card.interview.state in {InterviewState.SCHEDULED, InterviewState.HELD}
        for card in mine.select_related("interview")
    )


def owed_applications(user: User) -> set[int]:
    """Ids of all the applications the user still has to judge, and of those set aside for one of them."""
    drafts = Scorecard.objects.filter(interviewer=user, state=ScorecardState.DRAFT, amends__isnull=True)
    asked = drafts.values_list("interview__application", "interview__state")
    owed = {application for application, state in asked if state in {InterviewState.SCHEDULED, InterviewState.HELD}}
    aside = Application.objects.filter(merged_into__in=owed).values_list("pk", flat=True) if owed else ()
    return owed.union(aside)


def reaches_role(user: User, role: Role) -> bool:
    """Staff reach every role, hiring managers those they are members of, within their client if they have one."""
    if user.is_staff_of_firm:
        return True
    if user.is_client_reviewer or user.client_id not in {None, role.client_id}:
        return False
    return role.team.filter(user=user).exists()


@rules.predicate
def owes_nothing(user: User) -> bool:
    return not owed_applications(user)


rules.add_rule(HISTORY_OF_PEOPLE, owes_nothing)


@rules.predicate
def is_in_reach(user: User, application: Application) -> bool:
    return reaches_role(user, application.role)


@rules.predicate
def says_no_opinion(_user: User, application: Application) -> bool:
    return application.stage.kind in BEFORE_SCORES


@rules.predicate
def is_presented(user: User, application: Application) -> bool:
    """Put before the client reviewer's own company."""
    if not user.is_client_reviewer or application.role.client_id != user.client_id:
        return False
    return any(
        entry.shortlist.state in WITH_CLIENT
        for entry in ShortlistEntry.objects.filter(application=application).select_related("shortlist")
    )


can_see_opinions = is_in_reach & ~is_about_themselves & ~owes_scorecard
"""Scorecards, scores, notes, verdicts and reviews of an application: inside people, within the seal."""


@rules.predicate
def is_set_aside(_user: User, application: Application) -> bool:
    return application.merged_into_id is not None


is_listed_inside = is_in_reach & ~is_set_aside & (~owes_scorecard | says_no_opinion)
can_view_application = ~is_about_themselves & (is_listed_inside | is_presented)


def is_sealed_person(user: User, candidate: Candidate) -> bool:
    """The user owes a scorecard on any application of this person."""
    return not owed_applications(user).isdisjoint(candidate.applications.values_list("pk", flat=True))
