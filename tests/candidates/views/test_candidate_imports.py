import csv
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from candidates.enums import ImportState
from candidates.models import Candidate, CandidateImport, Export, ImportRow
from candidates.permissions.candidate_imports import can_view_import
from candidates.services.erasures import erase_candidate
from candidates.tasks import candidate_imports as tasks
from screening.jobs.services.jobs import cancel_job
from tests.asking import as_, statements
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import CandidateFactory, ScorecardFactory, submit_levels
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
PEOPLE = "Wer,Mail\nAnn Other,ann@example.org\nBo Berg,not-an-address\nMalee Srisai,malee@example.org\n"


def bring(browser: Browser, content: str = PEOPLE) -> CandidateImport:
    answer = browser.post(reverse("candidates:imports"), {"file": SimpleUploadedFile("p.csv", content.encode())})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return CandidateImport.objects.latest("pk")


def post(browser: Browser, of: CandidateImport, what: str, **data: Any) -> Any:
    answer = browser.post(reverse(f"candidates:import_{what}", args=[of.pk]), data)
    of.refresh_from_db()
    return answer


def page(browser: Browser, of: CandidateImport) -> str:
    answer = browser.get(reverse("candidates:import", args=[of.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def checked(browser: Browser, content: str = PEOPLE) -> CandidateImport:
    of = bring(browser, content)
    assert post(browser, of, "columns", column_0="name", column_1="email").status_code == 302
    tasks.check_import(job_id=str(of.job_id))
    of.refresh_from_db()
    return of


def test_what_is_wrong_stands_beside_what_the_file_says() -> None:
    browser = as_(RecruiterFactory())
    assert "not-an-address" in page(browser, checked(browser))


def test_rows_that_are_mended_go_where_the_first_ones_went() -> None:
    browser, role = as_(RecruiterFactory()), RoleFactory()
    asked = {"role": role.pk, "source": "agency"}
    body = browser.get(reverse("candidates:imports"), asked).content.decode()
    assert f'<option value="{role.pk}" selected>' in body
    assert '<option value="agency" selected>' in body
    assert browser.get(reverse("candidates:imports"), {"role": "no number"}).status_code == 200


def test_a_file_is_mapped_checked_decided_and_imported() -> None:
    here = CandidateFactory(name="Malee Srisai", email="malee@example.org")
    browser = as_(RecruiterFactory())
    of = bring(browser)
    assert "Ann Other" in page(browser, of), "one chooses by the first rows"
    refused = post(browser, of, "columns", column_1="email")
    assert refused.status_code == 422
    assert '<option value="email" selected>' in refused.content.decode(), "what was chosen stays"
    assert post(browser, of, "columns", column_0="name", column_1="email").status_code == 302
    assert "Being checked" not in page(browser, of)
    tasks.check_import(job_id=str(of.job_id))
    text = page(browser, of)
    assert "Enter a valid email address." in text
    assert reverse("candidates:candidate", args=[here.pk]) in text
    assert "Import 1 person, skip 1</button>" in text
    address = reverse("candidates:import_decisions", args=[of.pk])
    said = browser.post(address, {"if_same": "update", "if_alike": "skip"}, headers={"hx-request": "true"})
    assert "Import 1 person, update 1</button>" in said.content.decode(), "while one still chooses"
    answer = post(browser, of, "decisions", if_same="skip", if_alike="skip", row_4="update", run="1")
    assert (answer.status_code, of.state) == (302, ImportState.IMPORTING)
    tasks.run(job_id=str(of.job_id))
    of.refresh_from_db()
    assert of.counts == {"added": 1, "updated": 1, "skipped": 0, "refused": 1}
    assert "Added" in page(browser, of)
    left = b"".join(browser.get(reverse("candidates:import_left_out", args=[of.pk]))).decode("utf-8-sig")
    assert list(csv.reader(left.splitlines())) == [
        ["Wer", "Mail", "What is wrong"],
        ["Bo Berg", "not-an-address", "Mail: Enter a valid email address."],
    ]


def test_a_match_by_an_address_of_before_a_merge_says_so_unless_it_is_sealed() -> None:
    recruiter = RecruiterFactory()
    owed = ScorecardFactory(interviewer=recruiter).interview.application.candidate
    for into, address in ((CandidateFactory(), "ann@example.org"), (owed, "malee@example.org")):
        CandidateFactory(email=address, merged_into=into)
    browser = as_(recruiter)
    assert page(browser, checked(browser)).count("Same e-mail, of a file merged into theirs") == 1


def test_whoever_goes_back_reads_how_it_stands_now() -> None:
    browser = as_(RecruiterFactory())
    answer = browser.get(reverse("candidates:import", args=[bring(browser).pk]))
    assert "no-store" in answer["Cache-Control"]


def test_beside_a_row_stands_who_is_here_but_not_what_is_sealed() -> None:
    recruiter = RecruiterFactory()
    owed = ScorecardFactory(interviewer=recruiter).interview.application.candidate
    Candidate.objects.filter(pk=owed.pk).update(name="Ann Other", email="sealed@example.org", headline="Sealed line")
    CandidateFactory(name="Malee Srisai", email="open@example.org", headline="Open line")
    browser = as_(recruiter)
    text = page(browser, checked(browser, "Wer,Mail\nAnn Other,\nMalee Srisai,\n"))
    assert "open@example.org" in text
    assert "Open line" in text
    assert "sealed@example.org" not in text
    assert "Sealed line" not in text


def test_another_encoding_is_tried() -> None:
    browser = as_(RecruiterFactory())
    answer = browser.post(
        reverse("candidates:imports"),
        {"file": SimpleUploadedFile("p.csv", "Name,City\nŁukasz,Łódź\n".encode("cp1250"))},
    )
    assert answer.status_code == 302
    of = CandidateImport.objects.get()
    post(browser, of, "reading", encoding="cp1250", separator=",")
    assert "Łukasz" in page(browser, of)
    assert post(browser, of, "reading", encoding="utf-16", separator=",").status_code in {302, 422}
    assert post(browser, of, "reading", encoding="klingon", separator=",").status_code == 422


def test_work_that_was_called_off_is_taken_up_again() -> None:
    recruiter = RecruiterFactory()
    browser = as_(recruiter)
    of = bring(browser)
    post(browser, of, "columns", column_0="name", column_1="email")
    assert of.job is not None
    assert post(browser, of, "columns", column_0="name").status_code == 409, "while a worker has it"
    cancel_job(job=of.job, by=recruiter)
    assert "Go on" in page(browser, of)
    post(browser, of, "go_on")
    tasks.check_import(job_id=str(of.job_id))
    of.refresh_from_db()
    assert of.state == ImportState.CHECKED
    assert post(browser, of, "map_again").status_code == 302
    assert "What the columns hold" in page(browser, of)


def test_discarding_deletes_the_file_and_its_rows() -> None:
    browser = as_(RecruiterFactory())
    of = checked(browser)
    name = of.file.name
    assert name
    assert default_storage.exists(name)
    post(browser, of, "discard")
    assert (of.state, of.file.name, ImportRow.objects.count()) == (ImportState.DISCARDED, "", 0)
    assert "Discarded" in page(browser, of)
    assert post(browser, of, "decisions", if_same="skip", if_alike="skip").status_code == 422
    address = reverse("candidates:import_decisions", args=[of.pk])
    late = browser.post(address, {"if_same": "skip", "if_alike": "skip"}, headers={"hx-request": "true"})
    assert late["HX-Refresh"] == "true", "who still chooses in a page of before reads how it stands"


def test_an_administrator_who_owes_a_scorecard_reads_no_contact_data_in_a_colleagues_file() -> None:
    administrator = AdministratorFactory()
    of = checked(as_(RecruiterFactory()), "Wer,Mail\nMalee Srisai,malee@example.org\nBo Berg,not-an-address\n")
    addresses = [reverse(f"candidates:{name}", args=[of.pk]) for name in ("import", "import_left_out")]
    assert [as_(administrator).get(address).status_code for address in addresses] == [200, 200]
    owed = ScorecardFactory(interviewer=administrator)
    assert [as_(administrator).get(address).status_code for address in addresses] == [404, 404]
    assert of not in CandidateImport.objects.visible_to(administrator)
    assert not can_view_import(administrator, of)
    submit_levels(owed, [4, 4, 4])
    assert as_(administrator).get(addresses[0]).status_code == 200


def test_a_colleague_sees_no_file_and_an_administrator_does() -> None:
    of = bring(as_(RecruiterFactory()))
    address = reverse("candidates:import", args=[of.pk])
    assert as_(RecruiterFactory()).get(address).status_code == 404
    assert as_(HiringManagerFactory()).get(address).status_code == 404
    assert as_(AdministratorFactory()).get(address).status_code == 200


def test_pages_ask_as_often_for_many_rows_as_for_few() -> None:
    browser = as_(RecruiterFactory())
    counts = []
    for many in (3, 30):
        for number in range(many):
            CandidateFactory(name=f"Person{many} X{number}", email=f"d{many}-{number}@example.org")
        rows = "".join(f"Person{many} X{number},d{many}-{number}@example.org\n" for number in range(many))
        of = checked(browser, f"Name,Mail\n{rows}Bad,bad\n")
        counts.append(statements(lambda of=of: page(browser, of)))  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_an_erased_person_leaves_files_on_their_way_in_and_out() -> None:
    administrator = AdministratorFactory()
    person = CandidateFactory(name="Malee Srisai", email="malee@example.org")
    of = checked(as_(administrator))
    assert "malee" in str(list(of.rows.values_list("cells", flat=True)))
    erase_candidate(candidate=Candidate.objects.get(pk=person.pk), reason="asked for", by=administrator)
    assert "malee" not in str(list(of.rows.values_list("cells", flat=True))).lower()
    of.refresh_from_db()
    assert of.file.name == ""


def test_a_list_goes_out_by_its_filter_and_is_on_record() -> None:
    recruiter = RecruiterFactory()
    CandidateFactory(name="Ann Other", email="ann@example.org")
    CandidateFactory(name="Bo Berg")
    answer = as_(recruiter).post(f"{reverse('candidates:export')}?q=Ann&source=", {"format": "csv"})
    text = b"".join(answer).decode("utf-8-sig")
    assert "ann@example.org" in text
    assert "Bo Berg" not in text
    [export] = Export.objects.all()
    assert (export.what, export.people, export.created_by) == ("Candidates (a search)", 1, recruiter)
    workbook = as_(recruiter).post(reverse("candidates:export"), {"format": "xlsx"})
    assert b"".join(workbook).startswith(b"PK")
