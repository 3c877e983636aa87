"""Letters to candidates: who may be written to, what leaves, what is taken back, and what is gone after an erasure."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from candidates.gates.mails import REACHABLE, Reach, missing_to_write, reach_of, withdrawn_consent
from candidates.models import Application, Candidate, CandidateMail, Consent, Mention, Note, StageChange
from candidates.queries.mail_words import VARIABLES, values_for
from candidates.services.applications import move_application, undo_move
from candidates.services.consents import record_consent, withdraw_consent
from candidates.services.digests import send_digests
from candidates.services.erasures import ask_erasure, erase_candidate
from candidates.services.interviews import Arrangement, cancel_interview, schedule_interview
from candidates.services.mail_templates import (
    TemplateWords,
    archive_template,
    restore_template,
    save_template,
)
from candidates.services.mails import LEAVES_AFTER, Words, take_back_mail, write_mail
from candidates.services.notes import add_note
from candidates.services.schedules import When
from candidates.tasks.reminders import remind
from rubrics.enums import StageKind
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from screening.jobs.enums import TO_CANDIDATES, DeliveryState
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import deliver
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, InterviewFactory, ScorecardFactory
from tests.factories.mails import CandidateMailFactory, MailTemplateFactory
from tests.factories.rubrics import RoleFactory
from tests.test_history import events_of

pytestmark = pytest.mark.django_db
WORDS = Words("About {{ role_title }}", "Hello {{ candidate_first_name }},\n\nyours {{ sender_name }}")


@pytest.fixture
def by() -> User:
    found: User = RecruiterFactory(name="Ann Recruiter")
    return found


@pytest.fixture
def application() -> Application:
    found: Application = ApplicationFactory(candidate__name="Nok Ariyawat", role__title="Claims")
    return found


def test_whatever_becomes_of_candidates_they_are_told_nothing_by_the_program(by: User) -> None:
    """Neither of a move, a plan that nobody was asked to announce, a rejection, nor by anything that runs by the clock."""
    panel = [HiringManagerFactory(), HiringManagerFactory()]
    application = ApplicationFactory(role=RoleFactory(team_of=panel), kind=StageKind.SCREENING)
    stages = {stage.kind: stage for stage in application.role.stages.all()}

    def move(kind: StageKind, at: datetime) -> StageChange:
        application.refresh_from_db()
        seen = application.stage_id
        found = move_application(application=application, to=stages[kind], seen=seen, by=by, now=at, reason="Because.")
        assert found is not None
        return found

    when = When(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=1), "UTC")
    move(StageKind.INTERVIEWING, NOW)
    kit = application.role.rubric_version.kits.get(key="short")
    interview = schedule_interview(
        application=application, kit=kit, arrangement=Arrangement(when), panel=panel, by=by, now=NOW
    )
    cancel_interview(interview=interview, reason="The panel is ill.", now=NOW)
    undo_move(change=move(StageKind.REJECTED, NOW), by=by, now=NOW)
    move(StageKind.WITHDRAWN, NOW)
    move(StageKind.SCREENING, NOW)
    move(StageKind.REJECTED, NOW)
    add_note(candidate=application.candidate, text=f"@{by.name} not this one.", by=RecruiterFactory(), now=NOW)
    withdraw_consent(candidate=application.candidate, now=NOW)
    ask_erasure(candidate=application.candidate, now=NOW)
    for days in range(0, 60, 10):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            remind()
            send_digests(now=timezone.now())

    assert Delivery.objects.exists()
    assert not Delivery.objects.filter(recipient=application.candidate.email).exists()
    assert not Delivery.objects.filter(event__startswith=TO_CANDIDATES).exists()


def write(application: Application, by: User, **more: Any) -> CandidateMail:
    asked: dict[str, Any] = {"words": WORDS, "key": "k", "now": timezone.now(), "application": application} | more
    return write_mail(candidate=application.candidate, by=by, **asked)


def test_it_waits_for_the_undo_and_leaves_word_for_word(application: Application, by: User) -> None:
    now = timezone.now()
    letter = write(application, by, now=now).delivery
    assert (letter.recipient, letter.subject) == (application.candidate.email, "About Claims")
    assert letter.due_at == now + LEAVES_AFTER
    assert deliver(delivery_id=letter.pk, now=now) is None
    deliver(delivery_id=letter.pk, now=now + LEAVES_AFTER)
    [sent] = mail.outbox
    assert sent.body.strip() == "Hello Nok,\n\nyours Ann Recruiter"
    assert sent.reply_to == [by.email]


def test_sent_twice_it_is_one_letter(application: Application, by: User) -> None:
    assert write(application, by) == write(application, by)
    assert Delivery.objects.count() == 1
    other = ApplicationFactory()
    assert write(other, by).candidate == other.candidate, "the key is of one person"


def test_taken_back_it_stays_here_and_afterwards_it_is_too_late(application: Application, by: User) -> None:
    letter = write(application, by)
    take_back_mail(mail=letter)
    deliver(delivery_id=letter.delivery_id, now=timezone.now() + timedelta(minutes=1))
    assert mail.outbox == []
    late = write(application, by, key="other")
    deliver(delivery_id=late.delivery_id, now=timezone.now() + timedelta(minutes=1))
    with pytest.raises(Refused, match="left already"):
        take_back_mail(mail=late)
    late.delivery.refresh_from_db()
    assert late.delivery.state == DeliveryState.SENT


@pytest.mark.parametrize(
    ("subject", "text", "why"),
    [
        ("Hi", "Your {{ score }}", "Line 1 of the text: “{{ score }}”"),
        ("{{ rank }}", "Hi", "Line 1 of the subject: “{{ rank }}”"),
        ("Hi", "  ", "needs a subject and a text"),
    ],
)
def test_words_that_cannot_be_sent(application: Application, by: User, subject: str, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        write(application, by, words=Words(subject, text))
    assert not Delivery.objects.exists()


def test_a_variable_tells_of_nothing_but_names(application: Application, by: User) -> None:
    values = values_for(application.candidate, application, by)
    assert values == {
        "candidate_name": "Nok Ariyawat",
        "candidate_first_name": "Nok",
        "role_title": "Claims",
        "client_name": application.role.client.name,
        "sender_name": "Ann Recruiter",
        "sender_email": by.email,
    }
    assert set(values) == set(VARIABLES)


def test_a_variable_without_a_value_is_refused(application: Application, by: User) -> None:
    with pytest.raises(Refused, match=r"“{{ role_title }}” stands for nothing yet"):
        write_mail(candidate=application.candidate, application=None, words=WORDS, key="k", by=by, now=NOW)


def owes_a_scorecard(candidate: Candidate, by: User) -> None:
    interview = InterviewFactory(application=candidate.applications.get())
    ScorecardFactory(interview=interview, interviewer=by)


def erased(candidate: Candidate, _by: User) -> None:
    erase_candidate(candidate=candidate, reason="asked", by=AdministratorFactory())


def no_address(candidate: Candidate, _by: User) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(email="")


def merged(candidate: Candidate, _by: User) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(merged_into=CandidateFactory())


def withdrew(candidate: Candidate, _by: User) -> None:
    withdraw_consent(candidate=candidate, now=timezone.now())


def nothing(_candidate: Candidate, _by: User) -> None:
    """They may be written to."""


CLOSED = [owes_a_scorecard, erased, no_address, merged, withdrew]


@pytest.mark.parametrize("happened", CLOSED)
def test_who_may_not_be_written_to(application: Application, by: User, happened: Any) -> None:
    happened(application.candidate, by)
    with pytest.raises(GateRefused):
        write(application, by)
    assert not CandidateMail.objects.exists()


def test_a_new_consent_opens_it_again_and_none_ever_given_does_not_close_it(by: User) -> None:
    never = ApplicationFactory(candidate__consented=False)
    assert write(never, by).delivery.state == DeliveryState.DUE
    again = ApplicationFactory()
    withdrew(again.candidate, by)
    record_consent(candidate=again.candidate, where="in a call", by=by, now=timezone.now())
    assert write(again, by).delivery.state == DeliveryState.DUE


def test_the_gate_says_the_same_of_one_and_of_a_filter(by: User) -> None:
    for happened in (*CLOSED, nothing):
        candidate = ApplicationFactory().candidate
        happened(candidate, by)
        candidate.refresh_from_db()
        reach = reach_of(candidate, by=by, now=timezone.now())
        assert (missing_to_write(reach) == []) == (vars(reach) == REACHABLE)
        alone = Candidate.objects.filter(withdrawn_consent(timezone.now(), "pk"), pk=candidate.pk).exists()
        assert alone == reach.withdrawn
    for name in REACHABLE:
        one_off = Reach(**(REACHABLE | {name: not REACHABLE[name]}))
        assert missing_to_write(one_off), name


def test_whoever_withdraws_gets_nothing_more(application: Application, by: User) -> None:
    _waiting, retried, failed, sent = (write(application, by, key=key) for key in "abcd")
    Delivery.objects.filter(pk=retried.delivery_id).update(attempts=2)
    Delivery.objects.filter(pk=failed.delivery_id).update(state=DeliveryState.FAILED)
    Delivery.objects.filter(pk=sent.delivery_id).update(state=DeliveryState.SENT)
    withdraw_consent(candidate=application.candidate, now=timezone.now())
    states = Delivery.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [DeliveryState.CANCELLED] * 3 + [DeliveryState.SENT]
    assert not Consent.objects.valid(timezone.now()).exists()


def test_erasing_somebody_takes_their_letters_wherever_they_went(application: Application, by: User) -> None:
    words = Words("Dear zanzibar", "zanzibar and {{ candidate_first_name }}")
    gone = write(application, by, words=words)
    Delivery.objects.filter(pk=gone.delivery_id).update(recipient="elsewhere@example.org", error="zanzibar said no")
    other = CandidateMailFactory(candidate=CandidateFactory(), by=by)
    note = Note.objects.create(candidate=application.candidate, author=by, text="@Bo Manager")
    note.mentions.create(user=RecruiterFactory(), at=NOW)
    erase_candidate(candidate=application.candidate, reason="asked", by=AdministratorFactory())
    row = Delivery.objects.filter(pk=gone.delivery_id).values().get()
    assert (row["recipient"], row["subject"], row["text"], row["html"], row["error"]) == (
        "erased",
        "erased",
        "",
        "",
        "",
    )
    assert row["state"] == DeliveryState.CANCELLED
    other.delivery.refresh_from_db()
    assert other.delivery.recipient == other.candidate.email
    assert not Mention.objects.exists()


def template_of(**words: str) -> TemplateWords:
    return TemplateWords(**({"name": "Hello", "subject": "Hi", "text": "{{ sender_name }}"} | words))


def test_templates_keep_their_versions_and_refuse_what_they_do_not_know(by: User) -> None:
    made = save_template(template=None, words=template_of(), seen="", by=by, now=NOW)
    seen = made.saved_at.isoformat()
    changed = save_template(template=made, words=template_of(text="Bye"), seen=seen, by=by, now=timezone.now())
    versions = events_of(type(made)).filter(pgh_obj_id=made.pk)
    assert list(versions.values_list("text", flat=True)) == ["{{ sender_name }}", "Bye"]
    with pytest.raises(Conflict):
        save_template(template=changed, words=template_of(text="Older"), seen=seen, by=by, now=timezone.now())
    with pytest.raises(Refused, match=r"Line 2 of the text: “{{ level }}”"):
        save_template(template=None, words=template_of(name="B", text="a\n{{ level }}"), seen="", by=by, now=NOW)
    with pytest.raises(Refused, match="already"):
        save_template(template=None, words=template_of(), seen="", by=by, now=NOW)


def test_an_archived_template_leaves_its_name_and_comes_back_under_it(by: User) -> None:
    first = archive_template(template=MailTemplateFactory(name="Hello"), now=NOW)
    second = save_template(template=None, words=template_of(), seen="", by=by, now=NOW)
    with pytest.raises(Refused, match="Rename that one"):
        restore_template(template=first)
    archive_template(template=second, now=NOW)
    assert restore_template(template=first).archived_at is None
