"""Meetings through the pages: both sides, their clocks, what colleagues may not learn, and what is kept of what is refused."""

import re
from datetime import timedelta
from difflib import unified_diff
from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from candidates.models import Candidate, Meeting, ShortlistEntry
from candidates.permissions.meetings import can_view_meeting
from candidates.services.interviews import Arrangement
from candidates.services.meetings import Offer, arrange_meeting, ask_to_meet, cancel_meeting, invite_to_meeting
from candidates.services.reviews import save_review
from candidates.services.schedules import When
from rubrics.enums import NameForm
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import InterviewFactory
from tests.factories.shortlists import evaluated, presented, whole_draft

pytestmark = pytest.mark.django_db
AHEAD = (timezone.now() + timedelta(days=30)).replace(hour=10, minute=0, second=0, microsecond=0)
LENGTH = timedelta(minutes=45)
Case = tuple[ShortlistEntry, list[User], User]


@pytest.fixture
def case() -> Case:
    """Somebody in Bangkok shown by initials to two in Berlin, and the recruiter, in Lisbon, who presented them."""
    by = RecruiterFactory(time_zone="Europe/Lisbon")
    shortlist, entries, reviewers = presented(1, reviewers=2, by=by)
    shortlist.name_form = NameForm.INITIALS
    shortlist.save()
    Candidate.objects.filter(pk=entries[0].application.candidate_id).update(name="Zebulon Quokka")
    for reviewer in reviewers:
        reviewer.time_zone = "Europe/Berlin"
        reviewer.save()
    entry = ShortlistEntry.objects.select_related(
        "shortlist__role__rubric_version", "application__candidate", "application__stage"
    ).get(pk=entries[0].pk)
    return entry, reviewers, by


def at(name: str, pk: int) -> str:
    return reverse(f"candidates:{name}", args=[pk])


def read(user: User, address: str) -> str:
    return as_(user).get(address).content.decode()


def times(**more: str) -> dict[str, str]:
    typed = {
        "time_zone": "Europe/Berlin",
        "minutes": "45",
        "note": "Ask Zebulon about nights.",
        "day_1": f"{AHEAD:%Y-%m-%d}",
    }
    return typed | {"time_1": "10:00"} | more


def asked(entry: ShortlistEntry, by: User) -> Meeting:
    offer = Offer([AHEAD, AHEAD + timedelta(days=1)], 45, "Europe/Berlin", "Ask Zebulon about nights.")
    return ask_to_meet(entry=entry, offer=offer, by=by, now=timezone.now())


def arranged(meeting: Meeting, by: User, **more: Any) -> Meeting:
    arrangement = Arrangement(When(AHEAD, AHEAD + LENGTH, "UTC"), **({"place": "Zebulon's room"} | more))
    return arrange_meeting(meeting=meeting, arrangement=arrangement, by=by, now=timezone.now())


def over(meeting: Meeting) -> Meeting:
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - 2 * LENGTH, ends_at=timezone.now() - LENGTH)
    return meeting


def test_a_reviewer_offers_times_and_reads_them_on_three_clocks(case: Case) -> None:
    entry, [asker, _], by = case

    checked = read(
        asker, at("entry_meet", entry.pk) + f"?time_zone=Europe/Berlin&minutes=45&day_1={AHEAD:%Y-%m-%d}&time_1=10:00"
    )
    answer = as_(asker).post(at("entry_meet", entry.pk), times(day_2=f"{AHEAD:%Y-%m-%d}", time_2="16:30"))

    meeting = Meeting.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == at("meeting", meeting.pk)
    local = [one.astimezone(asker.zone).strftime("%H:%M") for one in meeting.offered]
    assert local == ["10:00", "16:30"]
    page = read(asker, at("meeting", meeting.pk))
    for text in (checked, page):
        clocks = [
            re.sub(r"<[^>]+>|\s+", " ", one)
            for one in re.findall(r'<ul class="list-plain clocks">.*?</ul>', text, re.DOTALL)
        ]
        assert "10:00–10:45" in clocks[0]
        assert "UTC" in clocks[0]
        assert "GMT+7" in clocks[0]
        assert "Z. Q." in clocks[0]
    assert "Bangkok" not in page
    assert "Ask Z. about nights" in page
    assert not re.search("Zebulon|Quokka", page)
    assert "asks to meet them" in read(by, "/")
    assert "2 times offered" in read(asker, "/")


