"""Insights: planted habits come out, too little stays silent, and everybody sees only what is theirs to see."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from candidates.models import Application, QuestionNote, Score, Scorecard, ScoringRun, SignalHeard
from candidates.queries.insights import habits_of, questions_of, reliability_of, run_of_role
from candidates.queries.scoring_kept import repeat_run
from candidates.services.scores import score_pool
from rubrics.enums import SignalKind, StageKind
from rubrics.models import Role, RoleMember, Signal
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory, submit_levels
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
PAGES = ("insights", "insights_interviewers", "insights_questions")


@pytest.fixture
def role() -> Role:
    return RoleFactory(panel_size=2)


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory()


def page(role: Role, name: str = "insights") -> str:
    return reverse(f"candidates:{name}", args=[role.slug])


def give(application: Application, by: User, levels: list[int], *, hours: int = 2) -> Scorecard:
    interview = InterviewFactory(
        application=application, starts_at=NOW - timedelta(hours=hours + 1), ends_at=NOW - timedelta(hours=hours)
    )
    card = ScorecardFactory(interview=interview, interviewer=by)
    for question in interview.kit.questions.all()[: 1 if by.name.startswith("Short") else None]:
        QuestionNote.objects.create(scorecard=card, question=question, text="Told it calmly.")
    strong = levels[0] >= 4
    wanted = SignalKind.STRONG if strong else SignalKind.WEAK
    for signal in Signal.objects.filter(question=interview.kit.questions.all()[0], kind=wanted)[:1]:
        SignalHeard.objects.create(scorecard=card, signal=signal)
    return submit_levels(card, list(levels))


def compute(role: Role) -> ScoringRun:
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)
    run = run_of_role(role)
    assert run
    return run


def crowd(role: Role, people: int) -> list[User]:
    """Ann and Short Bob see people as they are, Bob late and with one note; Lena gives a level more to everybody."""
    raters: list[User] = [HiringManagerFactory(name=name) for name in ("Lena Lenient", "Ann Able", "Short Bob")]
    for number in range(people):
        able = 2 + number % 3
        application = ApplicationFactory(role=role, kind=StageKind.SCORED)
        give(application, raters[0], [able + 1, able + 1, able + 1 - number % 2])
        give(application, raters[1], [able, able, able + number % 2])
        give(application, raters[2], [able, max(able - number % 2, 1), able], hours=72)
    return raters


def test_planted_habits_come_out_with_what_would_help(role: Role) -> None:
    raters = crowd(role, 24)
    run = compute(role)
    lena, ann, bob = sorted(habits_of(run), key=lambda one: raters.index(one.user))
    assert [one.user.name for one in habits_of(run)] == ["Ann Able", "Lena Lenient", "Short Bob"], "by name"
    assert lena.lower > 0
    assert lena.leniency - max(ann.leniency, bob.leniency) > 0.5
    assert "Lenient by 0." in lena.advice
    assert (ann.candidates, ann.scorecards) == (24, 24)
    assert (ann.hours, bob.hours) == (2, 72)
    assert [ann.followed, bob.followed] == pytest.approx([1, 1 / 3])
    assert "within a day" in bob.advice
    assert lena.agreement
    assert lena.agreement["n"] == 24
    assert lena.agreement["lower"] > 0.6
    first, *others = questions_of(run)
    assert (first.verdict, first.candidates) == ("discriminates", 24)
    assert [(one.basis, one.verdict) for one in others] == [("levels", "discriminates")] * 2, (
        "no signals were ticked there"
    )
    assert first.basis == "signals"


def test_reliability_and_what_one_more_buys(role: Role) -> None:
    crowd(role, 12)
    run = ScoringRun.objects.get(pk=compute(role).pk)
    names = ["Production ownership", "Architectural judgment", "Observability"]
    found = reliability_of(run, role, names)
    assert found
    assert found.rated_twice == 12
    rows = found.planning
    assert all(0 <= row["plain"] <= row["adjusted"] <= 1 for row in rows)
    assert [row["half_width"] for row in rows] == sorted((row["half_width"] for row in rows), reverse=True)
    sds = repeat_run(run).score_variances
    expected = sds.candidate**2 / (sds.candidate**2 + sds.error**2 / 2)
    assert found.now
    assert found.now["adjusted"] == pytest.approx(expected), "Φ of the planned two, strictness out"
    assert found.advice[0].startswith("One more interviewer than the 2 planned")
    assert "strictness" in " ".join(found.advice), "Lena is lenient"
    assert len(found.dimensions) == 3
    text = as_(RecruiterFactory()).get(page(role)).content.decode()
    assert f"{found.now['adjusted']:.2f}" in text
    assert "<polyline" in text


def test_too_little_is_silence_with_what_is_missing(role: Role, recruiter: User) -> None:
    browser = as_(recruiter)
    assert all("Nothing to learn from yet" in browser.get(page(role, name)).content.decode() for name in PAGES)
    crowd(role, 4)
    run = compute(role)
    assert reliability_of(run, role, []) is None
    assert not [one for one in habits_of(run) if one.enough or one.advice]
    assert {one.verdict for one in questions_of(run)} == {"too little yet"}
    assert "Too little to say" in browser.get(page(role)).content.decode()
    people = browser.get(page(role, "insights_interviewers")).content.decode()
    assert people.count("too little to say anything") == 3
    assert "+0." not in people
    assert "With 16 more candidates" in browser.get(page(role, "insights_questions")).content.decode()


def test_an_interviewer_sees_their_own_line_only(role: Role, recruiter: User) -> None:
    lena, ann, bob = crowd(role, 6)
    compute(role)
    for user in (lena, ann):
        RoleMember.objects.create(role=role, user=user)
    mine = as_(lena).get(page(role, "insights_interviewers")).content.decode()
    assert "How you rate" in mine
    assert "Lena Lenient" in mine
    assert not [other.name for other in (ann, bob) if other.name in mine]
    every = as_(recruiter).get(page(role, "insights_interviewers")).content.decode()
    assert every.index("Ann Able") < every.index("Lena Lenient") < every.index("Short Bob")
    idle = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=idle)
    assert "Nothing of yours yet" in as_(idle).get(page(role, "insights_interviewers")).content.decode()


def test_who_plans_panels_and_owes_a_scorecard_sees_only_their_own_line(role: Role, recruiter: User) -> None:
    crowd(role, 2)
    owed = ApplicationFactory(role=role)
    give(owed, HiringManagerFactory(name="Dora Done"), [3, 3, 3])
    compute(role)
    ScorecardFactory(interview=InterviewFactory(application=owed), interviewer=recruiter)
    text = as_(recruiter).get(page(role, "insights_interviewers")).content.decode()
    assert "You still owe a scorecard" in text
    assert not [name for name in ("Lena Lenient", "Ann Able", "Short Bob", "Dora Done") if name in text]


def test_outsiders_and_clients_find_no_insights(role: Role) -> None:
    crowd(role, 2)
    compute(role)
    for user in (HiringManagerFactory(), ReviewerFactory(client=role.client)):
        assert {as_(user).get(page(role, name)).status_code for name in PAGES} == {404}
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member)
    assert as_(member).get(page(role)).status_code == 200
    assert as_(member).get(reverse("candidates:insights_pools")).status_code == 404


def test_all_rubrics_stand_together_with_their_roles(role: Role, recruiter: User) -> None:
    crowd(role, 10)
    compute(role)
    sibling = RoleFactory(rubric_version=role.rubric_version)
    give(ApplicationFactory(role=sibling, kind=StageKind.SCORED), HiringManagerFactory(), [3, 3, 3])
    compute(role)
    text = as_(recruiter).get(reverse("candidates:insights_pools")).content.decode()
    assert text.count("31 scorecards of 11 candidates by 4 interviewers") == 1
    assert page(role) in text
    assert page(sibling) in text
    assert "Reliability" in text


def test_a_warning_of_related_assignment_asks_for_samples(role: Role, recruiter: User) -> None:
    crowd(role, 2)
    run = compute(role)
    assert "calibration/" not in as_(recruiter).get(page(role)).content.decode()
    ScoringRun.objects.filter(pk=run.pk).update(notes=["related_assignment"])
    assert reverse("candidates:samples") in as_(recruiter).get(page(role)).content.decode()


def test_a_run_made_without_insights_shows_none(role: Role, recruiter: User) -> None:
    crowd(role, 2)
    ScoringRun.objects.filter(pk=compute(role).pk).update(statistics=None)
    assert Score.objects.exists()
    assert "Nothing to learn from yet" in as_(recruiter).get(page(role)).content.decode()


def test_pages_ask_as_often_for_many_as_for_few(role: Role, recruiter: User) -> None:
    browser = as_(recruiter)
    crowd(role, 2)
    compute(role)
    few = [statements(partial(browser.get, page(role, name))) for name in PAGES]
    crowd(role, 6)
    compute(role)
    many = [statements(partial(browser.get, page(role, name))) for name in PAGES]
    assert many == few
    assert max(many) <= 12
