import rules

from candidates.models import Application, DebriefOutcome, DebriefQuestion
from candidates.permissions.seal import can_see_opinions
from screening.accounts.models import User


@rules.predicate
def is_inside(user: User, _application: Application) -> bool:
    return not user.is_client_reviewer


can_take_part = is_inside & can_see_opinions
"""Read a debrief, ask, answer, and note what it came to: inside people of the role, within the seal."""


@rules.predicate
def can_view_question(user: User, question: DebriefQuestion) -> bool:
    return bool(can_take_part(user, question.scorecard.interview.application))


@rules.predicate
def can_view_outcome(user: User, outcome: DebriefOutcome) -> bool:
    return bool(can_take_part(user, outcome.application))


@rules.predicate
def is_asker_or_staff(user: User, question: DebriefQuestion) -> bool:
    return question.asked_by_id == user.pk or user.is_staff_of_firm


@rules.predicate
def is_open(_user: User, question: DebriefQuestion) -> bool:
    return not question.is_resolved


can_resolve_question = can_view_question & is_open & is_asker_or_staff
