from datetime import datetime

from candidates.enums import ENDED
from candidates.models import ClientReview, Consent, Meeting, ShortlistEntry
from rubrics.gates.base import Missing
from screening.accounts.models import User


def missing_to_meet(entry: ShortlistEntry, *, by: User, now: datetime) -> list[Missing]:
    """Somebody presented, still considered and willing; asked by one who evaluates them and has not asked already."""
    if not entry.shortlist.is_with_client:
        return [Missing("presented", "This shortlist is not with the client.")]
    missing = []
    if entry.left_in is not None:
        missing.append(Missing("listed", "This person is no longer on the shortlist."))
    elif entry.application.stage.kind in ENDED:
        missing.append(Missing("ended", "This person is no longer considered for the role."))
    elif entry.decisions.exists():
        missing.append(Missing("decided", "This person has been decided on."))
    if not Consent.objects.valid(now).filter(candidate=entry.application.candidate_id).exists():
        missing.append(Missing("consent", "The candidate has no valid consent any more."))
    if entry.shortlist.reviewers.filter(user=by, released_at__isnull=False).exists():
        missing.append(Missing("released", "Your evaluation of this shortlist is no longer waited for."))
    if Meeting.objects.open().filter(entry=entry, asked_by=by).exists():
        missing.append(Missing("open", "You have asked to meet them already; see what became of it first."))
    return missing


def missing_to_arrange(meeting: Meeting, *, now: datetime) -> list[Missing]:
    """What would call it off by itself."""
    void = Meeting.objects.filter(pk=meeting.pk).void(now).first()
    return [Missing("void", vars(void)["why"])] if void else []


def rests_on_meeting(review: ClientReview, *, now: datetime) -> bool:
    """Whether the reviewer has met the person, so that their evaluation can say so."""
    return Meeting.objects.took_place(now).filter(entry=review.entry_id, asked_by=review.reviewer_id).exists()
