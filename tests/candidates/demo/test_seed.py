"""The generator: the same seed makes the same installation, every stage and state is there, and the truth is found."""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from pytest_django.plugin import DjangoDbBlocker
from scipy.stats import pearsonr

from candidates.demo.truth import draw_truth
from candidates.enums import BulkOutcome, ImportState, InterviewState, ScorecardState, ShortlistState
from candidates.forms.applications import PipelineFilterForm
from candidates.gates.scorecards import missing_to_submit
from candidates.models import (
    Application,
    BulkAction,
    Candidate,
    CandidateImport,
    ClientQuestion,
    ClientReview,
    DebriefOutcome,
    DebriefQuestion,
    Decision,
    Engagement,
    Evidence,
    Interview,
    Offer,
    Rating,
    SampleRating,
    SavedView,
    Score,
    Scorecard,
    ScoringRun,
    Shortlist,
)
from candidates.queries.scoring_input import load_pool
from rubrics.enums import RoleStatus, StageKind
from rubrics.models import GateOverride, Role
from screening.accounts.enums import Part
from screening.accounts.models import User
from screening.jobs.enums import JobState
from tests import databases

COUNT = 30


def seed(**options: Any) -> str:
    said = io.StringIO()
    call_command("seed_demo", password="correct horse battery", stdout=said, **options)
    return said.getvalue()


