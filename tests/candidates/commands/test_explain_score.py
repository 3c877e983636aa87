"""A cited score is computed again from what its run kept, by the method it was made with, also after an erasure."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from candidates.enums import Citation
from candidates.models import Application, Candidate, ScoreSnapshot, ScoringRun
from candidates.scoring import METHODS
from candidates.services.erasures import erase_candidate
from candidates.services.scores import METHOD, score_pool, snapshot_score
from rubrics.enums import StageKind
from rubrics.models import Role
from screening.accounts.models import User
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
LEVELS: list[list[int | None]] = [[5, 5, 4], [4, None, 4], [3, 3, 3], [1, 4, 2]]


@pytest.fixture
def role() -> Role:
    return RoleFactory()


@pytest.fixture
def lenient() -> User:
    return HiringManagerFactory(name="Lena Lenient")


def give(role: Role, levels: list[int | None], raters: list[User]) -> Application:
    application: Application = ApplicationFactory(
        role=role, kind=StageKind.SCORED, candidate=CandidateFactory(name="Quentin Quoll")
    )
    for number, rater in enumerate(raters):
        lower = [None if level is None else max(1, level - number) for level in levels]
        submitted_scorecard(application, lower, by=rater)
    return application


@pytest.fixture(params=sorted(METHODS))
def snapshot(request: pytest.FixtureRequest, role: Role, lenient: User) -> ScoreSnapshot:
    """Cited under each method there is; scorecards that came later have been computed since."""
    raters: list[User] = [lenient, HiringManagerFactory(name="Stan Strict")]
    people = [give(role, levels, raters) for levels in LEVELS]
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW, method=request.param)
    cited = snapshot_score(application=people[0], cited_by=Citation.SHORTLIST, now=NOW)
    submitted_scorecard(people[0], [1, 1, 1])
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW, method=request.param)
    assert cited
    assert cited.run.method == request.param
    return cited


def told(*arguments: object, **options: object) -> str:
    out = StringIO()
    call_command("explain_score", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_a_cited_score_comes_out_the_same_in_words_and_figures(snapshot: ScoreSnapshot) -> None:
    text = told(snapshot.pk)
    assert f"Run {snapshot.run_id} by {snapshot.run.method}: 8 scorecards of 4 candidates by 2 interviewers" in text
    assert "Two interviewers each gave levels" in text
    assert re.search(r"Lena Lenient +\S+ +\+0\.\d+", text), "with the sign of the leniency"
    assert f"The score is {snapshot.score:.2f}." in text.replace("\n   ", " ")
    assert text.rstrip().endswith("figures agree to 1e-09.")
    rows = {
        line.split("  ")[0]: float(line.split()[-1]) for line in text.splitlines() if re.search(r"e[+-]\d\d$", line)
    }
    assert {"score", "sd", "lower", "upper", "raw_mean", "p_bar"} <= set(rows)
    assert max(rows.values()) <= 1e-9


def test_the_figures_told_add_up_to_the_score(snapshot: ScoreSnapshot) -> None:
    [line] = (line for line in told(snapshot.pk).splitlines() if "corrected mean" in line and line.startswith("score"))
    score, corrected, average, peers, own = map(float, re.findall(r"-?\d+\.\d{12}", line))
    assert own * corrected + (1 - own) * (average + peers) == pytest.approx(score, abs=1e-9)
    assert score == pytest.approx(snapshot.score, abs=1e-9)


def test_what_was_not_asked_about_is_told_of(role: Role, lenient: User) -> None:
    people = [give(role, levels, [lenient, HiringManagerFactory()]) for levels in LEVELS]
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)
    cited = snapshot_score(application=people[1], cited_by=Citation.SHORTLIST, now=NOW)
    assert cited

    text = " ".join(told(cited.pk).split())

    assert f"by {METHOD}" in text
    assert re.search(r"mean is 3\.50\. 2\. Not everybody .* stand for \d\.\d\d over all dimensions\. 3\. Some", text)


def test_whom_the_same_interviewers_met_is_told_of(role: Role) -> None:
    """Two interviewers met the able, two others the rest, and everybody met one candidate."""
    people: list[User] = [HiringManagerFactory() for _ in range(4)]
    of_able, of_others = people[:2], people[2:]
    for levels in ([5, 5, 5], [5, 4, 5], [5, 5, 4]):
        able = give(role, list(levels), of_able)
    for levels in ([2, 2, 3], [2, 3, 2], [3, 2, 2]):
        other = give(role, list(levels), of_others)
    give(role, [4, 4, 4], [of_able[0], of_others[0]])
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)

    for one, lie in ((able, "above"), (other, "below")):
        cited = snapshot_score(application=one, cited_by=Citation.SHORTLIST, now=NOW)
        assert cited
        text = " ".join(told(cited.pk).split())
        found = re.search(rf"role, (\S+), seeing that those whom the same interviewers met lie (\S+) {lie} it", text)
        assert found
        average, above = float(found[1]), float(found[2])
        told_of = re.search(r"the rest on (\d\.\d\d)\.", text)
        assert told_of
        expected = average + above if lie == "above" else average - above
        assert float(told_of[1]) == pytest.approx(expected, abs=0.011), "each is rounded"


def test_an_application_stands_for_its_newest_snapshot(snapshot: ScoreSnapshot) -> None:
    later = snapshot_score(application=snapshot.application, cited_by=Citation.DECISION, now=NOW)
    assert later
    assert f"Snapshot {later.pk} of" in told(application=snapshot.application_id)
    assert f"Snapshot {snapshot.pk} of" in told(snapshot.pk)


def test_an_erasure_takes_the_person_and_leaves_the_figures(snapshot: ScoreSnapshot) -> None:
    before = told(snapshot.pk)
    candidate = Candidate.objects.get(pk=snapshot.application.candidate_id)
    erase_candidate(candidate=candidate, reason="asked", by=AdministratorFactory())
    assert told(snapshot.pk) == before
    assert "Quoll" not in before


def test_a_figure_that_comes_out_otherwise_fails_and_is_named(snapshot: ScoreSnapshot) -> None:
    forged = ScoreSnapshot.objects.get(pk=snapshot.pk)
    forged.pk, forged.score, forged.p_bar = None, snapshot.score + 2e-9, None
    forged.save()
    with pytest.raises(CommandError) as refused:
        told(forged.pk)
    assert refused.value.returncode == 1
    assert str(refused.value) == "Not reproduced: score, p_bar differ by more than 1e-09."


def test_a_level_that_was_tampered_with_shows(snapshot: ScoreSnapshot) -> None:
    run = ScoringRun.objects.get(pk=snapshot.run_id)
    assert run.input
    run.input["sheet"]["ratings"][0][0] -= 1
    ScoringRun.objects.filter(pk=run.pk).update(input=run.input)
    with pytest.raises(CommandError, match=r"Not reproduced: score, "):
        told(snapshot.pk)


def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(CommandError, match=r"There is no snapshot 4711"):
        told(4711)
    with pytest.raises(CommandError, match=r"Application 4711 has no snapshot") as refused:
        told(application=4711)
    assert refused.value.returncode == 2
