from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Interview, OpinionSeen, Scorecard
from candidates.services.interviews import (
    Arrangement,
    cancel_interview,
    hold_interview,
    record_no_show,
    schedule_interview,
)
from candidates.services.opinions import record_opinions_seen
from candidates.services.panels import add_to_panel
from candidates.services.schedules import When
from rubrics.enums import RoleStatus
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory, submit_levels
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
WHEN = When(NOW, NOW + timedelta(hours=1), "Asia/Bangkok")


@pytest.fixture
def team() -> list[User]:
    return [HiringManagerFactory(name="Mara", time_zone="Europe/Berlin"), HiringManagerFactory(name="Teo")]


@pytest.fixture
def application(team: list[User]) -> Application:
    return ApplicationFactory(role=RoleFactory(team_of=team))


def schedule(application: Application, panel: list[User], when: When = WHEN) -> Interview:
    version = application.role.rubric_version
    assert version is not None
    kit = version.kits.get(key="short")
    by = RecruiterFactory()
    arrangement = Arrangement(when, place="Room 4", brief="Claims.")
    return schedule_interview(application=application, kit=kit, arrangement=arrangement, panel=panel, by=by, now=NOW)


def test_everybody_on_the_panel_owes_a_scorecard_and_gets_mail(application: Application, team: list[User]) -> None:
    interview = schedule(application, team)

    assert set(interview.panel.all()) == set(team)
    assert set(interview.scorecards.values_list("state", "due_at")) == {
        (ScorecardState.DRAFT, WHEN.ends_at + timedelta(hours=24))
    }
    mail = Delivery.objects.get(user=team[0])
    card = interview.scorecards.get(interviewer=team[0])
    assert "2 November 2026, 10:00" in mail.text, "in the reader's own zone"
    assert f"/scorecards/{card.pk}/" in mail.text
    assert application.candidate.name not in mail.text + mail.subject + mail.html


def test_nothing_is_planned_while_something_is_missing(application: Application, team: list[User]) -> None:
    application.role.status = RoleStatus.CLOSED
    with pytest.raises(GateRefused) as caught:
        schedule(application, [*team, HiringManagerFactory()])
    assert [item.code.split(":")[0] for item in caught.value.missing] == ["role_open", "panel"]
    assert not Interview.objects.exists()


def test_it_ends_after_it_starts(application: Application, team: list[User]) -> None:
    with pytest.raises(Refused, match="end after it starts"):
        schedule(application, team, When(NOW, NOW, "UTC"))


def test_one_more_on_the_panel(application: Application, team: list[User]) -> None:
    interview = schedule(application, team[:1])
    scorecard = add_to_panel(interview=interview, person=team[1], now=NOW)
    assert scorecard.is_draft
    with pytest.raises(Refused, match="already on the panel"):
        add_to_panel(interview=interview, person=team[1], now=NOW)


def test_whoever_knows_the_others_opinions_does_not_join(application: Application, team: list[User]) -> None:
    interview = schedule(application, team[:1])
    record_opinions_seen(user=team[1], applications=[application.pk], now=NOW)
    with pytest.raises(GateRefused, match="already seen"):
        add_to_panel(interview=interview, person=team[1], now=NOW)


@pytest.mark.parametrize("service", [partial(cancel_interview, now=NOW), record_no_show])
def test_calling_off_frees_the_panel(
    application: Application, team: list[User], service: Callable[..., Interview]
) -> None:
    interview = schedule(application, team)
    with pytest.raises(Refused, match="Say what happened"):
        service(interview=interview, reason=" ")
    service(interview=interview, reason="Flight cancelled")
    interview.refresh_from_db()
    assert interview.state in {InterviewState.CANCELLED, InterviewState.NO_SHOW}
    assert interview.state_reason == "Flight cancelled"
    assert not Scorecard.objects.owed().exists()
    assert set(interview.scorecards.values_list("state", "due_at")) == {("draft", None)}, "nobody waits for them"
    acts: tuple[Callable[[], object], ...] = (
        lambda: hold_interview(interview=interview),
        lambda: add_to_panel(interview=interview, person=team[0], now=NOW),
    )
    for act in acts:
        with pytest.raises(Refused, match="already marked"):
            act()


def test_what_has_been_scored_took_place() -> None:
    scorecard = submit_levels(ScorecardFactory(), [3, 3, 3])
    with pytest.raises(Refused, match="already in"):
        cancel_interview(interview=scorecard.interview, reason="No room", now=NOW)


def test_holding_is_said_once_or_twice() -> None:
    interview = InterviewFactory(state=InterviewState.SCHEDULED)
    assert hold_interview(interview=interview).state == InterviewState.HELD
    assert hold_interview(interview=interview).state == InterviewState.HELD


def test_opinions_seen_are_remembered_once_and_never_for_clients(application: Application, team: list[User]) -> None:
    for _ in range(2):
        record_opinions_seen(user=team[0], applications=[application.pk, application.pk], now=NOW)
    record_opinions_seen(user=ReviewerFactory(), applications=[application.pk], now=NOW)
    assert list(OpinionSeen.objects.values_list("user", "application")) == [(team[0].pk, application.pk)]
