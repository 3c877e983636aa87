from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from candidates.models import Candidate, Consent, Note, StageChange
from candidates.permissions.own_page import opens, pk_in, token_of
from candidates.services.candidates import renew_link
from candidates.views.own_page import MOST_A_MINUTE
from screening.jobs.models import Delivery
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, InterviewFactory, submitted_scorecard

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate() -> Candidate:
    return CandidateFactory(name="Nok Ariyawat", consented=False, years_of_experience=9)


@pytest.fixture
def url(candidate: Candidate) -> str:
    return f"/c/{token_of(candidate)}/"


def test_a_candidate_reads_what_is_kept_and_no_opinion(candidate: Candidate, url: str) -> None:
    application = ApplicationFactory(candidate=candidate, kind="rejected", role__title="Claims Engineer")
    author = RecruiterFactory(name="Hidden Recruiter")
    Note.objects.create(candidate=candidate, application=application, author=author, text="Opaque answers.")
    StageChange.objects.create(
        application=application, to_stage=application.stage, by=author, at=NOW, reason="Too vague"
    )
    interview = submitted_scorecard(application, [2, 2, 2], by=HiringManagerFactory(name="Hidden Panellist")).interview
    interview.brief = "Press on ownership."
    interview.save()

    answer = Client().get(url)

    page = answer.content.decode()
    assert answer.status_code == 200
    for own in ("Nok Ariyawat", candidate.email, "Claims Engineer", "9 years", "I agree"):
        assert own in page
    for hidden in ("Opaque", "Too vague", "Rejected", "Hidden", "Press on ownership", "Kept calm"):
        assert hidden not in page
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_consent_is_given_and_withdrawn_there(candidate: Candidate, url: str) -> None:
    client = Client()

    assert client.post(f"{url}consent/").status_code == 302
    assert "You agreed" in client.get(url).content.decode()
    consent = Consent.objects.get(candidate=candidate)
    assert (consent.how, consent.notice_version, consent.recorded_by) == ("own_page", "1", None)
    assert client.post(f"{url}withdraw/").status_code == 302

    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert "I agree" in client.get(url).content.decode()


def test_erasure_is_asked_for_there_and_carried_out_by_an_administrator(candidate: Candidate, url: str) -> None:
    client = Client()
    client.post(f"{url}erasure/")
    candidate.refresh_from_db()
    assert candidate.erasure_requested_at is not None
    recruiter, administrator = Client(), Client()
    recruiter.force_login(RecruiterFactory())
    administrator.force_login(AdministratorFactory())

    assert "Nok Ariyawat" in administrator.get("/").content.decode()
    assert recruiter.post(f"/candidates/{candidate.pk}/erase/", {"reason": "Asked"}).status_code == 404
    assert administrator.post(f"/candidates/{candidate.pk}/erase/", {"reason": ""}).status_code == 422
    assert administrator.post(f"/candidates/{candidate.pk}/erase/", {"reason": "Asked"}).status_code == 302

    candidate.refresh_from_db()
    assert candidate.name == "Erased candidate"
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("change", ["", "x", "-", "0", "99", "1" * 30, "é", "%00"])
def test_other_links_open_nothing(candidate: Candidate, url: str, change: str) -> None:
    assert Client().get(f"/c/{candidate.pk}-{change}/").status_code == 404
    assert Client().get(f"{url[:-1]}{change or 'x'}/").status_code == 404
    assert Client().post(f"/c/{candidate.pk}-{change}/consent/").status_code == 404
    assert not Consent.objects.exists()


def test_a_link_opens_one_person_only_and_can_be_renewed(candidate: Candidate) -> None:
    other, token = CandidateFactory(), token_of(candidate)
    foreign = f"{other.pk}-{token.partition('-')[2]}"

    assert pk_in(token) == candidate.pk
    assert Client().get(f"/c/{foreign}/").status_code == 404
    renew_link(candidate=candidate)
    assert not opens(token, candidate)
    assert Client().get(f"/c/{token}/").status_code == 404
    assert Client().get(f"/c/{token_of(candidate)}/").status_code == 200


def test_a_merged_persons_link_opens_the_file_it_went_into(candidate: Candidate) -> None:
    merged = CandidateFactory(email="", merged_into=candidate)

    assert "Nok Ariyawat" in Client().get(f"/c/{token_of(merged)}/").content.decode()


def test_guessing_is_slowed_down(url: str) -> None:
    client = Client()

    with time_machine.travel(timezone.now(), tick=False):
        statuses = [client.get("/c/1-guess/").status_code for _ in range(MOST_A_MINUTE)]
        answer = client.get(url)

    assert set(statuses) == {404}
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_the_link_goes_out_by_mail_and_is_not_kept(candidate: Candidate, url: str) -> None:
    client = Client()
    client.force_login(RecruiterFactory())

    assert client.post(f"/candidates/{candidate.pk}/link/").status_code == 302
    delivery = Delivery.objects.get(recipient=candidate.email)
    assert url in delivery.text
    assert delivery.confidential
    candidate.email = ""
    candidate.save()
    assert client.post(f"/candidates/{candidate.pk}/link/").status_code == 422
    assert len(mail.outbox) == 0


def test_the_next_interview_stands_there_in_their_own_time(candidate: Candidate, url: str) -> None:
    soon = timezone.now().replace(hour=20, minute=0) + timedelta(days=1)
    InterviewFactory(
        application=ApplicationFactory(candidate=candidate),
        state="scheduled",
        starts_at=soon,
        ends_at=soon + timedelta(hours=1),
        place="https://meet.example.org/x",
    )

    page = Client().get(url).content.decode()

    assert "03:00 to 04:00" in page  # Bangkok
    assert "meet.example.org" in page
