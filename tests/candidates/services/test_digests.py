"""One mail a morning: when, for whom, of what, and of what never."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candidates.services.digests import digest_day, send_digests
from candidates.tasks.digests import send_digests as task
from rubrics.enums import StageKind
from rubrics.models import RoleMember
from screening.accounts.enums import Notice
from screening.accounts.models import DigestDay, User
from screening.accounts.services.users import choose_notices
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from tests.factories.accounts import (
    AdministratorFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.candidates import (
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistReviewerFactory,
)
from tests.factories.rubrics import RoleFactory

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@settings(max_examples=50, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 1)),  # noqa: DTZ001  # given a zone below
)
def test_each_local_day_has_its_morning_once(zone: str, start: datetime) -> None:
    """From tick to tick over three days, daylight saving included: eight o'clock begins it, and no day is left out."""
    clock, now = ZoneInfo(zone), start.replace(tzinfo=UTC)
    due = [
        (moment.astimezone(clock), day)
        for tick in range(3 * 24 * 12)
        if (day := digest_day(moment := now + tick * timedelta(minutes=5), clock))
    ]
    assert all(local.date() == day and 8 <= local.hour < 18 for local, day in due)
    firsts = {day: local for local, day in reversed(due)}
    whole = sorted(firsts)[1:]
    assert len(whole) >= 1
    assert all((firsts[day].hour, firsts[day].minute < 5) == (8, True) for day in whole)
    assert all(later - earlier <= timedelta(days=2) for earlier, later in pairwise(whole))


@pytest.mark.parametrize(
    ("zone", "before", "at"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 6, 59, tzinfo=UTC), datetime(2026, 3, 28, 7, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 5, 59, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 3, 29, 2, 14, tzinfo=UTC), datetime(2026, 3, 29, 2, 15, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 3, 28, 17, 59, tzinfo=UTC), datetime(2026, 3, 28, 18, 0, tzinfo=UTC)),
    ],
)
def test_eight_o_clock_is_on_the_reader_s_clock(zone: str, before: datetime, at: datetime) -> None:
    assert digest_day(before, ZoneInfo(zone)) is None
    assert digest_day(at, ZoneInfo(zone)) == at.astimezone(ZoneInfo(zone)).date()


def mails() -> list[Any]:
    return list(Delivery.objects.filter(event=Notice.DIGEST).order_by("pk"))


def waiting_for(*users: User, since: datetime = MORNING - timedelta(days=40)) -> Any:
    return [ApplicationFactory(owner=user, stage_since=since, candidate__name="Zebedee Quokka") for user in users]


@pytest.mark.django_db
def test_at_most_once_a_day_however_often_and_however_late() -> None:
    user = RecruiterFactory(time_zone="Asia/Bangkok")
    waiting_for(user)
    morning = datetime(2026, 11, 23, 8, 0, tzinfo=user.zone)

    assert send_digests(now=morning - timedelta(minutes=1)) == 0
    assert [send_digests(now=morning + timedelta(minutes=5 * tick)) for tick in range(4)] == [1, 0, 0, 0]
    assert send_digests(now=morning + timedelta(hours=9)) == 0
    assert send_digests(now=morning + timedelta(days=1, hours=4)) == 1, "late, for instance after an outage"
    assert send_digests(now=morning + timedelta(days=2, hours=10)) == 0, "not in the evening"
    assert [mail.key.rpartition(":")[2] for mail in mails()] == ["20261123", "20261124"]
    DigestDay.objects.all().delete()
    send_digests(now=morning)
    assert len(mails()) == 2, "the key of the mail remembers too"


@pytest.mark.django_db
def test_a_new_time_zone_brings_no_second_mail_of_the_same_day() -> None:
    user = RecruiterFactory(time_zone="Asia/Tokyo")
    waiting_for(user)
    send_digests(now=MORNING)
    User.objects.update(time_zone="Europe/London")
    assert send_digests(now=MORNING + timedelta(hours=1)) == 0
    assert len(mails()) == 1


