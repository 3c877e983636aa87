"""The debrief as a meeting: steps, threads, what it came to, and what is kept of what was refused."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from candidates.models import Application, DebriefOutcome, DebriefQuestion, OpinionSeen
from candidates.services.debriefs import ask_question
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    InterviewFactory,
    ScorecardFactory,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> list[User]:
    return [HiringManagerFactory(name=name) for name in ("Mara Schulze", "Teodor Okafor")]


@pytest.fixture
def application(team: list[User]) -> Application:
    found: Application = ApplicationFactory(role=RoleFactory(team_of=team))
    submitted_scorecard(found, [3, 4, 2], by=team[0])
    submitted_scorecard(found, [3, 3, 4], by=team[1])
    return found


def at(name: str, pk: int) -> str:
    return reverse(f"candidates:{name}", args=[pk])


def shown(browser: Client, application: Application, on: str = "") -> str:
    answer = browser.get(at("debrief_meeting", application.pk), {"on": on} if on else {})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_steps_are_the_dimensions_disagreement_first_and_then_the_outcome(
    application: Application, team: list[User]
) -> None:
    text = shown(as_(team[0]), application)
    steps = re.findall(r'class="meeting-step[^>]*href="\?on=([\w-]+)"', text)
    assert steps == ["observability", "production-ownership", "architectural-judgment", "outcome"]
    assert "1 of 4" in text
    assert "2 to 4: 2 apart" in text
    assert 'href="?on=production-ownership"' in text
    assert "What did it come to?" not in text


def test_a_step_shows_who_stands_where_with_the_anchor_of_their_level(
    application: Application, team: list[User]
) -> None:
    text = shown(as_(team[0]), application, "observability")
    levels = re.findall(r"<li class=\"scale-level[^>]*>(.*?)</li>", text, re.DOTALL)
    held = {number: level for number, level in enumerate(levels, start=1) if "scale-name" in level}
    assert set(held) == {2, 4}
    assert "Mara Schulze" in held[2]
    assert "Observability at 4." in held[4]
    assert "Precision fell" in text
    assert "What did it come to?" in shown(as_(team[0]), application, "outcome")
    assert "1 of 4" in shown(as_(team[0]), application, "no-such-dimension"), "an old link begins at the beginning"


def test_the_meeting_waits_for_everybody(application: Application, team: list[User]) -> None:
    third = HiringManagerFactory(name="Lin Wei")
    application.role.team.create(user=third)
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=third)
    answer = as_(team[0]).get(at("debrief_meeting", application.pk))
    assert answer.status_code == 302
    text = as_(team[0]).get(at("debrief", application.pk)).content.decode()
    assert "Still awaited: Lin Wei." in text
    assert "since the interview on" in text
    assert "Hold the meeting" not in text
    sealed = as_(third).get(at("debrief_meeting", application.pk)).content.decode()
    assert "opens when your scorecard is in" in sealed
    assert "You" in sealed
    assert "Precision fell" not in sealed
    assert not OpinionSeen.objects.filter(user=third).exists()


@pytest.mark.parametrize("name", ["debrief_meeting", "debrief_outcome"])
def test_a_meeting_is_nothing_to_outsiders(application: Application, name: str) -> None:
    for stranger in (HiringManagerFactory(), ReviewerFactory(client=application.role.client)):
        browser = as_(stranger)
        act = browser.get if name == "debrief_meeting" else browser.post
        assert act(at(name, application.pk)).status_code == 404


def test_a_question_is_asked_answered_and_resolved_where_it_belongs(application: Application, team: list[User]) -> None:
    asker = as_(team[1])
    card = application.interviews.get(scorecards__interviewer=team[0]).scorecards.get()
    told = card.evidence.all()[2]
    answer = asker.post(
        at("debrief_ask", card.pk), {"text": "Whose threshold was it?", "dimension": "", "evidence": told.pk}
    )
    question = DebriefQuestion.objects.get()
    assert answer["Location"] == f"{at('debrief', application.pk)}#question-{question.pk}"
    assert question.dimension == told.dimension
    assert "Asked in debriefs" in as_(team[0]).get("/").content.decode()
    assert as_(team[0]).get(at("debrief_question", question.pk))["Location"] == answer["Location"]

    back = f"{at('debrief_meeting', application.pk)}?on=observability"
    answered = as_(team[0]).post(at("debrief_answer", question.pk), {"text": "Their own.", "next": back})
    assert answered["Location"] == back
    text = shown(asker, application, "observability")
    assert text.index("Whose threshold was it?") < text.index("Their own.")
    assert "Whose threshold was it?" not in shown(asker, application, "production-ownership")
    assert "your question was answered" in asker.get("/").content.decode()

    assert as_(team[0]).post(at("debrief_resolve", question.pk)).status_code == 404, "not theirs to settle"
    asker.post(at("debrief_resolve", question.pk))
    assert "resolved by" in asker.get(at("debrief", application.pk)).content.decode()
    assert "Asked in debriefs" not in asker.get("/").content.decode()


def test_what_was_typed_stays_when_it_is_refused(application: Application, team: list[User]) -> None:
    mine, theirs = (application.interviews.get(scorecards__interviewer=one).scorecards.get() for one in team)
    browser = as_(team[0])
    refused = browser.post(at("debrief_ask", mine.pk), {"text": "Is this mine?"})
    assert refused.status_code == 422
    dimension = theirs.ratings.all()[0].dimension_id
    refused = browser.post(
        at("debrief_ask", theirs.pk), {"text": "Kept?", "dimension": dimension, "evidence": mine.evidence.all()[0].pk}
    )
    assert refused.status_code == 422
    assert "Kept?</textarea>" in refused.content.decode()
    question = ask_question(scorecard=theirs, text="Why?", by=team[0], now=NOW)
    assert browser.post(at("debrief_answer", question.pk), {"text": ""}).status_code == 422
    refused = browser.post(at("debrief_outcome", application.pk), {"note": "Half a thought"})
    assert refused.status_code == 422
    assert "Half a thought" in refused.content.decode()


def test_the_outcome_stands_in_the_debrief_and_in_the_file_and_a_stale_form_is_told(
    application: Application, team: list[User]
) -> None:
    browser, recruiter = as_(team[0]), as_(RecruiterFactory())
    assert "Debriefs that opened" in browser.get("/").content.decode()
    given = {"result": "more_evidence", "note": "Nobody asked for thresholds.", "next_steps": "Teodor, by Friday"}
    assert browser.post(at("debrief_outcome", application.pk), given).status_code == 302
    text = browser.get(at("debrief", application.pk)).content.decode()
    assert "More evidence needed" in text
    assert "Teodor, by Friday" in text
    assert at("debrief", application.pk) not in browser.get("/").content.decode(), "it is news no longer"
    assert "Debrief: more evidence needed" in recruiter.get(at("candidate", application.candidate_id)).content.decode()

    stale = recruiter.post(at("debrief_outcome", application.pk), {"result": "hold", "note": "Mine"})
    assert stale.status_code == 409
    assert "Somebody noted an outcome meanwhile" in stale.content.decode()
    seen = DebriefOutcome.objects.get().pk
    recruiter.post(at("debrief_outcome", application.pk), {"result": "hold", "note": "Mine", "seen": seen})
    assert "1 earlier outcome" in browser.get(at("debrief", application.pk)).content.decode()


def test_only_ones_own_is_amended_from_here(application: Application, team: list[User]) -> None:
    mine, theirs = (application.interviews.get(scorecards__interviewer=one).scorecards.get() for one in team)
    text = as_(team[0]).get(at("debrief", application.pk)).content.decode()
    assert at("scorecard_amend", mine.pk) in text
    assert at("scorecard_amend", theirs.pk) not in text
    assert 'name="level' not in text


def test_pages_ask_as_often_for_many_threads_as_for_one(application: Application, team: list[User]) -> None:
    recruiter = RecruiterFactory()
    browser = as_(recruiter)
    cards = [application.interviews.get(scorecards__interviewer=one).scorecards.get() for one in team]
    pages = [at("debrief", application.pk), f"{at('debrief_meeting', application.pk)}?on=outcome", "/"]

    def more() -> None:
        for card in cards:
            thread = ask_question(scorecard=card, text="Why?", by=recruiter, now=NOW)
            thread.answers.create(by=card.interviewer, text="So.", at=NOW)

    more()
    few = []
    for page in pages:
        browser.get(page)
        few.append(statements(lambda page=page: browser.get(page)))  # type: ignore[misc]  # bound now
    more()
    many = [statements(lambda page=page: browser.get(page)) for page in pages]  # type: ignore[misc]  # the same
    assert many == few
    assert max(many) <= 12
