"""Meetings a client asks for: what may follow what, who is told, and what calls them off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from icalendar import Calendar

from candidates.enums import Basis, MeetingState
from candidates.gates.meetings import missing_to_meet
from candidates.models import Application, Meeting, ShortlistEntry
from candidates.services.applications import enter_stage
from candidates.services.consents import withdraw_consent
from candidates.services.erasures import erase_candidate
from candidates.services.interviews import Arrangement
from candidates.services.meetings import (
    Offer,
    arrange_meeting,
    ask_to_meet,
    call_off_void,
    cancel_meeting,
    decline_meeting,
    hold_meeting,
    invite_to_meeting,
)
from candidates.services.reviews import commit_review, save_review
from candidates.services.schedules import TimeClash, When
from candidates.services.shortlists import release_reviewer, withdraw_shortlist
from candidates.tasks.reminders import remind
from rubrics.enums import NameForm, StageKind
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.candidates import NOW, InterviewFactory
from tests.factories.meetings import FIRST, LENGTH, SECOND, arranged, asked
from tests.factories.shortlists import presented, whole_draft

pytestmark = pytest.mark.django_db
AFTER = FIRST + timedelta(hours=2)


@pytest.fixture
def case() -> tuple[ShortlistEntry, list[User], User]:
    """Somebody shown by initials to two reviewers, and the recruiter who presented them."""
    by = RecruiterFactory()
    shortlist, entries, reviewers = presented(1, reviewers=2, by=by)
    shortlist.name_form = NameForm.INITIALS
    shortlist.save()
    person = entries[0].application.candidate
    person.name = "Zebulon Quokka"
    person.save()
    Delivery.objects.all().delete()
    entry = ShortlistEntry.objects.select_related(
        "shortlist__role__rubric_version", "application__candidate", "application__stage"
    ).get(pk=entries[0].pk)
    return entry, reviewers, by


def told() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("event", "recipient"))


def sent(event: str) -> tuple[Delivery, Any]:
    delivery = Delivery.objects.filter(event=event).latest("pk")
    [entry] = Calendar.from_ical(delivery.calendar).walk("VEVENT")
    return delivery, entry


def test_it_is_asked_arranged_and_held_and_the_candidate_hears_nothing(
    case: tuple[ShortlistEntry, list[User], User],
) -> None:
    entry, [asker, _], by = case

    meeting = asked(entry, asker)
    assert (meeting.state, meeting.offered) == (MeetingState.ASKED, [FIRST, SECOND])
    meeting = arranged(meeting)
    meeting = hold_meeting(meeting=meeting, by=asker, now=AFTER)

    assert (meeting.state, meeting.starts_at, meeting.place) == ("held", FIRST, "https://meet.example/room")
    assert told() == [("meeting.asked", by.email), ("meeting.arranged", asker.email)]
    said = " ".join(one.subject + one.text + one.html + one.calendar for one in Delivery.objects.all())
    assert not any(word in said for word in ("Zebulon", "Quokka", "night shift"))
    steps = list(Meeting.objects.get().events.order_by("pgh_id").values_list("state", "changed_by"))  # type: ignore[attr-defined]
    assert [state for state, _ in steps] == ["asked", "arranged", "held"]
    assert (steps[0][1], steps[2][1]) == (asker.pk, asker.pk)


def test_calendars_follow_a_move_and_a_cancellation(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    meeting = arranged(asked(entry, asker))
    _, first = sent("meeting.arranged")

    meeting = arranged(meeting, at=SECOND)
    _, second = sent("meeting.arranged")
    meeting = arranged(meeting, at=SECOND)
    assert Delivery.objects.filter(event="meeting.arranged").count() == 2, "nothing changed"
    cancel_meeting(meeting=meeting, reason="They are unwell.", by=by, now=NOW)
    letter, off = sent("meeting.cancelled")

    assert {str(one["uid"]) for one in (first, second, off)} == {str(meeting.calendar_uid)}
    assert [int(one["sequence"]) for one in (first, second, off)] == [0, 1, 2]
    assert (second.decoded("dtstart"), str(off["status"]), str(first["class"])) == (SECOND, "CANCELLED", "PRIVATE")
    assert "METHOD:CANCEL" in letter.calendar
    assert "unwell" not in letter.text


def test_a_name_in_the_place_does_not_reach_the_client(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], _ = case

    arranged(asked(entry, asker), place="Zebulon's own room")

    letter, event = sent("meeting.arranged")
    assert "Z.'s own room" in letter.text
    assert str(event["location"]) == "Z.'s own room"


def test_the_candidate_is_sent_it_by_hand_and_told_when_it_is_off(
    case: tuple[ShortlistEntry, list[User], User],
) -> None:
    entry, [asker, _], by = case
    email = entry.application.candidate.email
    meeting = arranged(asked(entry, asker))
    assert not meeting.was_told_candidate
    meeting = invite_to_meeting(meeting=meeting, now=NOW)
    letter, event = sent("candidate.meeting")

    assert meeting.candidate_is_told
    assert (letter.recipient, str(event["location"])) == (email, "https://meet.example/room")
    assert asker.name in str(event["description"])
    assert "night shift" not in letter.text + letter.calendar
    meeting = arranged(meeting, at=SECOND)
    assert not meeting.candidate_is_told, "moving it tells them nothing by itself"
    cancel_meeting(meeting=meeting, reason="Ill.", by=by, now=NOW, tell_candidate_too=True)
    letter, event = sent("candidate.meeting")
    assert (str(event["status"]), letter.subject.startswith("Cancelled")) == ("CANCELLED", True)


def test_who_was_never_told_has_nothing_taken_back(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    meeting = cancel_meeting(meeting=arranged(asked(entry, asker)), reason="Ill.", by=by, now=NOW)

    with pytest.raises(Refused, match="never sent"):
        invite_to_meeting(meeting=meeting, now=NOW)


def test_a_meeting_is_declined_with_a_reason(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)

    with pytest.raises(Refused, match="why"):
        decline_meeting(meeting=meeting, reason=" ", by=by, now=NOW)
    meeting = decline_meeting(meeting=meeting, reason="Zebulon is away until May.", by=by, now=NOW)

    assert (meeting.state, told()[-1]) == ("declined", ("meeting.declined", asker.email))
    assert asked(entry, asker).state == "asked", "they may offer other times"


ACTS: dict[str, Callable[[Meeting, User], object]] = {
    "arrange": lambda meeting, _by: arranged(meeting, at=SECOND),
    "decline": lambda meeting, by: decline_meeting(meeting=meeting, reason="No.", by=by, now=NOW),
    "cancel": lambda meeting, by: cancel_meeting(meeting=meeting, reason="No.", by=by, now=NOW),
    "hold": lambda meeting, by: hold_meeting(meeting=meeting, by=by, now=AFTER),
}
ALLOWED = {
    "asked": {"arrange", "decline", "cancel"},
    "arranged": {"arrange", "cancel", "hold"},
    "held": set[str](),
    "declined": set[str](),
    "cancelled": set[str](),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ALLOWED)
def test_what_may_follow_what(state: str, act: str, case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)
    if state in {"arranged", "held"}:
        meeting = arranged(meeting)
    if state == "held":
        hold_meeting(meeting=meeting, by=by, now=AFTER)
    if state in {"declined", "cancelled"}:
        ACTS[state.removesuffix("d").replace("cancelle", "cancel")](meeting, by)

    if act in ALLOWED[state]:
        ACTS[act](meeting, by)
    else:
        with pytest.raises(Refused):
            ACTS[act](meeting, by)
        assert Meeting.objects.get().state == state


def test_only_somebody_before_the_client_can_be_asked_for(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, (asker, _), by = case
    withdraw_shortlist(shortlist=entry.shortlist, by=by, reason="The role is on hold.", now=NOW)
    entry.shortlist.refresh_from_db()
    with pytest.raises(GateRefused, match="not with the client"):
        asked(entry, asker)


def test_nothing_is_held_before_it_begins(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    meeting = arranged(asked(entry, asker))

    with pytest.raises(Refused, match="still ahead"):
        hold_meeting(meeting=meeting, by=by, now=FIRST - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("times", "minutes", "why"),
    [
        ([], 45, "one to 5"),
        ([FIRST + timedelta(hours=n) for n in range(6)], 45, "one to 5"),
        ([NOW - timedelta(minutes=1), FIRST], 45, "over already"),
        ([FIRST], 4, "5 minutes"),
    ],
)
def test_what_is_offered_makes_sense(
    times: list[datetime], minutes: int, why: str, case: tuple[ShortlistEntry, list[User], User]
) -> None:
    entry, [asker, _], _ = case

    with pytest.raises(Refused, match=why):
        ask_to_meet(entry=entry, offer=Offer(times, minutes, "UTC"), by=asker, now=NOW)


def test_one_asks_once_at_a_time_and_others_for_themselves(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, colleague], _ = case
    asked(entry, asker)

    with pytest.raises(GateRefused, match="already"):
        asked(entry, asker)
    asked(entry, colleague)

    assert Meeting.objects.count() == 2


def test_nobody_is_put_in_two_places_without_being_asked(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, colleague], by = case
    InterviewFactory(application=entry.application, starts_at=FIRST, ends_at=FIRST + LENGTH)
    meeting = asked(entry, asker)
    other = arranged(asked(entry, colleague), at=SECOND)

    with pytest.raises(TimeClash) as clash:
        arranged(meeting)
    with pytest.raises(TimeClash):
        arranged(meeting, at=other.starts_at)
    meeting = arranged(meeting, accepted=clash.value.accept)

    assert meeting.starts_at == FIRST
    assert arranged(meeting, at=FIRST, accepted=clash.value.accept, place="Room 4").place == "Room 4"
    with pytest.raises(Refused, match="over already"):
        arrange_meeting(meeting=meeting, arrangement=Arrangement(When(FIRST, FIRST + LENGTH, "UTC")), by=by, now=AFTER)


def _rejected(entry: ShortlistEntry, _asker: User, by: User) -> None:
    application = Application.objects.get(pk=entry.application_id)
    enter_stage(application=application, kind=StageKind.REJECTED, by=by, now=NOW, reason="no")


def _gone(entry: ShortlistEntry, asker: User, by: User) -> None:
    """Deactivated where nobody here is asked: the beat finds it."""
    asker.is_active = False
    asker.save()
    call_off_void(meetings=Meeting.objects.all(), now=NOW)


def _erased(entry: ShortlistEntry, _asker: User, _by: User) -> None:
    """By the clock of the database, for which the meeting has to be ahead too."""
    later = datetime(2090, 1, 1, tzinfo=UTC)
    Meeting.objects.exclude(starts_at=None).update(starts_at=later, ends_at=later + LENGTH)
    erase_candidate(candidate=entry.application.candidate, reason="asked", by=AdministratorFactory())


ENDS: dict[str, Callable[[ShortlistEntry, User, User], object]] = {
    "shortlist withdrawn": lambda entry, _asker, by: withdraw_shortlist(
        shortlist=entry.shortlist, reason="The budget.", by=by, now=NOW
    ),
    "rejected": _rejected,
    "consent": lambda entry, _asker, _by: withdraw_consent(candidate=entry.application.candidate, now=NOW),
    "erased": _erased,
    "released": lambda entry, asker, by: release_reviewer(
        reviewer=entry.shortlist.reviewers.get(user=asker), reason="away", by=by, now=NOW
    ),
    "reviewer gone": _gone,
}


@pytest.mark.parametrize("why", ENDS)
@pytest.mark.parametrize("state", ["asked", "arranged"])
def test_what_can_no_longer_take_place_is_called_off(
    why: str, state: str, case: tuple[ShortlistEntry, list[User], User]
) -> None:
    entry, [asker, _], by = case
    meeting = asked(entry, asker)
    if state == "arranged":
        meeting = invite_to_meeting(meeting=arranged(meeting), now=NOW)
    Delivery.objects.all().delete()

    ENDS[why](entry, asker, by)

    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.changed_by, bool(meeting.reason)) == ("cancelled", None, True)
    assert ("meeting.cancelled", asker.email) in told()
    assert "candidate.meeting" not in [event for event, _ in told()], "nothing tells a candidate by itself"
    if state == "arranged":
        assert str(sent("meeting.cancelled")[1]["status"]) == "CANCELLED"
        assert not meeting.candidate_is_told
    entry = ShortlistEntry.objects.select_related("shortlist", "application__stage").get(pk=entry.pk)
    if why not in {"reviewer gone", "erased"}:
        assert missing_to_meet(entry, by=asker, now=NOW), "nor can it be asked for again"


def test_the_beat_calls_off_what_is_void_and_leaves_the_rest(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, colleague], _ = case
    asked(entry, asker)
    asked(entry, colleague)
    User.objects.filter(pk=asker.pk).update(is_active=False)

    remind()
    remind()

    assert Meeting.objects.get(asked_by=asker).state == "cancelled"
    assert Meeting.objects.get(asked_by=colleague).state == "asked"
    assert Delivery.objects.filter(event="meeting.cancelled").count() == 1


def test_what_is_over_stays_as_it_was(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    arranged(asked(entry, asker))
    withdrawn = ENDS["shortlist withdrawn"]
    Meeting.objects.update(starts_at=NOW - 2 * LENGTH, ends_at=NOW - LENGTH)

    withdrawn(entry, asker, by)

    assert Meeting.objects.get().state == "arranged", "it may well have taken place"


@pytest.mark.parametrize(
    ("state", "now", "counts"),
    [
        ("asked", AFTER, False),
        ("arranged", NOW, False),
        ("arranged", AFTER, True),
        ("held", AFTER, True),
        ("cancelled", AFTER, False),
    ],
)
def test_an_evaluation_rests_on_a_meeting_that_took_place(
    state: str, now: datetime, counts: bool, case: tuple[ShortlistEntry, list[User], User]
) -> None:
    entry, [asker, colleague], by = case
    meeting = asked(entry, asker)
    if state != "asked":
        meeting = arranged(meeting)
    if state == "held":
        hold_meeting(meeting=meeting, by=by, now=AFTER)
    if state == "cancelled":
        cancel_meeting(meeting=meeting, reason="Ill.", by=by, now=NOW)
    draft = replace(whole_draft(entry), basis=Basis.MEETING)
    save_review(entry=entry, draft=draft, by=asker, now=NOW)

    with pytest.raises(GateRefused, match="No meeting of yours"):
        commit_review(entry=entry, by=colleague, now=now, draft=draft)
    if not counts:
        with pytest.raises(GateRefused, match="No meeting of yours"):
            commit_review(entry=entry, by=asker, now=now, draft=draft)
        return
    assert commit_review(entry=entry, by=asker, now=now, draft=draft).basis == Basis.MEETING
    with pytest.raises(Refused):
        cancel_meeting(meeting=Meeting.objects.get(), reason="It was not.", by=by, now=now)


def test_what_was_asked_stays_as_it_was_asked(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], _ = case
    asked(entry, asker)

    for change in ("note = 'other'", "offered = '{}'", "minutes = 5", "asked_at = now()"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE candidates_meeting SET {change}")  # of our own


def test_an_erased_person_leaves_no_words_behind(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], _ = case
    arranged(asked(entry, asker, note="Zebulon himself"), place="At Zebulon's")

    ENDS["erased"](entry, asker, asker)

    meeting = Meeting.objects.get()
    rows = [*meeting.events.values_list("note", "place", "reason"), (meeting.note, meeting.place, meeting.reason)]  # type: ignore[attr-defined]
    assert not any("Zebulon" in word for row in rows for word in row)
    assert meeting.note == "erased"
