import rules

from candidates.models import SampleRating
from rubrics.permissions.samples import can_score_sample
from screening.accounts.models import User


@rules.predicate
def can_view_sample_rating(user: User, rating: SampleRating) -> bool:
    """A person never sees others' levels of a sample before they have given their own."""
    if rating.rater_id == user.pk:
        return not user.is_client_reviewer
    if not can_score_sample(user, rating.sample):
        return False
    return SampleRating.objects.of_same_text(rating.sample).filter(rater=user).exists()


@rules.predicate
def is_staff(user: User) -> bool:
    return user.is_staff_of_firm


can_view_leans = is_staff
