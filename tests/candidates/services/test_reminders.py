"""Reminders at explicit moments: which one, to whom, once, and gone when nothing is owed any more."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from candidates.models import Interview, Scorecard
from candidates.services.drafts import save_draft
from candidates.services.interviews import Arrangement, cancel_interview, move_interview, schedule_interview
from candidates.services.panels import add_to_panel, excuse_scorecard, hand_over
from candidates.services.reminders import Seat, newest_due, remind, reminders
from candidates.services.schedules import When
from candidates.services.scorecards import submit_scorecard
from candidates.tasks.reminders import remind as task
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, submit_levels
from tests.factories.drafts import whole_draft
from tests.factories.rubrics import RoleFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTS = NOW + 3 * DAY
ENDS = STARTS + HOUR
SEAT = Seat(scorecard=1, starts_at=STARTS, wait_from=ENDS, since=NOW)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        (STARTS - 25 * HOUR, None),
        (STARTS - 24 * HOUR, -24),
        (STARTS - 2 * HOUR, -24),
        (STARTS - HOUR, -1),
        (STARTS - timedelta(minutes=1), -1),
        (STARTS, None),  # to be reminded of what has begun helps nobody
        (ENDS + timedelta(minutes=59), None),
        (ENDS + HOUR, 1),
        (ENDS + 24 * HOUR, 24),
        (ENDS + 72 * HOUR, 72),
        (ENDS + 10 * DAY, 72),
        (ENDS + 30 * DAY, None),
    ],
)
def test_the_newest_that_is_due(moment: datetime, hours: int | None) -> None:
    found = newest_due(SEAT, moment)
    assert (found.hours if found else None) == hours


@given(st.integers(-5 * 24 * 60, 25 * 24 * 60), st.integers(-5 * 24 * 60, 5 * 24 * 60))
def test_never_early_never_overtaken_never_told_twice(minutes: int, told: int) -> None:
    now, since = STARTS + timedelta(minutes=minutes), STARTS + timedelta(minutes=told)
    seat = Seat(1, STARTS, ENDS, since)
    found = newest_due(seat, now)
    if found is None:
        return
    assert since < found.at <= now
    assert not [later for later in reminders(seat) if found.at < later.at <= now]
    assert not found.is_before or now < STARTS


@pytest.fixture
def team(db: None) -> list[User]:
    return [HiringManagerFactory(name="Mara"), HiringManagerFactory(name="Teo")]


@pytest.fixture
def recruiter(db: None) -> User:
    return RecruiterFactory(name="Hanna")


@pytest.fixture
def interview(team: list[User], recruiter: User) -> Interview:
    application = ApplicationFactory(role=RoleFactory(team_of=team))
    kit = application.role.rubric_version.kits.get(key="whole")
    with time_machine.travel(NOW, tick=False):
        return schedule_interview(
            application=application,
            kit=kit,
            arrangement=Arrangement(When(STARTS, ENDS, "Asia/Bangkok")),
            panel=team[:1],
            by=recruiter,
            now=NOW,
        )


def sent(moment: datetime) -> list[tuple[str, str]]:
    """What a tick at this moment queues: to whom, and the beginning of its subject."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    remind(now=moment)
    new = Delivery.objects.exclude(pk__in=before).select_related("user").order_by("pk")
    return [(one.user.name if one.user else "", one.subject.partition(":")[0]) for one in new]


def test_one_that_can_not_be_written_keeps_nobody_else_from_theirs(interview: Interview, team: list[User]) -> None:
    with time_machine.travel(NOW, tick=False):
        add_to_panel(interview=interview, person=team[1], now=NOW)
    User.objects.filter(name="Mara").update(time_zone="Nowhere/Else")
    assert sent(STARTS - HOUR) == [("Teo", "Soon")]
    User.objects.filter(name="Mara").update(time_zone="Asia/Bangkok")
    assert sent(STARTS - HOUR) == [("Mara", "Soon")]


def test_from_the_day_before_to_three_days_after(interview: Interview) -> None:
    after = "Your scorecard is awaited"
    days = {
        STARTS - 25 * HOUR: [],
        STARTS - 24 * HOUR: [("Mara", "Soon")],
        STARTS - 23 * HOUR: [],
        STARTS - HOUR: [("Mara", "Soon")],
        STARTS: [],
        ENDS + HOUR: [("Mara", after)],
        ENDS + DAY: [("Mara", after)],
        ENDS + 3 * DAY: [("Mara", after), ("Hanna", "Still awaited")],
        ENDS + 4 * DAY: [],
    }
    assert {moment: sent(moment) for moment in days} == days


def test_twice_is_once(interview: Interview) -> None:
    assert remind(now=ENDS + HOUR) == 1
    assert remind(now=ENDS + HOUR) == 0
    assert remind(now=ENDS + 2 * HOUR) == 0


def test_what_came_too_late_is_not_sent_in_a_burst(interview: Interview) -> None:
    assert sent(ENDS + 80 * HOUR) == [("Mara", "Your scorecard is awaited"), ("Hanna", "Still awaited")]
    assert sent(ENDS + 81 * HOUR) == []


