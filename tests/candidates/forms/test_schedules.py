"""Local times and moments: every zone, around every change of its clocks."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.forms.schedules import ScheduleForm, WhenForm, moving, readings
from candidates.models import Interview
from screening.accounts.models import User
from screening.accounts.time_zones import time_zone_choices
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ApplicationFactory, CandidateFactory, InterviewFactory

ZONES = [name for name, _ in time_zone_choices()]
STEP = timedelta(minutes=15)


@cache
def changes(name: str) -> list[datetime]:
    """The first quarter hours after which clocks of this place run differently, from 2024 to 2029."""
    zone, found = ZoneInfo(name), []
    moment, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    while moment < end:
        after = moment + timedelta(days=1)
        if moment.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            quarter = moment
            while quarter.astimezone(zone).utcoffset() == moment.astimezone(zone).utcoffset():
                quarter += STEP
            found.append(quarter)
        moment = after
    return found


def shown_at(zone: ZoneInfo, naive: datetime) -> list[datetime]:
    """By brute force: all quarter hours within a day and a half at which the clocks of a place show this."""
    first = naive.replace(tzinfo=UTC) - timedelta(hours=36)
    moments = (first + STEP * n for n in range(36 * 2 * 4))
    return [one for one in moments if one.astimezone(zone).replace(tzinfo=None, fold=0) == naive]


@given(name=st.sampled_from(ZONES), which=st.integers(0, 20), quarters=st.integers(-20, 20))
def test_a_local_time_is_the_moments_at_which_clocks_show_it(name: str, which: int, quarters: int) -> None:
    zone = ZoneInfo(name)
    around = changes(name) or [datetime(2026, 3, 29, 1, tzinfo=UTC)]
    naive = (around[which % len(around)].astimezone(zone) + STEP * quarters).replace(tzinfo=None, fold=0)
    assert readings(zone, naive) == shown_at(zone, naive)


@given(name=st.sampled_from(ZONES), minutes=st.integers(0, 6 * 365 * 24 * 60))
def test_every_moment_can_be_asked_for(name: str, minutes: int) -> None:
    zone = ZoneInfo(name)
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = readings(zone, moment.astimezone(zone).replace(tzinfo=None, fold=0))
    assert moment in found
    assert found == sorted(found)
    assert len(found) <= 2


def test_a_day_may_be_skipped_as_a_whole() -> None:
    assert readings(ZoneInfo("Pacific/Apia"), datetime(2011, 12, 30, 9, tzinfo=UTC).replace(tzinfo=None)) == []


@pytest.fixture
def planner(db: None) -> User:
    return RecruiterFactory(time_zone="Europe/Berlin")


def form(planner: User, **values: Any) -> ScheduleForm:
    application = ApplicationFactory()
    kit = application.role.rubric_version.kits.get(key="whole")
    typed = {"kit": kit.pk, "panel": [planner.pk], "minutes": "60", "day": "2026-10-25", "time_zone": "Europe/Berlin"}
    return ScheduleForm(typed | values, application=application, planner=planner, people=[planner])


class TestAsking:
    def test_an_hour_that_comes_twice_is_asked_about(self, planner: User) -> None:
        asked = form(planner, time="02:30")
        assert not asked.is_valid()
        assert asked.errors["which"] == ["In Berlin 02:30 comes twice on that day. Which one?"]
        assert asked.asks_which
        assert [words for _, words in asked.fields["which"].choices] == [  # type: ignore[attr-defined]  # a choice field
            "the first time, GMT+2",
            "the second time, GMT+1",
        ]

    @pytest.mark.parametrize(("which", "utc"), [("first", 0), ("second", 1)])
    def test_and_means_what_was_answered(self, planner: User, which: str, utc: int) -> None:
        answered = form(planner, time="02:30", which=which)
        assert answered.is_valid()
        assert answered.when is not None
        assert answered.when.starts_at == datetime(2026, 10, 25, utc, 30, tzinfo=UTC)
        assert answered.when.ends_at - answered.when.starts_at == timedelta(hours=1)

    def test_an_answer_to_nothing_changes_nothing(self, planner: User) -> None:
        answered = form(planner, time="04:30", which="second")
        assert answered.is_valid()
        assert answered.when is not None
        assert answered.when.starts_at == datetime(2026, 10, 25, 3, 30, tzinfo=UTC)

    def test_a_skipped_time_says_what_clocks_show_then(self, planner: User) -> None:
        skipped = form(planner, day="2026-03-29", time="02:30")
        assert skipped.errors["time"] == ["The clocks of Berlin skip 02:30 on that day; they show 03:30 then."]
        assert skipped.when is None

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_days_out_of_reach(self, planner: User, day: str) -> None:
        asked = form(planner, day=day, time="23:59", time_zone="Asia/Tokyo" if day[0] == "0" else "America/New_York")
        assert asked.is_valid() or asked.errors["day"] == ["Choose a day in this century."]

    def test_nobody_without_an_address_is_invited(self, planner: User) -> None:
        application = ApplicationFactory(candidate=CandidateFactory(email=""))
        typed = {"minutes": "60", "day": "2026-10-26", "time": "10:00", "time_zone": "UTC", "tell_candidate": "on"}
        asked = WhenForm(typed, application=application, planner=planner)
        arrangement = asked.arrangement() if asked.is_valid() else None
        assert arrangement is not None
        assert not arrangement.tell_candidate


@pytest.mark.parametrize(("hour", "which"), [(0, "first"), (1, "second"), (5, "")])
def test_moving_begins_with_the_very_moment(planner: User, hour: int, which: str) -> None:
    start = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    interview: Interview = InterviewFactory(
        starts_at=start, ends_at=start + timedelta(minutes=45), time_zone="Europe/Berlin"
    )
    initial = moving(interview)
    assert initial["which"] == which
    again = WhenForm(initial, initial=initial, application=interview.application, planner=planner)
    assert again.is_valid()
    assert again.when is not None
    assert (again.when.starts_at, again.when.ends_at) == (interview.starts_at, interview.ends_at)