@pytest.mark.parametrize(
    ("day", "time", "which", "said"),
    [
        ("2040-03-25", "02:30", "", "skip 02:30"),
        ("2040-10-28", "02:30", "", "comes twice"),
        ("2040-10-28", "02:30", "second", ""),
        ("2040-10-28", "02:30", "first", ""),
        ("2040-06-01", "10:00", "second", ""),
        ("2040-06-01", "", "", "the day and the time"),
        ("", "10:00", "", "the day and the time"),
        ("", "", "", "at least one time"),
        ("2020-06-01", "10:00", "", "over already"),
        ("tomorrow", "10:00", "", "valid date"),
    ],
)
def test_clocks_that_skip_or_repeat_and_what_is_typed_wrongly(
    day: str, time: str, which: str, said: str, case: Case
) -> None:
    entry, [asker, _], _ = case

    answer = as_(asker).post(at("entry_meet", entry.pk), times(day_1=day, time_1=time, which_1=which))

    assert answer.status_code == (422 if said else 302)
    assert said in answer.content.decode()
    if said:
        assert "Ask Zebulon about nights." in answer.content.decode(), "what was typed stays"
        assert not Meeting.objects.exists()
    elif which:
        hour = {"second": 1, "first": 0}[which] if day.startswith("2040-10") else 8
        assert Meeting.objects.get().offered[0].hour == hour


def test_a_recruiter_picks_a_time_on_offer(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)
    Delivery.objects.all().delete()

    page = read(by, at("meeting_arrange", meeting.pk))
    answer = as_(by).post(
        at("meeting_arrange", meeting.pk), {"pick": "1", "time_zone": "UTC", "place": "https://meet.example/z"}
    )

    assert "Zebulon Quokka" in page
    assert answer.status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at) == ("arranged", AHEAD + timedelta(days=1))
    assert [one.event for one in Delivery.objects.all()] == ["meeting.arranged"]
    text = read(by, at("meeting", meeting.pk))
    assert "nothing is sent by itself" in text
    assert "Hello Zebulon Quokka" in text
    assert "Send an invitation" in text


def test_a_recruiter_arranges_another_time_and_is_asked_about_clashes(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)
    InterviewFactory(application=entry.application, starts_at=AHEAD, ends_at=AHEAD + LENGTH)
    typed = {"pick": "other", "day": f"{AHEAD:%Y-%m-%d}", "time": "10:15", "minutes": "30", "time_zone": "UTC"}

    refused = as_(by).post(at("meeting_arrange", meeting.pk), typed | {"place": "Room 4"})
    text = refused.content.decode()
    accept = re.search(r'name="accept" value="(\w+)"', text)
    assert refused.status_code == 409
    assert accept
    assert "Room 4" in text
    again = as_(by).post(at("meeting_arrange", meeting.pk), typed | {"accept": accept[1], "tell_candidate": "on"})

    assert again.status_code == 302
    meeting.refresh_from_db()
    assert meeting.starts_at == AHEAD + timedelta(minutes=15)
    assert meeting.candidate_is_told
    assert as_(by).post(at("meeting_arrange", meeting.pk), {"pick": "other", "time_zone": "UTC"}).status_code == 422
    assert as_(by).post(at("meeting_arrange", meeting.pk), {"pick": "7", "time_zone": "UTC"}).status_code == 422


def test_planning_an_interview_sees_the_meeting(case: Case) -> None:
    entry, [asker, _], by = case
    arranged(asked(entry, asker), by)
    typed = f"?day={AHEAD:%Y-%m-%d}&time=10:00&minutes=60&time_zone=UTC"

    text = read(by, at("interview_new", entry.application_id) + typed)

    assert "In two places at once" in text
    assert at("meeting", Meeting.objects.get().pk) in text


