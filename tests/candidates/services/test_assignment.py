"""When who met whom goes with how able they are, the screen says so, until everybody has scored samples."""

import pytest

from candidates.models import ScoringRun
from candidates.queries.scores import compare_role
from candidates.services.scores import score_pool
from rubrics.enums import StageKind
from rubrics.models import Role
from screening.accounts.models import User
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory
from tests.factories.candidates import NOW, ApplicationFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory
from tests.factories.samples import rated, sampled_version, samples_of

pytestmark = pytest.mark.django_db
STRONG, WEAK = (5, 4, 5, 4), (2, 1, 2, 1)


@pytest.fixture
def raters() -> list[User]:
    return [HiringManagerFactory() for _ in range(4)]


@pytest.fixture
def role(raters: list[User]) -> Role:
    """Two interviewers met the strong, two the weak; on two candidates in common they agree."""
    role: Role = RoleFactory(rubric_version=sampled_version())
    first, second, third, fourth = raters
    panels = [((first, second), level) for level in STRONG] + [((third, fourth), level) for level in WEAK]
    for panel, level in [*panels, ((first, third), 3), ((second, fourth), 3)]:
        application = ApplicationFactory(role=role, kind=StageKind.SCORED)
        for rater in panel:
            submitted_scorecard(application, [level] * 3, by=rater)
    return role


def run(role: Role) -> ScoringRun:
    assert role.rubric_version
    [made] = score_pool(pool_key=role.rubric_version.pool_key, now=NOW)
    return made


def test_the_comparison_warns_and_asks_for_samples(role: Role) -> None:
    assert run(role).notes == ["related_assignment"]
    [note] = compare_role(role=role, user=AdministratorFactory(), ended=False).notes
    assert "have every interviewer score the calibration samples" in note


def test_samples_scored_by_everybody_silence_it(role: Role, raters: list[User]) -> None:
    assert role.rubric_version
    sample = samples_of(role.rubric_version)[0]
    for rater in raters[:-1]:
        rated(sample, rater, 2)
    assert run(role).notes == ["related_assignment"]
    rated(sample, raters[-1], 2)
    assert run(role).notes == []


def test_random_assignment_is_no_reason(raters: list[User]) -> None:
    role = RoleFactory(rubric_version=sampled_version())
    for number, level in enumerate((5, 1, 4, 2, 3, 5, 1, 4)):
        application = ApplicationFactory(role=role, kind=StageKind.SCORED)
        for rater in (raters[number % 4], raters[(number + 1 + number // 4) % 4]):
            submitted_scorecard(application, [level] * 3, by=rater)
    assert run(role).notes == []
