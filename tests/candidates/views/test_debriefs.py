import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.models import Application, Evidence, OpinionSeen, Scorecard
from candidates.services.panels import excuse_scorecard
from candidates.services.scorecards import amend_scorecard, approve_correction, submit_scorecard
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    InterviewFactory,
    ScorecardFactory,
    submit_levels,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> list[User]:
    return [HiringManagerFactory(name=name) for name in ("Mara Schulze", "Teodor Okafor", "Lin Wei")]


@pytest.fixture
def application(team: list[User]) -> Application:
    return ApplicationFactory(role=RoleFactory(team_of=team))


def show(client: Client, application: Application, by: User) -> tuple[int, str]:
    client.force_login(by)
    answer = client.get(reverse("candidates:debrief", args=[application.pk]))
    return answer.status_code, answer.content.decode()


def test_dimensions_two_levels_apart_come_first_and_are_marked(
    client: Client, application: Application, team: list[User]
) -> None:
    submitted_scorecard(application, [3, 4, 2], by=team[0])
    submitted_scorecard(application, [3, 3, 4], by=team[1])
    status, text = show(client, application, RecruiterFactory())
    assert status == 200
    assert "apart on 1 dimension" in text
    assert "2 to 4: 2 apart" in text
    at = [
        text.index(f'dir="auto">{name}</h2>')
        for name in ("Observability", "Production ownership", "Architectural judgment")
    ]
    assert at == sorted(at), "the disagreement first, then the rubric's order"


def test_evidence_recommendations_and_comments_are_all_there(
    client: Client, application: Application, team: list[User]
) -> None:
    submitted_scorecard(application, [3, None, 4], by=team[0])
    _, text = show(client, application, team[1])
    for words in ("Precision fell from 0.91 to 0.84", "Kept calm.", "no time", "Mara Schulze", "2025-03"):
        assert words in text


def test_it_opens_for_a_panellist_when_theirs_is_in(client: Client, application: Application, team: list[User]) -> None:
    interview = InterviewFactory(application=application)
    mine = ScorecardFactory(interview=interview, interviewer=team[0])
    submit_levels(ScorecardFactory(interview=interview, interviewer=team[1]), [5, 5, 5])
    Evidence.objects.create(scorecard=mine, dimension=interview.kit.questions.get(key="q0").dimensions.get())

    status, text = show(client, application, team[0])
    assert status == 200
    assert "opens when your scorecard is in" in text
    for sealed in ("Precision fell", "Kept calm.", "Teodor"):
        assert sealed not in text
    assert not OpinionSeen.objects.exists()

    mine.evidence.all().delete()
    submit_levels(mine, [1, 1, 1])
    status, text = show(client, application, team[0])
    assert "Kept calm." in text
    assert OpinionSeen.objects.get().user == team[0]


def test_a_recruiter_on_the_panel_waits_like_everybody(client: Client, application: Application) -> None:
    recruiter = RecruiterFactory()
    interview = InterviewFactory(application=application)
    ScorecardFactory(interview=interview, interviewer=recruiter)
    submit_levels(ScorecardFactory(interview=interview), [5, 5, 5])
    assert "opens when your scorecard is in" in show(client, application, recruiter)[1]


def test_outsiders_find_nothing(client: Client, application: Application) -> None:
    submitted_scorecard(application, [3, 3, 3])
    client_reviewer = ReviewerFactory(client=application.role.client)
    themselves = RecruiterFactory()
    application.candidate.user = themselves
    application.candidate.save()
    for stranger in (HiringManagerFactory(), ReviewerFactory(), client_reviewer, themselves):
        assert show(client, application, stranger)[0] == 404
    assert not OpinionSeen.objects.exists()


def test_amendments_stand_beside_their_originals(client: Client, application: Application, team: list[User]) -> None:
    original = submitted_scorecard(application, [2, 3, 3], by=team[0])
    submitted_scorecard(application, [4, 3, 3], by=team[1])
    amendment = amend_scorecard(scorecard=original, reason="Wrong system", corrects_fact=True, by=team[0])
    amendment.ratings.filter(level=2).update(level=3)
    submit_scorecard(scorecard=amendment, by=team[0], now=NOW)
    recruiter = RecruiterFactory()

    _, text = show(client, application, recruiter)
    assert "Wrong system" in text
    assert text.count("does not count") > 0
    assert "2 to 4: 2 apart" in text, "the original still counts"

    approve_correction(scorecard=Scorecard.objects.get(pk=amendment.pk), by=recruiter, now=NOW)
    _, text = show(client, application, recruiter)
    assert "2 to 4" not in text, "the approved correction counts in its place"


def test_who_is_still_awaited_and_who_was_excused(client: Client, application: Application, team: list[User]) -> None:
    interview = InterviewFactory(application=application)
    ScorecardFactory(interview=interview, interviewer=team[0])
    gone = ScorecardFactory(interview=interview, interviewer=team[1])
    recruiter = RecruiterFactory()
    excuse_scorecard(scorecard=gone, reason="Left the company", by=recruiter, now=NOW)
    _, text = show(client, application, recruiter)
    assert "Still awaited: Mara Schulze." in text
    assert "No scorecard is in yet" in text
    submitted_scorecard(application, [3, 3, 3])
    assert "Left the company" in show(client, application, recruiter)[1]


def test_statements_do_not_grow_with_the_panel(client: Client, application: Application, team: list[User]) -> None:
    recruiter = RecruiterFactory()
    submitted_scorecard(application, [3, 3, 3], by=team[0])
    show(client, application, recruiter)
    url = reverse("candidates:debrief", args=[application.pk])
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for person in team[1:]:
        submitted_scorecard(application, [4, 2, 5], by=person)
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(one) == len(three)
    assert len(three) <= 11, "and one more the first time somebody looks"
