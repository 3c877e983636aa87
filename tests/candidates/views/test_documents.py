from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from candidates.models import Candidate, Document
from candidates.services.documents import EXTRACT_TEXT, delete_document, extract_text
from candidates.tasks.documents import extract_text as extract_text_task
from rubrics.enums import Duty
from rubrics.models import RoleMember
from screening.accounts.models import User
from screening.jobs.models import Job
from tests.candidates.services.test_uploads import docx, pdf
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def candidate() -> Candidate:
    return CandidateFactory()


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(candidate: Candidate, content: bytes | None = None, name: str = "../Nok's CV.pdf") -> Document:
    file = SimpleUploadedFile(name, pdf() if content is None else content)
    answer = as_user(RecruiterFactory()).post(f"/candidates/{candidate.pk}/documents/", {"file": file, "kind": "cv"})
    assert answer.status_code == 302
    return Document.objects.get(candidate=candidate)


def test_a_document_is_kept_under_a_name_nobody_can_guess(candidate: Candidate, media: Path) -> None:
    document = upload(candidate)

    assert document.name == "Nok's CV.pdf"
    assert "Nok" not in str(document.file.name)
    assert (media / str(document.file.name)).stat().st_mode & 0o077 == 0
    job = Job.objects.get(task=EXTRACT_TEXT)
    assert (job.params, "Nok" in job.title) == ({"document": document.pk}, False)


def test_its_text_is_read_in_a_job_that_may_run_twice_or_too_late(candidate: Candidate) -> None:
    document = upload(candidate)
    job = Job.objects.get(task=EXTRACT_TEXT)

    extract_text_task(job_id=str(job.pk))
    extract_text_task(job_id=str(job.pk))
    document.refresh_from_db()
    job.refresh_from_db()

    assert "Kept a claims model honest" in document.text
    assert (job.state, job.result) == ("done", {"characters": len(document.text)})
    delete_document(document=document)
    assert extract_text(document_id=document.pk) == 0


def test_what_is_no_document_is_refused_on_the_page(candidate: Candidate, media: Path) -> None:
    file = SimpleUploadedFile("cv.pdf", b"<html>")

    answer = as_user(RecruiterFactory()).post(f"/candidates/{candidate.pk}/documents/", {"file": file, "kind": "cv"})

    assert answer.status_code == 422
    assert "not a whole PDF" in answer.content.decode()
    assert not Document.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_the_same_file_twice_is_refused(candidate: Candidate) -> None:
    upload(candidate)
    file = SimpleUploadedFile("again.pdf", Document.objects.get().file.read())

    answer = as_user(RecruiterFactory()).post(f"/candidates/{candidate.pk}/documents/", {"file": file, "kind": "cv"})

    assert "already here" in answer.content.decode()


def test_it_is_only_ever_saved_never_shown(candidate: Candidate) -> None:
    document = upload(candidate, docx(), "cv.docx")

    answer = as_user(RecruiterFactory()).get(f"/documents/{document.pk}/")

    assert answer["Content-Disposition"] == 'attachment; filename="cv.docx"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.getvalue().startswith(b"PK")


def test_who_may_have_it(candidate: Candidate) -> None:
    document = upload(candidate)
    application = ApplicationFactory(candidate=candidate)
    member, owing = HiringManagerFactory(), RecruiterFactory()
    RoleMember.objects.create(role=application.role, user=member, duty=Duty.LEAD)
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=owing)
    shown, hidden = ReviewerFactory(client=application.role.client), ReviewerFactory()
    shortlist = PresentedShortlistFactory(role=application.role)
    ShortlistEntryFactory(shortlist=shortlist, application=application)

    def statuses() -> list[int]:
        people = (RecruiterFactory(), owing, member, shown, hidden)
        return [as_user(person).get(f"/documents/{document.pk}/").status_code for person in people]

    assert statuses() == [200, 404, 404, 404, 404]
    shortlist.show_cv = True
    shortlist.save()
    assert statuses() == [200, 404, 404, 200, 404]


def test_deleting_takes_the_file_along(
    candidate: Candidate, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    document = upload(candidate)
    path = media / str(document.file.name)

    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(HiringManagerFactory()).post(f"/documents/{document.pk}/delete/").status_code == 404
        assert as_user(RecruiterFactory()).post(f"/documents/{document.pk}/delete/").status_code == 302

    assert not path.exists()
    assert not Document.objects.exists()


def test_a_lost_file_is_not_found(candidate: Candidate, media: Path) -> None:
    document = upload(candidate)
    (media / str(document.file.name)).unlink()

    assert as_user(RecruiterFactory()).get(f"/documents/{document.pk}/").status_code == 404
