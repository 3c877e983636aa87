import threading
import time
import uuid
from datetime import timedelta

import pghistory
import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from screening.accounts.models import Client
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from screening.jobs.services import running
from screening.jobs.services.jobs import cancel_job
from screening.jobs.services.running import ATTEMPTS, Cancelled, LeaseLost, Work, put_back, take, work_on
from tests.factories.accounts import ClientFactory, RecruiterFactory
from tests.factories.jobs import JobFactory


class Mishap(Exception):
    pass


def run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_job_is_done_once() -> None:
    job = JobFactory(params={"a": 2}, created_by=RecruiterFactory())
    with work_on(str(job.pk)) as work:
        assert work is not None
        assert (work.params, work.by, work.attempt) == ({"a": 2}, job.created_by, 1)
        work.report(3, 10)
        job.refresh_from_db()
        assert (job.state, job.progress, job.total) == (JobState.RUNNING, 3, 10)
        work.finish({"sum": 4})
    job.refresh_from_db()
    assert (job.state, job.result, job.lease_until) == (JobState.DONE, {"sum": 4}, None)
    assert job.started_at is not None
    assert job.finished_at is not None
    with work_on(str(job.pk)) as again:
        assert again is None


@pytest.mark.django_db
def test_leaving_without_a_result_is_an_end_too() -> None:
    job = JobFactory()
    with work_on(str(job.pk)):
        pass
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {})


@pytest.mark.django_db
def test_a_later_report_keeps_the_total() -> None:
    job = JobFactory()
    with work_on(str(job.pk)) as work:
        assert work is not None
        work.report(0, 10)
        work.report(5)
        job.refresh_from_db()
        assert (job.progress, job.total) == (5, 10)


@pytest.mark.django_db
def test_nothing_to_do_when_the_row_is_gone_or_not_yet_due() -> None:
    later = JobFactory(due_at=timezone.now() + timedelta(minutes=1))
    for job_id in (str(uuid.uuid4()), str(later.pk)):
        with work_on(job_id) as work:
            assert work is None


@pytest.mark.django_db
def test_a_job_in_other_hands_is_left_alone() -> None:
    job = JobFactory()
    with work_on(str(job.pk)) as first, work_on(str(job.pk)) as second:
        assert first is not None
        assert second is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


@pytest.mark.django_db
def test_an_error_is_raised_and_the_job_waits_for_another_attempt() -> None:
    job = JobFactory()
    with pytest.raises(Mishap), work_on(str(job.pk)):
        raise Mishap
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (JobState.QUEUED, 1, None)
    assert job.due_at > timezone.now()
    assert "Mishap" in job.error


@pytest.mark.django_db
def test_the_third_error_is_the_last() -> None:
    job = JobFactory()
    for _attempt in range(ATTEMPTS):
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        with pytest.raises(Mishap), work_on(str(job.pk)):
            raise Mishap
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, ATTEMPTS)
    assert take(str(job.pk)) is None


@pytest.mark.django_db
def test_a_second_attempt_that_succeeds_leaves_no_error() -> None:
    job = JobFactory(attempts=1, error="Mishap")
    with work_on(str(job.pk)):
        pass
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.DONE, 2, "")


@pytest.mark.django_db
def test_work_that_kills_its_worker_is_given_up() -> None:
    job = JobFactory()
    for attempt in range(1, ATTEMPTS + 1):
        work = take(str(job.pk))
        assert work is not None
        assert work.attempt == attempt
        run_out(job)
    assert take(str(job.pk)) is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, ATTEMPTS)
    assert "3 times" in job.error


@pytest.mark.django_db
def test_whoever_was_thought_dead_can_no_longer_write() -> None:
    job = JobFactory()
    late = take(str(job.pk))
    run_out(job)
    new = take(str(job.pk))
    assert late is not None
    assert new is not None
    with pytest.raises(LeaseLost):
        late.report(1)
    with pytest.raises(LeaseLost):
        late.finish({"by": "late"})
    new.finish({"by": "new"})
    job.refresh_from_db()
    assert (job.result, job.attempts) == ({"by": "new"}, 2)


