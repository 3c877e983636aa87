"""The preview of moving a role says what the move then does."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from candidates.models import Application, Score
from candidates.queries.version_moves import VersionMove, preview_move
from candidates.services.drafts import save_draft
from candidates.services.scorecards import submit_scorecard
from candidates.services.scores import METHOD, score_pool
from rubrics.models import Role, RubricVersion
from rubrics.queries.parts import scale_part
from rubrics.services.dimensions import add_dimension, remove_dimension, set_scale, write_anchor
from rubrics.services.questions import add_question
from rubrics.services.roles import pin_version
from rubrics.services.rubrics import declare_equivalent, publish_version, set_weights, start_draft
from screening.accounts.models import User
from screening.jobs.models import Job
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory, submitted_scorecard
from tests.factories.drafts import whole_draft
from tests.factories.rubrics import RoleFactory

LEVELS: dict[str, list[int | None]] = {"Ada": [5, 2, 2], "Bea": [3, 4, 4], "Cy": [2, 3, 3], "Di": [1, 1, 2]}
pytestmark = pytest.mark.django_db


@pytest.fixture
def role() -> Role:
    found: Role = RoleFactory(bar=None, openings=1)
    raters = [HiringManagerFactory(), HiringManagerFactory()]
    for name, levels in LEVELS.items():
        application = ApplicationFactory(role=found, candidate__name=name)
        for rater in raters:
            submitted_scorecard(application, levels, by=rater)
    return found


def version_of(role: Role) -> RubricVersion:
    assert role.rubric_version is not None
    return role.rubric_version


def next_version(role: Role, change: Callable[[RubricVersion], object]) -> RubricVersion:
    by = RecruiterFactory()
    draft = start_draft(version=version_of(role), by=by)
    change(draft)
    return publish_version(version=draft, by=by, now=NOW)


def heavier_ownership(draft: RubricVersion) -> None:
    weights = {one.key: one.weight for one in draft.dimensions.all()}
    set_weights(
        version=draft, weights=weights | {"production-ownership": weights["observability"] * 9}, reason="It is all."
    )


def preview(role: Role, version: RubricVersion, user: User | None = None) -> VersionMove:
    return preview_move(role=role, version=version, user=user or RecruiterFactory(), method=METHOD)


def places(move: VersionMove) -> dict[str, tuple[int | None, int | None]]:
    assert move.people is not None
    return {one.name: (one.place_of(one.before), one.place_of(one.after)) for one in move.people}


def test_who_changes_place_is_what_happens_then(role: Role) -> None:
    version = next_version(role, heavier_ownership)
    assert version.pool_key != version_of(role).pool_key, "its scorecards have to come along"
    score_pool(pool_key=version_of(role).pool_key, now=NOW)
    now = {score.application_id: (score.rank, score.score) for score in Score.objects.all()}

    move = preview(role, version)
    assert places(move) == {"Bea": (1, 2), "Ada": (2, 1), "Cy": (3, 3), "Di": (4, 4)}
    assert (move.moving, move.no_longer_ranked) == (2, 0)
    assert Role.objects.get(pk=role.pk).rubric_version == version_of(role), "nothing is moved yet"

    pin_version(role=role, version=version)
    score_pool(pool_key=version.pool_key, now=NOW)
    then = {score.application_id: (score.rank, score.score) for score in Score.objects.all()}
    assert move.people is not None
    for person in move.people:
        assert person.before is not None
        assert person.after is not None
        assert (person.before.place, person.before.score) == pytest.approx(now[person.application.pk])
        assert (person.after.place, person.after.score) == pytest.approx(then[person.application.pk])
    assert move.people[0].shift == pytest.approx(
        then[move.people[0].application.pk][1] - now[move.people[0].application.pk][1]
    )


def test_a_dimension_that_goes_no_longer_counts_and_a_new_one_is_assessed_by_nobody(role: Role) -> None:
    def change(draft: RubricVersion) -> None:
        remove_dimension(version=draft, key="production-ownership")
        remove_dimension(version=draft, key="architectural-judgment")
        added = add_dimension(version=draft, name="Calm")
        for value in draft.level_values:
            write_anchor(version=draft, key=added.key, value=value, content={"anchor": "Stays calm."})
        add_question(version=draft, prompt="Your worst night?", dimension=added.key)
        write_anchor(version=draft, key="observability", value=3, content={"anchor": "Put better."})

    move = preview(role, next_version(role, change))
    assert [one.name for one in move.gone] == ["Production ownership", "Architectural judgment"]
    assert ([one.name for one in move.new], [one.name for one in move.reworded]) == (["Calm"], ["Observability"])
    assert move.no_longer_ranked == 4
    assert move.people is not None
    assert all(one.after is not None and "Calm" in one.after.reasons for one in move.people)


def test_other_levels_take_no_scorecard_along(role: Role) -> None:
    version = next_version(
        role, lambda draft: set_scale(version=draft, content=scale_part(draft) | {"lowest": 2}, drop=True)
    )
    move = preview(role, version)
    assert not move.comparable
    assert move.people is not None
    assert [one.after for one in move.people] == [None] * 4
    pin_version(role=role, version=version)
    score_pool(pool_key=version.pool_key, now=NOW)
    assert not Score.objects.filter(role=role, rankable=True).exists()


def test_versions_declared_equal_share_their_pool_and_move_nobody(role: Role) -> None:
    def change(draft: RubricVersion) -> None:
        write_anchor(version=draft, key="observability", value=3, content={"anchor": "Put better."})
        declare_equivalent(version=draft, predecessor=version_of(role))

    move = preview(role, next_version(role, change))
    assert (move.same_pool, move.moving) == (True, 0)


def test_whoever_owes_a_scorecard_learns_nothing_from_it(role: Role) -> None:
    version = next_version(role, heavier_ownership)
    recruiter = RecruiterFactory()
    ScorecardFactory(interview=InterviewFactory(application=Application.objects.all()[0]), interviewer=recruiter)
    move = preview(role, version, recruiter)
    assert (move.people, move.moving, move.no_longer_ranked) == (None, 0, 0)


def test_a_scorecard_of_an_interview_planned_before_the_move_scores_the_role_again(role: Role) -> None:
    old, version = version_of(role), next_version(role, heavier_ownership)
    interview = InterviewFactory(
        application=Application.objects.all()[0], state="scheduled", starts_at=NOW, ends_at=NOW + timedelta(hours=1)
    )
    card = ScorecardFactory(interview=interview)
    assert preview(role, version).interviews_ahead == 1
    pin_version(role=role, version=version)
    Job.objects.all().delete()
    save_draft(scorecard=card, draft=whole_draft(card, [4, 4, 4]), revision=0, by=card.interviewer, now=NOW)
    submit_scorecard(scorecard=card, by=card.interviewer, now=NOW)
    asked = {job.params["pool_key"] for job in Job.objects.filter(task="candidates.score_pool")}
    assert asked == {old.pool_key, version.pool_key}
