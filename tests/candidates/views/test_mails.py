"""Writing to a candidate from their page: begun from a template, changed, looked at, sent, taken back, and on record."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from candidates.models import Application, Candidate, CandidateMail, MailTemplate
from candidates.services.consents import withdraw_consent
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from tests.asking import as_
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory
from tests.factories.mails import CandidateMailFactory, MailTemplateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def recruiter() -> User:
    found: User = RecruiterFactory(name="Ann Recruiter")
    return found


@pytest.fixture
def client(recruiter: User) -> Client:
    return as_(recruiter)


@pytest.fixture
def application() -> Application:
    found: Application = ApplicationFactory(candidate__name="Nok Ariyawat", role__title="Claims <b>Engineer</b>")
    return found


def asked(application: Application, **more: object) -> dict[str, object]:
    return {
        "application": application.pk,
        "subject": "About {{ role_title }}",
        "text": "Hello {{ candidate_first_name }}",
        "key": uuid.uuid4(),
    } | more


def test_a_template_is_filled_in_changed_looked_at_and_sent(client: Client, application: Application) -> None:
    template = MailTemplateFactory()
    url = f"/candidates/{application.candidate_id}/mail/"
    page = client.get(url, {"template": template.pk}).content.decode()
    assert "Hello Nok,\n\nuntil soon.\n\nAnn Recruiter" in page
    look = client.post(url, asked(application, preview="", template=template.pk)).content.decode()
    assert "Hello Nok" in look
    assert "About Claims &lt;b&gt;Engineer&lt;/b&gt;" in look
    assert not Delivery.objects.exists()
    changed = client.post(url, asked(application, change="", text="Now this"))
    assert "Now this" in changed.content.decode()
    sent = client.post(url, asked(application, send="", template=template.pk), follow=True).content.decode()
    letter = CandidateMail.objects.get()
    assert (letter.template, letter.delivery.state) == (template, DeliveryState.DUE)
    assert f'action="/mails/{letter.pk}/take-back/"' in sent
    assert "E-mail queued: About Claims" in sent


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (DeliveryState.SENT, "", "E-mail sent: Until soon"),
        (DeliveryState.FAILED, "mailbox full", "The mail server: mailbox full"),
        (DeliveryState.DUE, "451 busy", "E-mail to be tried again: Until soon"),
        (DeliveryState.CANCELLED, "", "E-mail not sent: Until soon"),
    ],
)
def test_the_timeline_says_what_became_of_it(client: Client, state: str, error: str, words: str) -> None:
    letter = CandidateMailFactory(delivery__state=state, delivery__error=error)
    Candidate.objects.filter(pk=letter.candidate_id).update(email="another@example.org")
    page = client.get(f"/candidates/{letter.candidate_id}/").content.decode()
    assert words in page
    assert page.count("Until soon") == 1
    shown = client.get(f"/mails/{letter.pk}/").content.decode()
    assert "Hello, until soon." in shown
    assert error in shown
    again = client.get(f"/candidates/{letter.candidate_id}/mail/?again={letter.pk}").content.decode()
    assert "Hello, until soon." in again


def test_a_letter_written_again_is_about_the_same_role(client: Client, application: Application) -> None:
    """Not about the newest one, nor about any where the first was about none."""
    newer = ApplicationFactory(candidate=application.candidate, created_at=timezone.now() + timedelta(days=1))
    for about, chosen in ((application, application.pk), (newer, newer.pk), (None, None)):
        letter = CandidateMailFactory(candidate=application.candidate, application=about)
        again = client.get(f"/candidates/{application.candidate_id}/mail/?again={letter.pk}").context["form"]
        assert again["application"].value() == chosen


def test_taken_back_by_undo(client: Client, application: Application) -> None:
    client.post(f"/candidates/{application.candidate_id}/mail/", asked(application, send=""))
    letter = CandidateMail.objects.get()
    page = client.post(f"/mails/{letter.pk}/take-back/", follow=True).content.decode()
    assert "The letter stays here." in page
    again = client.post(f"/mails/{letter.pk}/take-back/", follow=True).content.decode()
    assert "It has left already." in again


def test_what_is_refused_keeps_what_was_typed(client: Client, application: Application) -> None:
    url = f"/candidates/{application.candidate_id}/mail/"
    wrong = client.post(url, asked(application, preview="", text="My very own words {{ score }}"))
    assert wrong.status_code == 422
    assert "Line 1 of the text: “{{ score }}” is none of the variables." in wrong.content.decode()
    assert "My very own words" in wrong.content.decode()
    elsewhere = client.post(url, asked(ApplicationFactory(), preview=""))
    assert elsewhere.status_code == 422
    withdraw_consent(candidate=application.candidate, now=timezone.now())
    assert "They withdrew their consent" in client.get(url).content.decode()
    late = client.post(url, asked(application, send="", text="My very own words"))
    assert late.status_code == 422
    assert "My very own words" in late.content.decode()
    assert not Delivery.objects.exists()


def test_sent_twice_by_a_double_click(client: Client, application: Application) -> None:
    data = asked(application, send="")
    for _time in range(2):
        assert client.post(f"/candidates/{application.candidate_id}/mail/", data).status_code == 302
    assert CandidateMail.objects.count() == Delivery.objects.count() == 1


def test_while_one_owes_a_scorecard_letters_are_closed(recruiter: User, application: Application) -> None:
    administrator = AdministratorFactory()
    letter = CandidateMailFactory(candidate=application.candidate)
    for person in (recruiter, administrator):
        browser = as_(person)
        assert browser.get(f"/mails/{letter.pk}/").status_code == 200
        ScorecardFactory(interview=InterviewFactory(application=application), interviewer=person)
        assert browser.get(f"/mails/{letter.pk}/").status_code == 404
        assert browser.get(f"/candidates/{application.candidate_id}/mail/").status_code == 404
        assert browser.get(f"/outbox/{letter.delivery_id}/").status_code == 404
    assert application.candidate.email not in as_(administrator).get("/outbox/").content.decode()


def test_nobody_else_reads_or_writes_them(application: Application) -> None:
    letter = CandidateMailFactory(candidate=application.candidate)
    manager = as_(HiringManagerFactory())
    for url in (f"/mails/{letter.pk}/", f"/candidates/{application.candidate_id}/mail/", "/mail-templates/"):
        assert manager.get(url).status_code == 404


def template_form(**more: str) -> dict[str, str]:
    return {"name": "Hello", "subject": "Hi", "text": "Dear {{ candidate_name }}", "seen": ""} | more


def test_templates_are_looked_at_saved_changed_and_archived(client: Client, recruiter: User) -> None:
    look = client.post("/mail-templates/new/", template_form(preview="")).content.decode()
    assert "Dear Nok Ariyawat" in look
    wrong = client.post("/mail-templates/new/", template_form(text="Hello\n{{ level }}"))
    assert wrong.status_code == 422
    assert "Line 2 of the text: “{{ level }}” is none of the variables." in wrong.content.decode()
    assert client.post("/mail-templates/new/", template_form()).status_code == 302
    made = MailTemplate.objects.get(name="Hello")
    assert made.written_by == recruiter
    url = f"/mail-templates/{made.pk}/"
    found = re.search(r'name="seen" value="([^"]+)"', client.get(url).content.decode())
    assert found
    seen = found[1].replace("&#43;", "+")
    assert client.post(url, template_form(subject="Other", seen=seen)).status_code == 302
    stale = client.post(url, template_form(subject="Mine", seen=seen))
    assert stale.status_code == 409
    assert 'value="Mine"' in stale.content.decode()
    client.post(f"{url}archive/")
    offered = client.get(f"/candidates/{ApplicationFactory().candidate_id}/mail/").content.decode()
    assert ">Hello</option>" not in offered
    client.post(f"{url}restore/")
    assert ">Hello</option>" in client.get(f"/candidates/{ApplicationFactory().candidate_id}/mail/").content.decode()


def test_three_templates_come_with_the_program(client: Client) -> None:
    application = ApplicationFactory()
    shipped = MailTemplate.objects.filter(written_by=None)
    assert shipped.count() == 3
    for template in shipped:
        data = asked(application, preview="", subject=template.subject, text=template.text)
        look = client.post(f"/candidates/{application.candidate_id}/mail/", data)
        assert look.status_code == 200
        assert "{{" not in look.content.decode()
