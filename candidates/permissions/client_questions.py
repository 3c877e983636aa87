import rules

from candidates.models import ClientQuestion, ClientReview, ShortlistEntry
from candidates.permissions.shortlists import can_view_entry, can_view_shortlist
from screening.accounts.models import User


@rules.predicate
def can_view_client_question(user: User, question: ClientQuestion) -> bool:
    """Its asker and staff; a colleague once the asker, they and all who are asked to evaluate have committed."""
    entry = question.entry
    if user.is_hiring_manager or not can_view_shortlist(user, entry.shortlist):
        return False
    if not user.is_client_reviewer or question.asked_by_id == user.pk:
        return True
    given = set(ClientReview.objects.filter(entry=entry, committed_at__isnull=False).values_list("reviewer", flat=True))
    asked = {reviewer.user_id for reviewer in entry.shortlist.reviewers.all() if reviewer.released_at is None}
    return {user.pk, question.asked_by_id} | asked <= given


@rules.predicate
def can_ask_about(user: User, entry: ShortlistEntry) -> bool:
    return user.is_client_reviewer and bool(can_view_entry(user, entry))


@rules.predicate
def is_its_asker_or_staff(user: User, question: ClientQuestion) -> bool:
    return question.asked_by_id == user.pk or user.is_staff_of_firm


can_answer_client = can_view_client_question & is_its_asker_or_staff
