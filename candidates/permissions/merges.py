import rules

from candidates.models import Candidate, LikelyDuplicate, Merge
from candidates.permissions.candidates import is_staff, is_themselves
from candidates.permissions.seal import is_sealed_person
from screening.accounts.models import User


def _is_open(user: User, candidate: Candidate) -> bool:
    return not is_themselves(user, candidate) and not is_sealed_person(user, candidate)


@rules.predicate
def can_view_merge(user: User, merge: Merge) -> bool:
    """Staff, unless either file is closed to them."""
    return bool(is_staff(user)) and _is_open(user, merge.candidate) and _is_open(user, merge.into)


@rules.predicate
def can_view_pair(user: User, pair: LikelyDuplicate) -> bool:
    return bool(is_staff(user)) and _is_open(user, pair.one) and _is_open(user, pair.two)
