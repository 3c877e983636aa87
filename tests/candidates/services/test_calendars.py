"""What leaves for calendars, read back as calendars read it."""

from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from candidates.models import Application, Interview
from candidates.queries.calendars import Entry, Guest, calendar_text
from candidates.services.erasures import erase_candidate
from candidates.services.interviews import (
    Arrangement,
    cancel_interview,
    invite_candidate,
    move_interview,
    schedule_interview,
)
from candidates.services.panels import add_to_panel, excuse_scorecard, hand_over
from candidates.services.schedules import TimeClash, When
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import deliver
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory
from tests.factories.rubrics import RoleFactory

HOUR = timedelta(hours=1)
AHEAD = NOW + timedelta(days=2)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@pytest.fixture
def team(db: None) -> list[User]:
    return [HiringManagerFactory(name="Mara Schulze"), HiringManagerFactory(name="Teo Ökonom; Dr., „T“")]


@pytest.fixture
def application(team: list[User]) -> Application:
    candidate = CandidateFactory(name="Nok Ariyawat", email="nok@example.org")
    return ApplicationFactory(candidate=candidate, role=RoleFactory(title="Senior AI Engineer", team_of=team))


def planned(application: Application, panel: list[User], **more: Any) -> Interview:
    version = application.role.rubric_version
    assert version is not None
    return schedule_interview(
        application=application,
        kit=version.kits.get(key="whole"),
        arrangement=Arrangement(When(AHEAD, AHEAD + HOUR, "Asia/Bangkok"), place="Room 4, 2nd floor", **more),
        panel=panel,
        by=RecruiterFactory(),
        now=NOW,
    )


def moved(interview: Interview, hours: int = 2, **more: Any) -> Interview:
    starts = interview.starts_at + hours * HOUR
    when = When(starts, starts + HOUR, interview.time_zone)
    arrangement = Arrangement(when, **{"place": interview.place, **more})
    return move_interview(interview=interview, arrangement=arrangement, now=NOW + HOUR)


def read(delivery: Delivery) -> tuple[str, Any]:
    """The method and the one event of a mail's calendar."""
    calendar = Calendar.from_ical(delivery.calendar)
    [event] = calendar.walk("VEVENT")
    return str(calendar["method"]), event


def mails(to: User | str, event: str = "") -> list[Delivery]:
    address = to if isinstance(to, str) else to.email
    return list(Delivery.objects.filter(recipient=address, event__contains=event).order_by("pk"))


class TestPanel:
    def test_an_invitation_names_when_where_and_who(self, application: Application, team: list[User]) -> None:
        interview = planned(application, team)
        [delivery] = mails(team[0])
        method, event = read(delivery)
        assert method == "REQUEST"
        assert (event.decoded("dtstart"), event.decoded("dtend")) == (AHEAD, AHEAD + HOUR)
        assert (event["location"], event["status"], event["sequence"]) == ("Room 4, 2nd floor", "CONFIRMED", 0)
        assert event["uid"] == str(interview.calendar_uid)
        assert event["summary"].endswith("Senior AI Engineer")
        assert {str(one) for one in event["attendee"]} == {f"mailto:{person.email}" for person in team}
        assert {one.params["cn"] for one in event["attendee"]} == {person.name for person in team}
        assert f"/interviews/{interview.pk}/" in event["url"]
        for hidden in ("Nok", "nok@example.org", "Tell me about"):
            assert hidden not in delivery.calendar + delivery.text + delivery.html + delivery.subject

    def test_a_mail_program_gets_it_as_a_form_of_the_mail_and_as_a_file(
        self, application: Application, team: list[User]
    ) -> None:
        planned(application, team[1:])
        [delivery] = mails(team[1])
        deliver(delivery_id=delivery.pk, now=delivery.due_at)
        parts: list[Message] = list(message_from_bytes(mail.outbox[0].message().as_bytes()).walk())
        kinds = {part.get_content_type(): part for part in parts}
        assert set(kinds) >= {"text/plain", "text/html", "text/calendar", "application/ics"}
        assert kinds["text/calendar"].get_param("method") == "REQUEST"
        assert kinds["application/ics"].get_filename() == "invitation.ics"
        for kind in ("text/calendar", "application/ics"):
            content = kinds[kind].get_payload(decode=True)
            assert isinstance(content, bytes)
            [event] = Calendar.from_ical(content.decode()).walk("VEVENT")
            assert event["attendee"].params["cn"] == team[1].name

    def test_moving_keeps_its_identity_and_raises_the_sequence(
        self, application: Application, team: list[User]
    ) -> None:
        interview = planned(application, team)
        for number in (1, 2):
            interview = moved(interview)
            method, event = read(mails(team[0], "changed")[-1])
            assert (method, event["sequence"], event["uid"]) == ("REQUEST", number, str(interview.calendar_uid))
            assert event.decoded("dtstart") == AHEAD + 2 * number * HOUR
        assert interview.scorecards.first().due_at == interview.ends_at + timedelta(days=1)  # type: ignore[union-attr]

    def test_another_place_is_told_another_brief_is_not(self, application: Application, team: list[User]) -> None:
        interview = moved(planned(application, team), hours=0, brief="Ask about claims.")
        assert (interview.sequence, interview.brief) == (0, "Ask about claims.")
        assert mails(team[0], "changed") == []
        interview = moved(interview, hours=0, place="Room 5")
        [delivery] = mails(team[0], "changed")
        assert read(delivery)[1]["location"] == "Room 5"
        assert "takes place elsewhere" in delivery.text

    def test_cancelled_takes_it_out_of_every_calendar(self, application: Application, team: list[User]) -> None:
        interview = planned(application, team)
        cancel_interview(interview=interview, reason="The role changed", now=NOW)
        for person in team:
            method, event = read(mails(person)[-1])
            assert (method, event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 1)
        assert not mails("nok@example.org")
        with pytest.raises(Refused, match="still ahead"):
            moved(interview)

    def test_who_joins_is_invited_and_the_others_see_them(self, application: Application, team: list[User]) -> None:
        interview = planned(application, team[:1])
        add_to_panel(interview=interview, person=team[1], now=NOW)
        assert [read(one)[0] for one in mails(team[1])] == ["REQUEST"]
        method, event = read(mails(team[0], "changed")[-1])
        assert (method, event["sequence"], len(event["attendee"])) == ("REQUEST", 1, 2)

    @pytest.mark.parametrize("how", ["excused", "handed over"])
    def test_who_leaves_loses_the_entry_the_others_keep_theirs(
        self, application: Application, team: list[User], how: str
    ) -> None:
        interview = planned(application, team)
        third = RecruiterFactory()
        card = interview.scorecards.get(interviewer=team[0])
        if how == "excused":
            excuse_scorecard(scorecard=card, reason="ill", by=third, now=NOW)
        else:
            hand_over(scorecard=card, to=third, reason="ill", by=team[0], now=NOW)
        method, event = read(mails(team[0], "left")[-1])
        assert (method, event["status"], str(event["attendee"])) == ("CANCEL", "CANCELLED", f"mailto:{team[0].email}")
        method, event = read(mails(team[1], "changed")[-1])
        assert (method, event["status"]) == ("REQUEST", "CONFIRMED")
        assert f"mailto:{team[0].email}" not in str(event["attendee"])

    def test_the_same_change_is_told_once(self, application: Application, team: list[User]) -> None:
        interview = planned(application, team)
        before = Delivery.objects.count()
        with pytest.raises(TimeClash):
            planned(application, team)
        assert Delivery.objects.count() == before
        assert Interview.objects.get() == interview


