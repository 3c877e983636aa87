import rules

from candidates.models import Scorecard
from candidates.permissions.seal import can_see_opinions
from screening.accounts.models import User


@rules.predicate
def is_author(user: User, scorecard: Scorecard) -> bool:
    return scorecard.interviewer_id == user.pk and not user.is_client_reviewer


@rules.predicate
def can_view_scorecard(user: User, scorecard: Scorecard) -> bool:
    """One's own always; another's once submitted, within the seal."""
    if is_author(user, scorecard):
        return True
    return scorecard.is_submitted and bool(can_see_opinions(user, scorecard.interview.application))


@rules.predicate
def is_waiting(_user: User, scorecard: Scorecard) -> bool:
    return scorecard.is_draft


@rules.predicate
def is_amendment(_user: User, scorecard: Scorecard) -> bool:
    return scorecard.amends_id is not None


@rules.predicate
def is_sealed(_user: User, scorecard: Scorecard) -> bool:
    return scorecard.is_submitted


@rules.predicate
def is_staff(user: User, _scorecard: Scorecard) -> bool:
    return user.is_staff_of_firm


can_write_scorecard = is_author & is_waiting
can_amend_scorecard = is_author & is_sealed
can_discard_amendment = is_author & is_waiting & is_amendment
can_excuse_scorecard = is_staff & is_waiting & ~is_amendment
can_hand_over = (is_author | is_staff) & is_waiting & ~is_amendment
can_approve_correction = is_staff & ~is_author & is_sealed & can_view_scorecard