@pytest.mark.django_db
def test_losing_the_lease_undoes_what_was_done_beside_the_finish() -> None:
    job = JobFactory()
    with work_on(str(job.pk)) as work, transaction.atomic():
        assert work is not None
        ClientFactory(name="Made by whoever was late")
        Job.objects.filter(pk=job.pk).update(attempts=2)
        work.finish()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    assert not Client.objects.exists()


@pytest.mark.django_db
def test_cancelling_stops_at_the_next_report() -> None:
    by = RecruiterFactory()
    job = JobFactory(created_by=by)
    went_on: list[None] = []
    with work_on(str(job.pk)) as work:
        assert work is not None
        work.report(1)
        cancel_job(job=job, by=by)
        went_on.append(work.report(2))  # type: ignore[func-returns-value]  # it raises
    assert went_on == []
    job.refresh_from_db()
    assert (job.state, job.progress) == (JobState.CANCELLED, 1)


@pytest.mark.django_db
def test_a_cancelled_job_whose_worker_died_is_not_begun_again() -> None:
    job = JobFactory(state=JobState.RUNNING, attempts=1, cancel_requested=True)
    run_out(job)
    assert take(str(job.pk)) is None
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


@pytest.mark.django_db
def test_a_failed_attempt_gives_way_to_a_newer_request_of_the_same_work() -> None:
    job = JobFactory(key="pool-1")
    work = take(str(job.pk))
    assert work is not None
    newer = JobFactory(key="pool-1")
    put_back(work, Mishap())
    job.refresh_from_db()
    newer.refresh_from_db()
    assert (job.state, newer.state) == (JobState.CANCELLED, JobState.QUEUED)


@pytest.mark.django_db
def test_history_says_which_job_changed_it_and_for_whom() -> None:
    by = RecruiterFactory()
    job = JobFactory(created_by=by)
    with work_on(str(job.pk)):
        client = ClientFactory()
    [event] = pghistory.models.Events.objects.tracks(client)
    assert event.pgh_context == {"job": str(job.pk), "actor": by.pk}


@pytest.mark.django_db
def test_a_message_that_comes_back_before_the_lease_has_run_out_is_sent_for_later(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    job = JobFactory()
    take(str(job.pk))
    with django_capture_on_commit_callbacks() as sent:
        assert take(str(job.pk)) is None
    assert len(sent) == 1
    with django_capture_on_commit_callbacks() as sent:
        assert take(str(uuid.uuid4())) is None
    assert sent == []


def test_of_two_workers_one_takes_the_job(committed_db: str) -> None:
    for _round in range(5):
        job = JobFactory()
        together = threading.Barrier(4)
        taken: list[Work | None] = []

        def worker(job_id: str, together: threading.Barrier, taken: list[Work | None]) -> None:
            together.wait(10)
            taken.append(take(job_id))
            connection.close()

        threads = [threading.Thread(target=worker, args=(str(job.pk), together, taken)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(taken) == 4
        assert sum(work is not None for work in taken) == 1


def test_work_that_does_not_report_keeps_its_lease(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LEASE", timedelta(seconds=2))  # the two times alone; the renewal is the real one
    monkeypatch.setattr(running, "RENEW_EVERY", timedelta(seconds=0.1))
    job = JobFactory()
    with work_on(str(job.pk)) as work:
        assert work is not None
        job.refresh_from_db()
        first = job.lease_until
        time.sleep(0.6)
        job.refresh_from_db()
        assert first is not None
        assert job.lease_until is not None
        assert job.lease_until > first
    job.refresh_from_db()
    assert (job.state, job.lease_until) == (JobState.DONE, None)


def test_cancelled_is_the_word_for_both_ways_of_losing_a_job() -> None:
    assert issubclass(LeaseLost, Cancelled)