class TestCandidate:
    def test_nothing_is_sent_by_itself(self, application: Application, team: list[User]) -> None:
        interview = moved(planned(application, team))
        excuse_scorecard(scorecard=interview.scorecards.all()[0], reason="ill", by=RecruiterFactory(), now=NOW)
        cancel_interview(interview=interview, reason="The role changed", now=NOW)
        assert not mails("nok@example.org")
        with pytest.raises(Refused, match="nothing to take back"):
            invite_candidate(interview=interview, now=NOW)

    def test_when_where_with_whom_and_nothing_more(self, application: Application, team: list[User]) -> None:
        interview = planned(application, team, tell_candidate=True, brief="Weak on monitoring, press there.")
        [delivery] = mails("nok@example.org")
        method, event = read(delivery)
        assert (method, event["summary"]) == ("REQUEST", "Interview: Senior AI Engineer")
        assert str(event["attendee"]) == "mailto:nok@example.org"
        assert "You will talk to Mara Schulze" in event["description"]
        assert "4 November 2026, 16:00" in delivery.text, "in the candidate's own zone"
        told = delivery.calendar + delivery.text + delivery.html + delivery.subject
        assert interview.created_by is not None
        hidden = (
            team[0].email,
            interview.kit.name,
            "monitoring",
            "scorecard",
            interview.created_by.name,
            "/interviews/",
        )
        assert [words for words in hidden if words in told] == []
        assert event["uid"] != str(interview.calendar_uid)

    def test_change_and_cancellation_when_asked_for(self, application: Application, team: list[User]) -> None:
        interview = planned(application, team, tell_candidate=True)
        first = read(mails("nok@example.org")[-1])[1]
        interview = moved(interview)
        assert not interview.candidate_is_told
        interview = invite_candidate(interview=interview, now=NOW)
        assert interview.candidate_is_told
        cancel_interview(interview=interview, reason="The role changed", now=NOW, tell_candidate_too=True)
        found = [read(one) for one in mails("nok@example.org")]
        assert [(method, event["sequence"]) for method, event in found] == [
            ("REQUEST", 0),
            ("REQUEST", 1),
            ("CANCEL", 2),
        ]
        assert {event["uid"] for _, event in found} == {first["uid"]}

    def test_needs_an_address(self, team: list[User]) -> None:
        application = ApplicationFactory(candidate=CandidateFactory(email=""), role=RoleFactory(team_of=team))
        with pytest.raises(Refused, match="no e-mail address"):
            planned(application, team, tell_candidate=True)
        assert not Interview.objects.exists()


def test_erasure_takes_the_attachment_along(application: Application, team: list[User]) -> None:
    planned(application, team, tell_candidate=True)
    erase_candidate(candidate=application.candidate, reason="asked", by=AdministratorFactory())
    assert not Delivery.objects.filter(calendar__contains="nok@example.org").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXT, summary=TEXT, place=TEXT, lasts=st.integers(5, 480))
def test_whatever_people_write_comes_back_and_adds_no_line(name: str, summary: str, place: str, lasts: int) -> None:
    entry = Entry(
        uid="a",
        sequence=3,
        starts_at=NOW,
        ends_at=NOW + timedelta(minutes=lasts),
        changed_at=NOW,
        summary=summary,
        description=f"{place}\nATTENDEE:mailto:x@example.org",
        place=place,
        url="",
        guests=(Guest(name, "ann@example.org"),),
        cancelled=False,
    )
    calendar = Calendar.from_ical(calendar_text([entry], method="REQUEST", now=NOW))
    [event] = calendar.walk("VEVENT")
    assert (str(event["summary"]), str(event["location"])) == (summary, place)
    assert str(event["description"]) == entry.description
    assert str(event["attendee"]) == "mailto:ann@example.org", "one guest, however they are called"
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=lasts)
