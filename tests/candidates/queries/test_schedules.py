from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Interview
from candidates.queries.schedules import Clash, busy, clashes, clock, clocks, fingerprint
from screening.accounts.models import User
from screening.accounts.time_zones import time_zone_choices
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, InterviewFactory, ScorecardFactory

ZONES = st.sampled_from([name for name, _ in time_zone_choices()])
HOUR = timedelta(hours=1)


@given(there=ZONES, here=ZONES, minutes=st.integers(0, 6 * 365 * 24 * 60))
def test_every_clock_shows_the_same_moment(there: str, here: str, minutes: int) -> None:
    starts = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    shown = clock("Ann", there, starts, starts + HOUR, given_in=here, takes_part=True)
    own = clock("Ann", here, starts, starts + HOUR, given_in=here, takes_part=True)
    assert shown.starts_at == starts
    assert own.days == 0
    assert not own.day_words
    assert shown.starts_at.date() - own.starts_at.date() == timedelta(days=shown.days)
    assert bool(shown.day_words) == (shown.days != 0), "every difference has its words"


@pytest.mark.parametrize(
    ("hour", "unsociable"), [(6, True), (7, False), (13, False), (20, False), (21, True), (23, True)]
)
def test_hours_at_which_nobody_should_have_to_talk(hour: int, unsociable: bool) -> None:
    starts = datetime(2026, 11, 2, hour, tzinfo=UTC)
    assert clock("Ann", "UTC", starts, starts + HOUR, given_in="UTC", takes_part=True).is_unsociable is unsociable
    assert not clock("Ann", "UTC", starts, starts + HOUR, given_in="UTC", takes_part=False).is_unsociable


@pytest.mark.django_db
def test_everybody_concerned_and_utc() -> None:
    recruiter = RecruiterFactory(time_zone="Europe/Berlin")
    mara = HiringManagerFactory(name="Mara", time_zone="America/Los_Angeles")
    candidate = CandidateFactory(name="Nok", time_zone="Asia/Bangkok")
    at = {"starts_at": datetime(2026, 11, 2, 2, tzinfo=UTC), "ends_at": datetime(2026, 11, 2, 3, tzinfo=UTC)}
    found = clocks(**at, given_in="Asia/Bangkok", reader=recruiter, panel=[mara], candidate=candidate)
    assert [(one.who, f"{one.starts_at:%H:%M}", one.zone_words, one.day_words) for one in found] == [
        ("Nok", "09:00", "GMT+7", ""),
        ("Mara", "18:00", "GMT−8", "the day before"),
        ("You", "03:00", "GMT+1", ""),
        ("UTC", "02:00", "UTC", ""),
    ]
    candidate.time_zone = ""
    found = clocks(**at, given_in="UTC", reader=recruiter, panel=[recruiter], candidate=candidate)
    assert [one.who for one in found] == ["You", "UTC"]


@pytest.mark.django_db
class TestClashes:
    @pytest.fixture
    def mara(self) -> User:
        return HiringManagerFactory(name="Mara")

    @pytest.fixture
    def taken(self, mara: User) -> Interview:
        interview: Interview = InterviewFactory(state=InterviewState.SCHEDULED)
        ScorecardFactory(interview=interview, interviewer=mara)
        return interview

    def found(self, taken: Interview, panel: list[User], **changes: object) -> list[Clash]:
        at = {"starts_at": NOW, "ends_at": NOW + HOUR, "candidate": None, **changes}
        return clashes(panel=panel, **at)  # type: ignore[arg-type]  # as a test likes them

    @pytest.mark.parametrize(
        ("begins", "lasts", "clash"),
        [(-60, 60, False), (-60, 61, True), (59, 60, True), (60, 60, False), (10, 20, True), (-30, 120, True)],
    )
    def test_what_overlaps_and_what_only_touches(
        self, taken: Interview, mara: User, begins: int, lasts: int, clash: bool
    ) -> None:
        starts = NOW + timedelta(minutes=begins)
        found = self.found(taken, [mara], starts_at=starts, ends_at=starts + timedelta(minutes=lasts))
        assert [one.who for one in found] == (["Mara"] if clash else [])

    def test_of_the_candidate_too_even_with_an_empty_panel(self, taken: Interview) -> None:
        candidate = taken.application.candidate
        assert [one.person for one in self.found(taken, [], candidate=candidate)] == [None]
        merged = CandidateFactory()
        candidate.merged_into = merged
        candidate.save()
        assert [one.who for one in self.found(taken, [], candidate=merged)] == [merged.name]

    def test_not_with_itself_nor_with_what_does_not_take_place(self, taken: Interview, mara: User) -> None:
        assert self.found(taken, [mara], but=taken) == []
        card = taken.scorecards.get()
        card.state, card.excused_by, card.excused_reason = ScorecardState.EXCUSED, mara, "ill"
        card.save()
        assert self.found(taken, [mara]) == []
        taken.state = InterviewState.CANCELLED
        taken.save()
        assert self.found(taken, [], candidate=taken.application.candidate) == []

    def test_who_may_not_see_an_interview_reads_busy(self, taken: Interview, mara: User) -> None:
        found = self.found(taken, [mara])
        [told] = busy(found, RecruiterFactory())
        assert (told.url, told.what) == (
            reverse("candidates:interview", args=[taken.pk]),
            f"{taken.application.candidate.name}, {taken.application.role.title}",
        )
        [hidden] = busy(found, HiringManagerFactory())
        assert (hidden.who, hidden.url, hidden.what) == ("Mara", "", "")

    def test_a_yes_is_to_these_clashes_only(self, taken: Interview, mara: User) -> None:
        first = fingerprint(self.found(taken, [mara]))
        assert first == fingerprint(self.found(taken, [mara]))
        other = InterviewFactory(application=ApplicationFactory(), state=InterviewState.SCHEDULED)
        ScorecardFactory(interview=other, interviewer=mara)
        assert fingerprint(self.found(taken, [mara])) != first
        assert fingerprint([]) == ""