def test_who_was_told_an_hour_ago_is_not_reminded_of_tomorrow(interview: Interview) -> None:
    with time_machine.travel(STARTS - 3 * HOUR, tick=False):
        move_interview(
            interview=interview,
            arrangement=Arrangement(When(STARTS + HOUR, ENDS + HOUR, "UTC")),
            now=STARTS - 3 * HOUR,
        )
    assert sent(STARTS - 2 * HOUR) == []
    assert sent(STARTS) == [("Mara", "Soon")]


def _submit(card: Scorecard, _team: list[User]) -> None:
    submit_levels(card, [3, 3, 3])


def _excuse(card: Scorecard, team: list[User]) -> None:
    excuse_scorecard(scorecard=card, reason="ill", by=team[1], now=ENDS)


def _cancel(card: Scorecard, _team: list[User]) -> None:
    cancel_interview(interview=card.interview, reason="flood", now=ENDS)


@pytest.mark.parametrize("end", [_submit, _excuse, _cancel])
def test_nothing_is_owed_nothing_is_asked(
    interview: Interview, team: list[User], end: Callable[[Scorecard, list[User]], None]
) -> None:
    end(interview.scorecards.get(), team)
    assert [sent(moment) for moment in (STARTS - HOUR, ENDS + HOUR, ENDS + 3 * DAY)] == [[], [], []]


def test_whoever_takes_the_place_is_asked_instead(interview: Interview, team: list[User]) -> None:
    with time_machine.travel(ENDS + 30 * HOUR, tick=False):
        hand_over(scorecard=interview.scorecards.get(), to=team[1], reason="ill", by=team[0], now=ENDS + 30 * HOUR)
    assert sent(ENDS + 30 * HOUR) == []
    assert sent(ENDS + 31 * HOUR) == [("Teo", "Your scorecard is awaited")]
    assert sent(ENDS + 72 * HOUR) == [("Teo", "Your scorecard is awaited")]
    assert sent(ENDS + 102 * HOUR) == [("Teo", "Your scorecard is awaited"), ("Hanna", "Still awaited")]


@pytest.mark.parametrize("how", ["submitted", "excused", "cancelled", "handed over", "moved"])
def test_what_has_not_left_yet_stays(interview: Interview, team: list[User], how: str) -> None:
    """The mail server was away: what waits in the outbox is called back."""
    card = interview.scorecards.get()
    remind(now=STARTS - HOUR)
    if how == "submitted":
        _fill(card)
        submit_scorecard(scorecard=card, by=team[0], now=ENDS)
    elif how == "excused":
        _excuse(card, team)
    elif how == "cancelled":
        _cancel(card, team)
    elif how == "handed over":
        hand_over(scorecard=card, to=team[1], reason="ill", by=team[0], now=NOW)
    else:
        later = Arrangement(When(STARTS + DAY, ENDS + DAY, "UTC"))
        move_interview(interview=interview, arrangement=later, now=STARTS - HOUR)
    [reminder] = Delivery.objects.filter(event="interview.reminder")
    assert reminder.state == DeliveryState.CANCELLED


def _fill(card: Scorecard) -> None:
    save_draft(scorecard=card, draft=whole_draft(card, [3, 3, 3]), revision=0, by=card.interviewer, now=ENDS)


def test_moved_means_reminded_anew(interview: Interview) -> None:
    assert sent(STARTS - HOUR) == [("Mara", "Soon")]
    move_interview(
        interview=interview, arrangement=Arrangement(When(STARTS + 2 * DAY, ENDS + 2 * DAY, "UTC")), now=STARTS - HOUR
    )
    assert sent(STARTS + DAY) == [("Mara", "Soon")]
    assert sent(STARTS + 2 * DAY - HOUR) == [("Mara", "Soon")]


def test_the_owner_of_the_application_comes_before_who_planned(interview: Interview, recruiter: User) -> None:
    application = interview.application
    application.owner = RecruiterFactory(name="Oda")
    application.save()
    assert ("Oda", "Still awaited") in sent(ENDS + 3 * DAY)
    Delivery.objects.all().delete()
    application.owner.is_active = False
    application.owner.save()
    assert ("Hanna", "Still awaited") in sent(ENDS + 3 * DAY)


def test_they_say_nothing_about_anybody(interview: Interview) -> None:
    for moment in (STARTS - HOUR, ENDS + 3 * DAY):
        remind(now=moment)
    told = "".join(one.subject + one.text + one.html for one in Delivery.objects.all())
    assert interview.application.candidate.name not in told
    assert f"/interviews/{interview.pk}/" in told


def test_ticks_do_not_read_more_for_what_was_sent(
    interview: Interview, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    remind(now=ENDS + HOUR)
    with django_assert_num_queries(2):
        remind(now=ENDS + HOUR)


def test_the_beat_asks_now(interview: Interview) -> None:
    with time_machine.travel(ENDS + HOUR, tick=False):
        task()
    assert Delivery.objects.filter(event="scorecard.reminder").count() == 1
