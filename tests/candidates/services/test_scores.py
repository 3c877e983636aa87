"""From sealed scorecards to stored figures: once for the same input, whole for open roles, repeatable when cited."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db.models import Sum
from django.utils import timezone

from candidates.enums import Citation
from candidates.models import Application, Candidate, Score, Scorecard, ScoreSnapshot, ScoringRun
from candidates.queries.scoring_kept import repeat_run
from candidates.services.applications import bulk_move, move_application
from candidates.services.erasures import erase_candidate
from candidates.services.scorecards import approve_correction
from candidates.services.scores import score_pool, snapshot_score
from candidates.tasks.scores import score_pool_task
from rubrics.enums import RoleStatus, StageKind
from rubrics.models import Dimension, Role, RubricVersion
from rubrics.services.pools import request_scoring
from screening.accounts.models import User
from screening.jobs.models import Job
from tests.asking import statements
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, ScorecardFactory, submit_levels, submitted_scorecard
from tests.factories.rubrics import RoleFactory, draft_version

pytestmark = pytest.mark.django_db
LEVELS = ([5, 5, 4], [4, 4, 4], [3, 3, 3], [3, 4, 2])


@pytest.fixture
def role() -> Role:
    return RoleFactory()


@pytest.fixture
def raters() -> list[User]:
    return [HiringManagerFactory(), HiringManagerFactory()]


@pytest.fixture
def people(role: Role, raters: list[User]) -> list[Application]:
    return [scored(role, levels, raters) for levels in LEVELS]


def scored(role: Role, levels: list[int], raters: list[User]) -> Application:
    application: Application = ApplicationFactory(role=role, kind=StageKind.SCORED)
    for rater in raters:
        submitted_scorecard(application, list(levels), by=rater)
    return application


def pool(role: Role) -> str:
    assert role.rubric_version
    return role.rubric_version.pool_key


def run(role: Role, now: Any = NOW) -> list[ScoringRun]:
    return score_pool(pool_key=pool(role), now=now)


def stored() -> list[dict[str, Any]]:
    return [dict(row) for row in Score.objects.order_by("pk").values()]


def test_the_same_input_makes_no_second_run(role: Role, people: list[Application]) -> None:
    [first] = run(role)
    before = stored()
    assert run(role, NOW + timedelta(days=1)) == []
    assert (ScoringRun.objects.get(), stored()) == (first, before)


def test_one_scorecard_more_makes_a_new_run(role: Role, people: list[Application], raters: list[User]) -> None:
    run(role)
    submitted_scorecard(people[0], [1, 1, 1])
    [second] = run(role)
    assert set(Score.objects.values_list("run", flat=True)) == {second.pk}
    assert Score.objects.get(pk=people[0].pk).n_raters == 3


def test_figures_are_in_levels_and_ordered_by_what_was_given(role: Role, people: list[Application]) -> None:
    run(role)
    best, _, last, _ = (Score.objects.get(pk=application.pk) for application in people)
    assert best.rank == 1
    assert best.score > last.score
    assert best.lower < best.score < best.upper
    assert best.raw_mean == pytest.approx(14 / 3)
    assert (best.n_raters, best.completeness, best.rankable) == (2, 1.0, True)
    assert [item["mean"] for item in best.dimensions] == [5.0, 5.0, 4.0]
    assert best.score < 14 / 3, "thin evidence is pulled towards the average"


def test_nobody_is_scored_who_has_nothing_sealed(role: Role, people: list[Application]) -> None:
    draft = ScorecardFactory().interview.application
    excused = ScorecardFactory(state="excused", excused_by=RecruiterFactory(), excused_reason="ill").interview
    run(role)
    assert not Score.objects.filter(pk__in=[draft.pk, excused.application_id]).exists()
    assert score_pool(pool_key="no such pool", now=NOW) == []


def test_an_amendment_counts_only_as_an_approved_correction(role: Role, people: list[Application]) -> None:
    run(role)
    before = Score.objects.get(pk=people[0].pk).raw_mean
    original = Scorecard.objects.filter(interview__application=people[0]).first()
    assert original
    amendment = ScorecardFactory(
        interview=original.interview,
        interviewer=original.interviewer,
        amends=original,
        amendment_reason="wrong year",
        corrects_fact=True,
    )
    submit_levels(amendment, [1, 1, 1], independent=False)
    assert run(role) == [], "it stands beside the original"
    approve_correction(scorecard=amendment, by=RecruiterFactory(), now=NOW)
    [_] = run(role)
    after = Score.objects.get(pk=people[0].pk).raw_mean
    assert before is not None
    assert after is not None
    assert after < before


def test_who_is_rejected_is_scored_but_takes_no_rank_from_others(role: Role, people: list[Application]) -> None:
    run(role)
    by = RecruiterFactory()
    rejected = role.stages.get(kind=StageKind.REJECTED)
    move_application(application=people[0], to=rejected, by=by, now=NOW, reason="Looks for other work.")
    assert Job.objects.filter(task="candidates.score_pool").exists(), "the others move up"
    run(role)
    ranks = dict(Score.objects.values_list("pk", "rank"))
    assert ranks.pop(people[0].pk) is None
    assert set(ranks.values()) == {1, 2, 3}
    assert Score.objects.get(pk=people[0].pk).rankable, "what was found stays true"


def asked() -> bool:
    """Whether a run has been asked for since the last time."""
    return bool(Job.objects.filter(task="candidates.score_pool", state="queued").delete()[0])


def test_a_run_is_asked_for_when_somebody_leaves_or_comes_back_who_has_a_rank(
    role: Role, people: list[Application], raters: list[User]
) -> None:
    early = ApplicationFactory(role=role, kind=StageKind.SOURCED)
    thin = scored(role, [5, 5, 5], raters[:1])
    run(role)
    assert not Score.objects.get(pk=thin.pk).rankable
    ranks = dict(Score.objects.values_list("pk", "rank"))
    asked()
    by, rejected = RecruiterFactory(), role.stages.get(kind=StageKind.REJECTED)
    bulk_move(applications=[early, thin], to=rejected, by=by, now=NOW, reason="No answer.")
    assert {Application.objects.get(pk=one.pk).stage for one in (early, thin)} == {rejected}
    assert not asked(), "nobody else's figures change"
    run(role)
    assert dict(Score.objects.values_list("pk", "rank")) == ranks, "nor when they are computed all the same"
    bulk_move(applications=[early, people[0]], to=rejected, by=by, now=NOW, reason="No answer.")
    assert asked()
    run(role)
    back = role.stages.get(kind=StageKind.CONTACTED)
    move_application(application=people[0], to=back, by=by, now=NOW, reason="They called.")
    assert asked()
    move_application(application=people[0], to=role.stages.get(kind=StageKind.SCREENING), by=by, now=NOW)
    assert not asked()


def test_who_leaves_while_a_run_is_under_way_is_computed_again(role: Role, people: list[Application]) -> None:
    """The run under way has read them as still considered, and may be about to rank them for the first time."""
    asked()
    request_scoring(pool_key=pool(role))
    Job.objects.filter(task="candidates.score_pool").update(state="running")
    rejected = role.stages.get(kind=StageKind.REJECTED)
    move_application(application=people[0], to=rejected, by=RecruiterFactory(), now=NOW, reason="No answer.")
    assert asked()


def test_ranks_say_for_how_many_there_is_room(role: Role, people: list[Application]) -> None:
    run(role)
    total = Sum("p_top_k")
    assert Score.objects.aggregate(total=total) == {"total": pytest.approx(1)}
    Role.objects.filter(pk=role.pk).update(openings=2)
    [_] = run(role)
    assert Score.objects.aggregate(total=total) == {"total": pytest.approx(2)}


def test_a_closed_role_keeps_its_scores_and_informs_the_others(raters: list[User]) -> None:
    first = RoleFactory()
    second = RoleFactory(rubric_version=first.rubric_version)
    of_first, of_second = scored(first, [5, 5, 5], raters), scored(second, [2, 2, 2], raters)
    run(first)
    kept = Score.objects.filter(pk=of_first.pk).values().get()
    Role.objects.filter(pk=first.pk).update(status=RoleStatus.CLOSED)
    submitted_scorecard(of_second, [2, 2, 3])
    [later] = run(first, NOW + timedelta(days=1))
    assert Score.objects.filter(pk=of_first.pk).values().get() == kept
    assert Score.objects.get(pk=of_second.pk).run == later
    assert later.n_candidates == 2, "the closed role's scorecards still tell how strict its interviewers were"


def test_a_role_opened_again_is_scored_anew(role: Role, people: list[Application]) -> None:
    Role.objects.filter(pk=role.pk).update(status=RoleStatus.ON_HOLD)
    run(role)
    assert not Score.objects.exists()
    Role.objects.filter(pk=role.pk).update(status=RoleStatus.OPEN)
    assert len(run(role)) == 1
    assert Score.objects.count() == len(people)


@pytest.fixture
def strict(role: Role) -> RubricVersion:
    """The same levels in the same pool, but with another floor."""
    version = draft_version(rubric=role.rubric_version.rubric if role.rubric_version else None, number=2)
    Dimension.objects.filter(version=version, position=1).update(floor=4)
    version.status, version.published_at, version.published_by = "published", NOW, RecruiterFactory()
    version.pool_key = pool(role)
    version.save()
    return version


def test_roles_of_a_pool_with_other_floors_each_keep_their_run(
    role: Role, people: list[Application], raters: list[User], strict: RubricVersion
) -> None:
    other = RoleFactory(rubric_version=strict)
    held_to_more = scored(other, [3, 3, 3], raters)
    assert len(run(role)) == 2
    assert Score.objects.get(pk=people[2].pk).below_floor == []
    assert [below["key"] for below in Score.objects.get(pk=held_to_more.pk).below_floor] == ["architectural-judgment"]
    assert run(role) == [], "neither is taken for the other's last"
    assert not ScoringRun.objects.filter(input=None).exists(), "both are shown, so both can be explained"


def test_a_bar_that_moves_is_counted_again(role: Role, people: list[Application]) -> None:
    run(role)
    before = Score.objects.get(pk=people[1].pk).p_bar
    Role.objects.filter(pk=role.pk).update(bar=Decimal("4.9"))
    run(role)
    after = Score.objects.get(pk=people[1].pk).p_bar
    assert before is not None
    assert after is not None
    assert after < before


def test_what_a_snapshot_froze_stays_and_its_run_repeats_to_the_last_digit(
    role: Role, people: list[Application]
) -> None:
    [first] = run(role)
    snapshot = snapshot_score(application=people[0], cited_by=Citation.SHORTLIST, now=NOW)
    assert snapshot
    frozen = (snapshot.score, snapshot.lower, snapshot.upper)
    for _ in range(2):
        submitted_scorecard(people[0], [1, 1, 1])
        run(role)
    assert Score.objects.get(pk=people[0].pk).score < frozen[0] - 0.3
    kept = ScoreSnapshot.objects.get()
    assert (kept.score, kept.lower, kept.upper) == frozen
    again = repeat_run(ScoringRun.objects.get(pk=first.pk))
    place = list(again.candidates).index(kept.subject)
    assert abs(again.score[place] - kept.score) < 1e-9
    assert abs(again.sd[place] - kept.sd) < 1e-9
    uncited = ScoringRun.objects.exclude(pk=first.pk).order_by("pk")
    assert [one.input is None for one in uncited] == [True, False], "what nothing cites is let go"
    with pytest.raises(LookupError):
        repeat_run(uncited[0])


def test_every_stored_figure_comes_again(role: Role, people: list[Application]) -> None:
    [found] = run(role)
    found.refresh_from_db()
    again = repeat_run(found)
    for score in Score.objects.all():
        place = list(again.candidates).index(score.subject)
        for name in ("score", "sd", "lower", "upper", "raw_mean", "completeness", "p_bar"):
            assert abs(getattr(again, name)[place] - getattr(score, name)) < 1e-9, name
        assert np.allclose(again.dimension_scores[place], [item["score"] for item in score.dimensions], atol=1e-9)


def test_nobody_without_a_score_has_a_snapshot() -> None:
    assert snapshot_score(application=ApplicationFactory(), cited_by=Citation.SHORTLIST, now=NOW) is None


def test_an_erasure_leaves_the_levels_under_ids_of_their_own(role: Role, people: list[Application]) -> None:
    run(role)
    before = {score.pk: score.score for score in Score.objects.all()}
    person = Candidate.objects.get(pk=people[0].candidate_id)
    erase_candidate(candidate=person, reason="asked", by=AdministratorFactory())
    run(role)
    assert {score.pk: score.score for score in Score.objects.all()} == pytest.approx(before)


def test_a_burst_of_requests_is_one_run(role: Role, people: list[Application]) -> None:
    for _ in range(5):
        request_scoring(pool_key=pool(role))
    job = Job.objects.get(task="candidates.score_pool")
    assert job.due_at > timezone.now(), "it waits for the rest of the burst"
    Job.objects.update(due_at=timezone.now())
    score_pool_task(job_id=str(job.pk))
    score_pool_task(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, len(job.result["runs"])) == ("done", 1)
    assert ScoringRun.objects.count() == 1


def test_scoring_takes_as_many_statements_for_many_as_for_few(role: Role, raters: list[User]) -> None:
    scored(role, [3, 4, 5], raters)
    few = statements(lambda: run(role))
    for levels in LEVELS * 4:
        scored(role, levels, raters)
    assert statements(lambda: run(role)) == few
