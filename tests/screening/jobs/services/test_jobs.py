import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from screening.accounts.errors import Refused
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from screening.jobs.services.jobs import cancel_job, request_job
from screening.jobs.services.running import take
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.jobs import JobFactory


@pytest.mark.django_db
def test_a_request_says_what_for_whom_and_when() -> None:
    by = RecruiterFactory()
    before = timezone.now()
    asked = request_job(task="tests.add", params={"a": 1, "on": before.date()}, title="Adding", by=by)
    job = Job.objects.get()
    assert (job.pk, job.task, job.title, job.created_by) == (asked.pk, "tests.add", "Adding", by)
    assert job.params == {"a": 1, "on": before.date().isoformat()}
    assert (job.state, job.attempts, job.progress, job.total) == (JobState.QUEUED, 0, 0, None)
    assert before <= job.due_at <= timezone.now()


@pytest.mark.django_db
def test_the_same_waiting_work_is_one_job_at_the_earlier_time() -> None:
    late = request_job(task="tests.add", params={}, title="Adding", key="pool-1", delay=timedelta(minutes=3))
    soon = request_job(task="tests.add", params={}, title="Adding", key="pool-1", delay=timedelta(seconds=5))
    again = request_job(task="tests.add", params={}, title="Adding", key="pool-1", delay=timedelta(minutes=3))
    other = request_job(task="tests.add", params={}, title="Adding", key="pool-2")
    assert late.pk == soon.pk == again.pk != other.pk
    assert Job.objects.get(key="pool-1").due_at - timezone.now() < timedelta(seconds=6)


@pytest.mark.django_db
def test_jobs_without_a_key_are_each_their_own() -> None:
    first = request_job(task="tests.add", params={}, title="Adding")
    second = request_job(task="tests.add", params={}, title="Adding")
    assert first.pk != second.pk


@pytest.mark.django_db
@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_work_that_has_begun_or_ended_does_not_answer_for_a_new_request(state: JobState) -> None:
    old = JobFactory(key="pool-1", state=state)
    new = request_job(task="tests.add", params={}, title="Adding", key="pool-1")
    assert new.pk != old.pk
    assert Job.objects.filter(key="pool-1").count() == 2


@pytest.mark.django_db
def test_a_request_costs_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    by = RecruiterFactory()
    with transaction.atomic(), django_assert_num_queries(3):  # two of them begin and end the savepoint
        request_job(task="tests.add", params={}, title="Adding", key="pool-1", by=by)


def test_no_worker_takes_a_job_whose_latest_request_is_not_committed(committed_db: str) -> None:
    """It would miss what the requester has written and not yet committed."""
    job = request_job(task="tests.add", params={}, title="Adding", key="pool-1")
    taken = []

    def worker() -> None:
        taken.append(take(str(job.pk)))
        connection.close()

    with transaction.atomic():
        request_job(task="tests.add", params={}, title="Adding", key="pool-1")
        thread = threading.Thread(target=worker)
        thread.start()
        thread.join(10)
    assert taken == [None]
    work = take(str(job.pk))
    assert work is not None
    assert work.attempt == 1


def test_a_request_beside_a_worker_that_is_taking_the_job_makes_a_new_one(committed_db: str) -> None:
    job = request_job(task="tests.add", params={}, title="Adding", key="pool-1")
    asked = []

    def requester() -> None:
        asked.append(request_job(task="tests.add", params={}, title="Adding", key="pool-1").pk)
        connection.close()

    thread = threading.Thread(target=requester)
    with transaction.atomic():
        assert take(str(job.pk)) is not None
        thread.start()
        thread.join(0.5)
        assert asked == []  # it waits to see whether the row stays in the queue
    thread.join(10)
    assert asked != [job.pk]
    assert Job.objects.filter(key="pool-1", state=JobState.QUEUED).count() == 1


@pytest.mark.django_db
def test_a_waiting_job_is_cancelled_at_once() -> None:
    by = RecruiterFactory()
    job = cancel_job(job=JobFactory(created_by=by), by=by)
    assert job.state == JobState.CANCELLED
    assert job.finished_at is not None
    assert take(str(job.pk)) is None


@pytest.mark.django_db
def test_a_running_job_is_only_asked_to_stop() -> None:
    job = cancel_job(job=JobFactory(state=JobState.RUNNING), by=AdministratorFactory())
    assert (job.state, job.cancel_requested) == (JobState.RUNNING, True)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_what_has_ended_cannot_be_cancelled(state: JobState) -> None:
    by = RecruiterFactory()
    with pytest.raises(Refused, match="ended already"):
        cancel_job(job=JobFactory(created_by=by, state=state), by=by)


@pytest.mark.django_db
def test_nobody_cancels_the_work_of_others() -> None:
    job = JobFactory(created_by=RecruiterFactory())
    with pytest.raises(Job.DoesNotExist):
        cancel_job(job=job, by=RecruiterFactory())