@pytest.fixture(scope="module")
def small(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As few people as still fill everything, made once for all tests that only look."""
    with django_db_blocker.unblock(), databases.cloned():
        seed(candidates=COUNT)
        yield


@pytest.fixture(scope="module")
def larger(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), databases.cloned():
        seed(candidates=200, seed=3)
        yield


def test_every_part_and_state_is_there(small: None) -> None:
    assert Candidate.objects.count() == COUNT
    assert {user.part for user in User.objects.all()} == set(Part)
    assert {application.stage.kind for application in Application.objects.select_related("stage")} == set(StageKind)
    assert set(Interview.objects.values_list("state", flat=True)) == set(InterviewState)
    assert set(Scorecard.objects.values_list("state", flat=True)) == set(ScorecardState)
    assert set(Shortlist.objects.values_list("state", flat=True)) == set(ShortlistState)
    assert {RoleStatus.OPEN, RoleStatus.DRAFT} <= set(Role.objects.values_list("status", flat=True))
    assert set(Decision.objects.values_list("outcome", flat=True)) == {"hire", "reject"}
    assert Engagement.objects.filter(reviews__submitted_at__isnull=False).exists()
    assert ClientReview.objects.filter(committed_at=None).exists()
    assert ClientReview.objects.exclude(committed_at=None).exists()
    assert GateOverride.objects.filter(approved_at=None, declined_at=None).exists()
    for view in SavedView.objects.exclude(role=None).select_related("owner", "role__rubric_version"):
        assert view.role
        form = PipelineFilterForm(QueryDict(view.query), user=view.owner, version=view.role.rubric_version)
        assert form.is_valid(), f"{view.name}: {form.errors}"
    assert Scorecard.objects.filter(amends__isnull=False, state="draft").exists()
    assert DebriefQuestion.objects.filter(resolved_at=None, answers=None).exists()
    assert DebriefQuestion.objects.filter(resolved_at__isnull=False, answers__isnull=False).exists()
    assert DebriefOutcome.objects.exists()
    assert not SampleRating.objects.exclude(sample__question__version__status="published").exists()
    assert Candidate.objects.filter(erasure_requested_at__isnull=False).exists()
    assert Offer.objects.filter(answer="").exists()
    assert ClientQuestion.objects.filter(answers=None).exists()
    assert ClientQuestion.objects.exclude(answers=None).exists()


def test_work_with_lists_is_there_and_done(small: None) -> None:
    """No worker has to come by for the demo to look like one in use."""
    [of] = CandidateImport.objects.select_related("job")
    assert (of.state, of.job and of.job.state) == (ImportState.CHECKED, JobState.DONE)
    assert of.rows.exclude(match=None).exists()
    assert of.rows.exclude(problems=[]).count() == 2
    [action] = BulkAction.objects.select_related("job")
    assert action.job is not None
    assert action.job.state == JobState.DONE
    assert action.items.exists()
    assert not action.items.filter(outcome=BulkOutcome.WAITING).exists()
    assert set(SavedView.objects.values_list("shared", flat=True)) == {True, False}


def test_what_is_sealed_would_have_passed_its_gate(small: None) -> None:
    cards = Scorecard.objects.submitted().select_related("interview__kit__version")
    for card in cards.prefetch_related("ratings", "evidence")[:40]:
        assert missing_to_submit(card) == []


def test_stages_and_their_history_agree(small: None) -> None:
    for application in Application.objects.select_related("stage").prefetch_related("stage_changes"):
        changes = list(application.stage_changes.order_by("at", "pk"))
        assert changes[-1].to_stage_id == application.stage_id
        for before, after in pairwise(changes):
            assert after.from_stage_id == before.to_stage_id


def test_people_are_told_apart_and_their_words_are_words(small: None) -> None:
    names = Counter(Candidate.objects.values_list("name", flat=True))
    assert len(names) > COUNT * 0.8
    texts = [text for row in Evidence.objects.values_list("incident", "action", "outcome") for text in row if text]
    assert texts
    assert not [text for text in texts if "{" in text or "None" in text]


def test_an_installation_in_use_is_left_alone(small: None) -> None:
    with pytest.raises(CommandError, match="not empty"):
        seed(candidates=COUNT)


@pytest.mark.django_db
def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(CommandError, match="at least one person"):
        seed(candidates=0)


def portrait() -> list[Any]:
    return [
        list(Candidate.objects.order_by("pk").values_list("name", "email", "location", "years_of_experience")),
        list(Application.objects.order_by("pk").values_list("candidate__email", "role__slug", "stage__kind", "source")),
        list(Rating.objects.order_by("pk").values_list("scorecard__interviewer__email", "dimension__key", "level")),
        list(Evidence.objects.order_by("pk").values_list("incident", "happened", "outcome")),
        [round(score, 9) for score in Score.objects.order_by("pk").values_list("score", flat=True)],
    ]


def test_the_same_seed_makes_the_same_data_and_another_does_not(small: None) -> None:
    made = portrait()
    again, other = _portrait_of(seed=1), _portrait_of(seed=8)
    assert again == made
    assert other[0] != made[0]
    assert other[2] != made[2]


def _portrait_of(**options: int) -> list[Any]:
    with databases.cloned():
        seed(candidates=COUNT, **options)
        return portrait()


def test_scores_find_the_true_abilities_and_leniencies(larger: None) -> None:
    truth = draw_truth(people=200, dimensions=5, raters=8, seed=3)
    people = list(Candidate.objects.order_by("pk").values_list("pk", flat=True))
    found = Score.objects.filter(n_raters__gte=2).values_list("application__candidate_id", "score", "raw_mean")
    ability = [truth.ability[people.index(pk)] + truth.profile[people.index(pk)].mean() for pk, _, _ in found]
    score, raw = [row[1] for row in found], [row[2] for row in found]
    assert len(score) > 60
    adjusted = pearsonr(score, ability).statistic
    assert adjusted > 0.75
    assert adjusted > pearsonr(raw, ability).statistic, "correcting for strictness tells more than plain means"
    run = ScoringRun.objects.order_by("-n_scorecards")[0]
    managers = list(User.objects.filter(part=Part.HIRING_MANAGER).order_by("pk").values_list("pk", flat=True))
    told = {item["rater"]: item["leniency"] for item in run.leniencies}
    known = [(told[pk], truth.leniency[place]) for place, pk in enumerate(managers) if pk in told]
    assert np.corrcoef(np.array(known).T)[0, 1] > 0.8


def test_the_variances_are_found(larger: None) -> None:
    run = ScoringRun.objects.order_by("-n_scorecards")[0]
    assert load_pool(run.pool_key)
    assert run.variances["candidate"] == pytest.approx(0.6, abs=0.25)
    assert run.variances["rater"] == pytest.approx(0.4, abs=0.25)
