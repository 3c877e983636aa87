"""Scoring a sample: once, whole, by people inside; and what it does to the statistics."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from candidates.models import Application, SampleRating, Score, ScoringRun
from candidates.queries.explanations import explain_score
from candidates.queries.samples import lean_of_user, next_sample, result_of, samples_for
from candidates.queries.scoring_kept import repeat_run
from candidates.scoring.calibration import FEWEST, lean_of
from candidates.services.samples import rate_sample
from candidates.services.scores import score_pool
from rubrics.enums import StageKind
from rubrics.gates.base import GateRefused
from rubrics.models import CalibrationSample, RoleMember, RubricVersion
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.models import Job
from tests.asking import statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory, draft_version, publish
from tests.factories.samples import add_samples, rated, sampled_version, samples_of

LATER = NOW + timedelta(days=1)


@pytest.fixture
def version(db: None) -> RubricVersion:
    return sampled_version()


@pytest.fixture
def sample(version: RubricVersion) -> CalibrationSample:
    return samples_of(version)[0]


def whole(sample: CalibrationSample, level: int) -> dict[int, int | None]:
    return dict.fromkeys(sample.question.dimensions.values_list("pk", flat=True), level)


def give(sample: CalibrationSample, level: int, by: User) -> list[SampleRating]:
    return rate_sample(sample=sample, levels=whole(sample, level), by=by, now=NOW)


def test_the_levels_are_kept_and_the_pool_is_scored_again(version: RubricVersion, sample: CalibrationSample) -> None:
    by = HiringManagerFactory()
    [rating] = give(sample, 3, by)
    assert (rating.rater, rating.level, rating.rated_at) == (by, 3, NOW)
    assert Job.objects.get(task="candidates.score_pool").params == {"pool_key": version.pool_key}


def test_it_is_final(sample: CalibrationSample) -> None:
    by = HiringManagerFactory()
    give(sample, 3, by)
    with pytest.raises(Conflict):
        give(sample, 4, by)
    assert SampleRating.objects.get(rater=by).level == 3
    with pytest.raises(DatabaseError, match="scored once"), transaction.atomic():
        SampleRating.objects.filter(rater=by).update(level=5)
    with pytest.raises(DatabaseError, match="scored once"), transaction.atomic():
        SampleRating.objects.filter(rater=by).delete()


@pytest.mark.parametrize("level", [None, 0, 6])
def test_every_dimension_needs_a_level_of_the_scale(sample: CalibrationSample, level: int | None) -> None:
    levels: dict[int, Any] = dict.fromkeys(whole(sample, 3), level)
    with pytest.raises(GateRefused, match="Production ownership: choose a level"):
        rate_sample(sample=sample, levels=levels, by=HiringManagerFactory(), now=NOW)
    assert not SampleRating.objects.exists()
    assert not Job.objects.exists()


def test_a_client_scores_none_and_nobody_one_of_a_draft(sample: CalibrationSample) -> None:
    with pytest.raises(Refused):
        give(sample, 3, ReviewerFactory())
    [drafted] = add_samples(draft_version(), (2,))
    with pytest.raises(Refused):
        give(drafted, 3, RecruiterFactory())
    assert not SampleRating.objects.exists()


def test_a_copy_in_a_version_that_means_the_same_is_the_same_sample(sample: CalibrationSample) -> None:
    version = sample.question.version
    copied = draft_version(rubric=version.rubric, number=2)
    [copy, _] = add_samples(copied, (2, 4))
    publish(copied)
    RubricVersion.objects.filter(pk=copied.pk).update(pool_key=version.pool_key)
    one, other = HiringManagerFactory(), HiringManagerFactory()
    give(sample, 3, one)
    copy = CalibrationSample.objects.get(pk=copy.pk)
    with pytest.raises(Conflict):
        give(copy, 3, one)
    give(copy, 5, other)
    found = result_of(sample, one)
    assert found is not None
    assert [judged.counts[5] for judged in found.judged] == [1]
    score_pool(pool_key=version.pool_key, now=NOW)
    assert not ScoringRun.objects.exists(), "no role is measured by it yet"


def test_nobody_learns_reference_or_others_before_their_own(sample: CalibrationSample) -> None:
    one, other = HiringManagerFactory(), RecruiterFactory()
    give(sample, 4, one)
    assert result_of(sample, other) is None
    assert not SampleRating.objects.visible_to(other).exists()
    give(sample, 2, other)
    found = result_of(sample, other)
    assert found is not None
    [judged] = found.judged
    assert (judged.mine, judged.reference, judged.why, judged.apart) == (2, 2, "It shows 2.", 0)
    assert (judged.counts, judged.number, judged.mean) == ({1: 0, 2: 0, 3: 0, 4: 1, 5: 0}, 1, 4)


def test_the_list_is_of_the_rubrics_of_ones_roles_and_then_of_all(version: RubricVersion) -> None:
    other = sampled_version()
    by = HiringManagerFactory()
    assert {group.version.pk for group in samples_for(by)} == {version.pk, other.pk}
    role = RoleFactory(rubric_version=version)
    RoleMember.objects.create(role=role, user=by)
    [group] = samples_for(by)
    assert (group.version, len(group.rows), group.done) == (version, 2, 0)
    first = group.rows[0].sample
    give(first, 3, by)
    assert samples_for(by)[0].done == 1
    assert next_sample(by, first) == group.rows[1].sample


def test_the_list_costs_the_same_for_many_samples(version: RubricVersion) -> None:
    by = RecruiterFactory()
    few = statements(lambda: samples_for(by))
    sampled_version(references=(1, 2, 3, 4, 5, 1, 2, 3))
    assert statements(lambda: samples_for(by)) == few


# The lean against the reference


@given(st.lists(st.floats(-4, 4), max_size=FEWEST - 1))
def test_too_few_samples_say_nothing(differences: list[float]) -> None:
    assert lean_of(differences) is None


@given(st.lists(st.floats(-4, 4), min_size=FEWEST, max_size=30))
def test_an_interval_holds_the_mean_is_never_empty_and_mirrors(differences: list[float]) -> None:
    lean, mirrored = lean_of(differences), lean_of([-value for value in differences])
    assert lean
    assert mirrored
    assert lean.lower < lean.mean < lean.upper
    assert lean.mean == pytest.approx(np.mean(differences))
    assert (mirrored.lower, mirrored.upper) == pytest.approx((-lean.upper, -lean.lower))
    assert not (lean.is_lenient and lean.is_strict)


def test_the_same_lean_is_surer_after_more_samples() -> None:
    few, many = lean_of([0.5, 1.0, 0.0]), lean_of([0.5, 1.0, 0.0] * 5)
    assert few
    assert many
    assert not few.is_lenient
    assert many.is_lenient
    with pytest.raises(ValueError, match="number 1 is not finite"):
        lean_of([0.0, float("nan"), 1.0])


@pytest.mark.django_db
def test_a_planted_lean_is_found_and_silence_kept_before() -> None:
    version = sampled_version(references=(2, 3, 4, 2, 3, 4))
    lenient, exact = HiringManagerFactory(), HiringManagerFactory()
    references = (2, 3, 4, 2, 3, 4)
    for number, (sample, level) in enumerate(zip(samples_of(version), references, strict=True)):
        give(sample, level + 1, lenient)
        give(sample, level, exact)
        assert (lean_of_user(lenient).lean is None) == (number < 2)
    found, none = lean_of_user(lenient), lean_of_user(exact)
    assert found.scored == 6
    assert found.lean is not None
    assert none.lean is not None
    assert (found.lean.mean, found.lean.is_lenient, found.lean.off) == (1.0, True, 1.0)
    assert not (none.lean.is_lenient)
    assert not (none.lean.is_strict)


# In the statistics


LENIENT, STRICT = 1, -1


def two_panels(version: RubricVersion) -> tuple[list[Application], list[User], list[User]]:
    """Two roles whose panels share nobody: equal candidates, one pair of interviewers a level above the truth, one below."""
    people: list[Application] = []
    panels: list[list[User]] = []
    for shift in (LENIENT, STRICT):
        role = RoleFactory(rubric_version=version)
        panel: list[User] = [HiringManagerFactory(), HiringManagerFactory()]
        for truth in (2, 3, 4, 3):
            application = ApplicationFactory(role=role, kind=StageKind.SCORED)
            for rater in panel:
                submitted_scorecard(application, [truth + shift] * 3, by=rater)
            people.append(application)
        panels.append(panel)
    return people, panels[0], panels[1]


@pytest.mark.django_db
def test_samples_make_two_panels_that_never_met_comparable() -> None:
    version = sampled_version(references=(2, 3, 4, 2, 3, 4))
    people, lenient, strict = two_panels(version)
    [before] = score_pool(pool_key=version.pool_key, now=NOW)
    assert set(Score.objects.values_list("component", flat=True)) == {0, 1}
    assert before.notes == ["separate_groups"]
    apart = _gap(people)
    for panel, shift in ((lenient, LENIENT), (strict, STRICT)):
        for rater in panel:
            for sample, reference in zip(samples_of(version), (2, 3, 4, 2, 3, 4), strict=True):
                rated(sample, rater, reference + shift)
    [after] = score_pool(pool_key=version.pool_key, now=LATER)
    assert set(Score.objects.values_list("component", flat=True)) == {0}
    assert after.notes == []
    assert after.input_hash != before.input_hash
    assert _gap(people) < apart / 3
    leniency = {row["rater"]: row["leniency"] for row in after.leniencies}
    assert min(leniency[user.pk] for user in lenient) > 0.3
    assert max(leniency[user.pk] for user in strict) < -0.3
    assert (after.n_raters, after.n_candidates) == (4, 8), "samples are no candidates"


def _gap(people: list[Application]) -> float:
    """How far the first panel's average lies above the second's; the truth is no gap at all."""
    scores = [Score.objects.get(pk=application.pk).score for application in people]
    return float(np.mean(scores[:4]) - np.mean(scores[4:]))


@pytest.mark.django_db
def test_samples_are_kept_with_the_run_which_repeats_and_explains_with_them() -> None:
    version = sampled_version(references=(2, 3, 4, 2))
    people, lenient, strict = two_panels(version)
    for rater in (*lenient, *strict):
        for sample in samples_of(version):
            rated(sample, rater, 3)
    [run] = score_pool(pool_key=version.pool_key, now=NOW)
    assert run.input is not None
    assert len(run.input["samples"]["raters"]) == 16
    again = repeat_run(run)
    score = Score.objects.select_related("run").get(pk=people[0].pk)
    assert float(again.score[again.position(score.subject)]) == pytest.approx(score.score, abs=1e-9)
    explained = explain_score(score)
    assert explained is not None
    assert explained.figures.score == pytest.approx(score.score, abs=1e-9)


@pytest.mark.django_db
def test_somebody_who_only_scored_samples_moves_no_mean_and_is_no_interviewer() -> None:
    version = sampled_version()
    people, *_ = two_panels(version)
    [before] = score_pool(pool_key=version.pool_key, now=NOW)
    for sample in samples_of(version):
        rated(sample, HiringManagerFactory(), 5)
    [after] = score_pool(pool_key=version.pool_key, now=LATER)
    assert after.variances["means"] == before.variances["means"]
    assert after.variances["candidate"] == pytest.approx(before.variances["candidate"], rel=1e-3)
    assert after.n_raters == before.n_raters
    assert Score.objects.count() == len(people)