@pytest.mark.django_db
def test_none_where_nothing_waits_and_that_is_settled_for_the_day() -> None:
    user = RecruiterFactory()
    assert send_digests(now=MORNING) == 0
    assert DigestDay.objects.get(user=user).day == date(2026, 11, 23)
    waiting_for(user)
    assert send_digests(now=MORNING + timedelta(hours=1)) == 0, "what comes up by day waits for tomorrow"
    assert send_digests(now=MORNING + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_none_for_those_who_do_without_or_have_left() -> None:
    without, gone, wanting = RecruiterFactory(), RecruiterFactory(is_active=False), RecruiterFactory()
    choose_notices(user=without, wanted=set(Notice) - {Notice.DIGEST})
    waiting_for(without, gone, wanting)
    send_digests(now=MORNING)
    assert [mail.user for mail in mails()] == [wanting]


@pytest.mark.django_db
def test_it_says_what_by_how_much_and_where_and_never_who() -> None:
    user = RecruiterFactory(name="Ann Reader", time_zone="Europe/Berlin")
    role = RoleFactory(title="Claims & Engineer", stage_days=10, panel_days=0)
    for _ in range(7):
        ApplicationFactory(
            role=role, owner=user, candidate__name="Zebedee Quokka", stage_since=MORNING - timedelta(days=13)
        )
    send_digests(now=MORNING)
    [mail] = mails()

    assert (mail.subject, mail.state, mail.recipient) == ("7 things need your attention", DeliveryState.DUE, user.email)
    assert "Too long in a stage (7)" in mail.text
    assert mail.text.count("- Claims & Engineer · Interviewing, overdue") == 5
    assert "/attention/?rule=stages" in mail.text
    assert "Claims &amp; Engineer" in mail.html
    assert "/account/#mail" in mail.html
    for told in (mail.subject, mail.text, mail.html):
        assert "Zebedee" not in told
        assert "Quokka" not in told


@pytest.mark.django_db
def test_each_part_reads_of_its_own_day() -> None:
    role = RoleFactory(title="Claims Engineer")
    manager, client, boss = HiringManagerFactory(), ReviewerFactory(client=role.client), AdministratorFactory()
    RoleMember.objects.create(role=role, user=manager)
    ScorecardFactory(
        interview=InterviewFactory(application__role=role), interviewer=manager, due_at=MORNING + timedelta(hours=3)
    )
    shortlist = PresentedShortlistFactory(role=role)
    ShortlistEntryFactory(shortlist=shortlist)
    ShortlistReviewerFactory(shortlist=shortlist, user=client)
    CandidateFactory(name="Zebedee Quokka", erasure_requested_at=MORNING)
    send_digests(now=MORNING)

    told = {mail.user: mail.text for mail in mails()}
    assert "Whole interview · Claims Engineer, due " in told[manager]
    assert f"{shortlist}, Claims Engineer: 0 of 1 evaluated" in told[client]
    assert "asks to have their data erased" in told[boss]
    assert not [text for text in told.values() if "Quokka" in text]


@pytest.mark.django_db
def test_nothing_sealed_from_its_reader_is_in_it() -> None:
    """Whoever owes a scorecard on somebody reads nothing of how they stand, nor that anything about them is late."""
    role = RoleFactory(title="Sealed Role", panel_size=9)
    application = ApplicationFactory(
        role=role,
        kind=StageKind.SCORED,
        stage_since=MORNING - timedelta(days=60),
        candidate=CandidateFactory(name="Zebedee Quokka", consented=False),
    )
    interview = InterviewFactory(application=application)
    owing = (RecruiterFactory(), AdministratorFactory(), HiringManagerFactory())
    for user in owing:
        ScorecardFactory(interview=interview, interviewer=user, due_at=MORNING - timedelta(days=2))
    late = ScorecardFactory(interview=interview, interviewer__name="Colleague Canary", due_at=MORNING)
    open_to = RecruiterFactory()
    send_digests(now=MORNING + timedelta(hours=1))

    told = {mail.user: mail.text for mail in mails()}
    for user in owing:
        assert told[user].count("Sealed Role") == 1, "their own scorecard, and nothing else"
        assert "Your scorecards (1)" in told[user]
        assert late.interviewer.name not in told[user]
        assert "Scored" not in told[user]
    assert "Colleague Canary" in told[open_to]
    assert "Sealed Role · Scored" in told[open_to]


@pytest.mark.django_db
def test_the_beat_asks_the_service() -> None:
    task()
    assert mails() == []
