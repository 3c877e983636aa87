from uuid import uuid4

import pytest
from django.test import Client as Browser

from screening.accounts.models import User
from screening.jobs.enums import JobState
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.jobs import JobFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def user(client: Browser) -> User:
    user = RecruiterFactory()
    client.force_login(user)
    return user


def test_progress_is_a_page_and_a_part_that_polls_itself(client: Browser, user: User) -> None:
    job = JobFactory(created_by=user, state=JobState.RUNNING, progress=12, total=40, title="Scoring 40 people")
    url = f"/jobs/{job.pk}/"
    page, part = client.get(url), client.get(url, headers=HTMX)
    for answer in (page, part):
        body = answer.content.decode()
        assert "12 of 40" in body
        assert f'hx-get="{url}"' in body
        assert f"/jobs/{job.pk}/cancel/" in body
    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()
    assert "no-store" in part.headers["Cache-Control"]


def test_what_is_done_leads_to_its_result_and_polls_no_more(client: Browser, user: User) -> None:
    job = JobFactory(created_by=user, state=JobState.DONE, result={"url": "/shortlists/3/", "label": "Open the PDF"})
    body = client.get(f"/jobs/{job.pk}/", headers=HTMX).content.decode()
    assert '<a href="/shortlists/3/">Open the PDF</a>' in body
    assert "hx-get" not in body


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_a_page_that_shows_work_shows_what_came_of_it_when_it_ends(
    client: Browser, user: User, state: JobState
) -> None:
    job, going = JobFactory(created_by=user, state=state), JobFactory(created_by=user, state=JobState.RUNNING)
    elsewhere = HTMX | {"HX-Current-URL": "http://testserver/candidates/imports/3/"}
    here = HTMX | {"HX-Current-URL": f"http://testserver/jobs/{job.pk}/"}
    assert client.get(f"/jobs/{job.pk}/", headers=elsewhere)["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(f"/jobs/{going.pk}/", headers=elsewhere)
    assert "HX-Refresh" not in client.get(f"/jobs/{job.pk}/", headers=here), "its own page would load again for ever"


def test_work_of_unknown_length_says_how_far_it_is(client: Browser, user: User) -> None:
    job = JobFactory(created_by=user, state=JobState.RUNNING, progress=12_000, total=None)
    assert "12,000 so far" in client.get(f"/jobs/{job.pk}/").content.decode()


@pytest.mark.parametrize("url", ["https://example.com", "//example.com", "javascript:alert(1)"])
def test_a_result_never_leads_away(client: Browser, user: User, url: str) -> None:
    job = JobFactory(created_by=user, state=JobState.DONE, result={"url": url})
    assert url not in client.get(f"/jobs/{job.pk}/").content.decode()


def test_what_failed_says_so(client: Browser, user: User) -> None:
    job = JobFactory(created_by=user, state=JobState.FAILED, error="Row 3 has no e-mail.")
    assert "Row 3 has no e-mail." in client.get(f"/jobs/{job.pk}/").content.decode()


def test_cancelling(client: Browser, user: User) -> None:
    job = JobFactory(created_by=user)
    answer = client.post(f"/jobs/{job.pk}/cancel/", follow=True)
    assert "Cancelled" in answer.content.decode()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert "ended already" in client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405


def test_work_is_seen_by_whoever_asked_and_by_administrators(client: Browser) -> None:
    job = JobFactory(created_by=RecruiterFactory())
    for user, status in ((AdministratorFactory(), 200), (RecruiterFactory(), 404), (HiringManagerFactory(), 404)):
        client.force_login(user)
        assert client.get(f"/jobs/{job.pk}/").status_code == status
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert client.get(f"/jobs/{uuid4()}/").status_code == 404
