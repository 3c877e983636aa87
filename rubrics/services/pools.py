"""What is scored together, and asking for it; the workers of `candidates` do it."""

from datetime import timedelta

from rubrics.models import Role
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from screening.jobs.services.jobs import request_job

DEBOUNCE = timedelta(seconds=2)
"""A burst of changes becomes one run."""


def request_scoring(*, pool_key: str) -> None:
    """Ask for a run over a pool; asking again while one waits is the same request."""
    request_job(
        task="candidates.score_pool",
        params={"pool_key": pool_key},
        title="Compute scores",
        key=_key(pool_key),
        delay=DEBOUNCE,
    )


def is_being_scored(pool_key: str) -> bool:
    """Whether a run is under way, which does not see what is changed now."""
    return Job.objects.filter(key=_key(pool_key), state=JobState.RUNNING).exists()


def _key(pool_key: str) -> str:
    return f"score_pool:{pool_key}"


def score_role_again(role: Role) -> None:
    """A role's bar, openings, rubric or being open changed, so its scores have to say the same."""
    if role.rubric_version is not None and role.is_open:
        request_scoring(pool_key=role.rubric_version.pool_key)
