import rules

from candidates.models import ClientQuestion, ShortlistEntry
from candidates.permissions.asked import is_open_to
from candidates.permissions.shortlists import can_view_entry
from screening.accounts.models import User


@rules.predicate
def can_view_client_question(user: User, question: ClientQuestion) -> bool:
    return is_open_to(user, question)


@rules.predicate
def can_ask_about(user: User, entry: ShortlistEntry) -> bool:
    return user.is_client_reviewer and bool(can_view_entry(user, entry))


@rules.predicate
def is_its_asker_or_staff(user: User, question: ClientQuestion) -> bool:
    return question.asked_by_id == user.pk or user.is_staff_of_firm


can_answer_client = can_view_client_question & is_its_asker_or_staff
