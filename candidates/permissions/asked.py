from candidates.models import ClientQuestion, ClientReview, Meeting
from candidates.permissions.shortlists import can_view_shortlist
from screening.accounts.models import User


def is_open_to(user: User, asked: ClientQuestion | Meeting) -> bool:
    """Its asker and staff; a colleague once the asker, they and all who are asked to evaluate have committed."""
    entry = asked.entry
    if user.is_hiring_manager or not can_view_shortlist(user, entry.shortlist):
        return False
    if not user.is_client_reviewer or asked.asked_by_id == user.pk:
        return True
    given = set(ClientReview.objects.filter(entry=entry, committed_at__isnull=False).values_list("reviewer", flat=True))
    awaited = {reviewer.user_id for reviewer in entry.shortlist.reviewers.all() if reviewer.released_at is None}
    return {user.pk, asked.asked_by_id} | awaited <= given
