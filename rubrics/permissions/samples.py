import rules

from rubrics.models import CalibrationSample
from screening.accounts.models import User


@rules.predicate
def can_score_sample(user: User, sample: CalibrationSample) -> bool:
    """Anybody inside, once its version is published and its text stands."""
    return not user.is_client_reviewer and sample.question.version.is_published