def test_it_is_declined_called_off_and_held_by_those_it_concerns(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)
    assert as_(by).post(at("meeting_decline", meeting.pk), {"reason": ""}).status_code == 422
    assert as_(by).post(at("meeting_decline", meeting.pk), {"reason": "Zebulon is away."}).status_code == 302
    assert "Z. is away." in read(asker, at("meeting", meeting.pk))
    assert as_(asker).post(at("meeting_decline", meeting.pk), {"reason": "x"}).status_code == 404

    second = arranged(asked(entry, asker), by)
    assert as_(asker).post(at("meeting_hold", second.pk)).status_code == 422
    assert as_(asker).post(at("meeting_cancel", second.pk), {"reason": "Ill."}).status_code == 302
    assert Delivery.objects.filter(event="meeting.called_off", user=by).exists()

    third = over(arranged(asked(entry, asker), by))
    assert "was it held?" in read(asker, "/")
    assert as_(asker).post(at("meeting_hold", third.pk)).status_code == 302
    third.refresh_from_db()
    assert third.state == "held"


def test_the_candidate_is_sent_it_only_by_hand(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = arranged(asked(entry, asker), by)
    email = entry.application.candidate.email
    assert not Delivery.objects.filter(recipient=email).exists()

    assert as_(asker).post(at("meeting_invite", meeting.pk)).status_code == 404
    assert as_(by).post(at("meeting_invite", meeting.pk)).status_code == 302
    assert Delivery.objects.filter(recipient=email, event="candidate.meeting").count() == 1
    assert (
        as_(asker).post(at("meeting_cancel", meeting.pk), {"reason": "Ill.", "tell_candidate": "on"}).status_code == 302
    )

    assert Delivery.objects.filter(recipient=email).count() == 1, "the client sends a candidate nothing"
    assert "does not know that it is off" in read(by, "/")
    assert as_(by).post(at("meeting_invite", meeting.pk)).status_code == 302
    assert "does not know that it is off" not in read(by, "/")


def test_each_takes_their_own_calendar_file(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)
    assert as_(asker).get(at("meeting_calendar", meeting.pk)).status_code == 404
    arranged(meeting, by)

    [mine] = Calendar.from_ical(read(asker, at("meeting_calendar", meeting.pk))).walk("VEVENT")
    [theirs] = Calendar.from_ical(read(by, at("meeting_candidate_calendar", meeting.pk))).walk("VEVENT")

    assert mine["uid"] != theirs["uid"]
    assert (str(mine["location"]), str(theirs["location"])) == ("Z.'s room", "Zebulon's room")
    assert as_(asker).get(at("meeting_candidate_calendar", meeting.pk)).status_code == 404


def _everything(user: User, entry: ShortlistEntry) -> str:
    """All that a colleague can open, as it reads; without what differs from one visit to the next."""
    pages = [at("entry", entry.pk), at("shortlist", entry.shortlist_id), "/", reverse("candidates:shortlists")]
    pages += [
        at("entry_meet", entry.pk),
        reverse("shortlist-detail", args=[entry.shortlist_id]),
        reverse("clientreview-list"),
    ]
    texts = [read(user, address) for address in pages]
    typed = f"?time_zone=UTC&minutes=45&day_1={AHEAD:%Y-%m-%d}&time_1=10:00"
    texts.append(read(user, at("entry_meet", entry.pk) + typed))
    return re.sub(r"\b\w{64}\b", "", "\n".join(texts))  # tokens against forged requests


def test_a_colleague_learns_nothing_before_all_have_committed(case: Case) -> None:
    entry, [asker, colleague], by = case
    late: User = ReviewerFactory(client=entry.shortlist.role.client)
    readers = [colleague, late]
    for one in readers:
        _everything(one, entry)
    before = [_everything(one, entry) for one in readers]

    meeting = arranged(asked(entry, asker), by)
    for one, was in zip(readers, before, strict=True):
        assert list(unified_diff(was.splitlines(), _everything(one, entry).splitlines(), n=0)) == []
    for name in ("meeting", "meeting_calendar", "meeting_arrange", "meeting_candidate_calendar"):
        assert as_(colleague).get(at(name, meeting.pk)).status_code == 404
    for name in ("meeting_cancel", "meeting_hold", "meeting_invite", "meeting_decline"):
        assert as_(colleague).post(at(name, meeting.pk), {"reason": "x"}).status_code == 404

    evaluated([entry], colleague)
    assert not Meeting.objects.visible_to(colleague).exists(), "the asker has still to judge"
    evaluated([entry], asker)
    meeting.refresh_from_db()
    for one, sees in zip(readers, (True, False), strict=True):
        assert Meeting.objects.visible_to(one).exists() is sees
        assert can_view_meeting(one, meeting) is sees
    assert at("meeting", meeting.pk) in read(colleague, at("entry", entry.pk))
    assert as_(colleague).post(at("meeting_cancel", meeting.pk), {"reason": "x"}).status_code == 404, "not theirs"


def test_nobody_else_sees_or_asks(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)
    member = HiringManagerFactory()
    entry.shortlist.role.team.create(user=member)
    sealed = RecruiterFactory()
    card = InterviewFactory(application=entry.application).scorecards.create(interviewer=sealed, due_at=AHEAD)

    for outsider in (ReviewerFactory(), HiringManagerFactory(), member, sealed):
        assert as_(outsider).get(at("meeting", meeting.pk)).status_code == 404
        assert as_(outsider).get(at("entry_meet", entry.pk)).status_code == 404
        assert not can_view_meeting(outsider, meeting)
    assert card.interview.application_id == entry.application_id
    assert "asks to meet" not in read(sealed, "/")
    assert as_(by).post(at("entry_meet", entry.pk), times()).status_code == 404
    assert at("meeting", meeting.pk) not in read(member, at("shortlist", entry.shortlist_id))


def test_where_it_stands_is_shown_to_us_and_to_whoever_asked(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = arranged(asked(entry, asker), by)
    invite_to_meeting(meeting=meeting, now=timezone.now())
    where = at("meeting", meeting.pk)

    for address in (
        at("entry", entry.pk),
        at("shortlist", entry.shortlist_id),
        at("candidate", entry.application.candidate_id),
    ):
        assert where in read(by, address)
    assert where in read(asker, at("entry", entry.pk))
    assert "Ask to meet…" not in read(asker, at("entry", entry.pk))
    ours, theirs = read(by, where), read(asker, where)
    for step in ("Asked for", "Arranged"):
        assert step in ours
        assert step in theirs
    assert "Sent to the candidate" in ours
    assert "Sent to the candidate" not in theirs
    cancel_meeting(meeting=meeting, reason="Ill.", by=asker, now=timezone.now())
    assert "Ask to meet…" in read(asker, at("entry", entry.pk))


def test_the_evaluation_says_that_it_rests_on_a_meeting(case: Case) -> None:
    entry, [asker, colleague], by = case
    draft = whole_draft(entry)
    save_review(entry=entry, draft=draft, by=asker, now=timezone.now())
    posted = {f"level-{pk}": "3" for pk in draft.levels} | {
        "basis": "meeting",
        "verdict": "hold",
        "comment": "Met them.",
    }
    early = as_(asker).post(at("review_commit", entry.pk), posted)
    assert early.status_code == 422
    assert "No meeting of yours" in early.content.decode()

    over(arranged(asked(entry, asker), by))
    assert as_(asker).post(at("review_commit", entry.pk), posted).status_code == 302

    words = "a meeting with the candidate"
    assert f"Rests on: {words}" in read(by, at("entry", entry.pk))
    assert words not in read(colleague, at("entry", entry.pk)).replace("A meeting", "")
    evaluated([entry], colleague)
    assert f"Rests on: {words}" in read(colleague, at("entry", entry.pk))


def test_pages_cost_the_same_however_many_meetings_there_are(case: Case) -> None:
    entry, [asker, _], by = case
    meeting = arranged(asked(entry, asker), by)
    pages = [
        (asker, at("entry", entry.pk)), (by, at("entry", entry.pk)), (by, at("shortlist", entry.shortlist_id)),
        (by, "/"), (asker, "/"), (by, at("meeting", meeting.pk)), (asker, at("meeting", meeting.pk)),
(asker, at("entry_meet", entry.pk)),
    ]  # fmt: skip
    browsers = [(as_(user), address) for user, address in pages]
    for browser, address in browsers:
        browser.get(address)
    few = [statements(partial(browser.get, address)) for browser, address in browsers]
    for _ in range(3):
        cancel_meeting(meeting=Meeting.objects.open().get(), reason="Ill.", by=asker, now=timezone.now())
        arranged(asked(entry, asker), by)

    assert [statements(partial(browser.get, address)) for browser, address in browsers] == few
    assert max(few) <= 12, few
