"""Doing long work once: a worker holds a job by a lease, and what it writes counts only while it holds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any, Self

import pghistory
import structlog
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from screening.accounts.models import User
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from screening.jobs.querysets import JobQuerySet
from screening.jobs.services.waking import wake

ATTEMPTS = 3
LEASE = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=5)
CLOCKS_MAY_DIFFER = timedelta(seconds=1)
GAVE_UP = "The work was interrupted {attempts} times and is not tried again."
FAILED = "Something went wrong on our side ({error}). It has been noted."
log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """Somebody called the job off: leave without finishing."""


class LeaseLost(Cancelled):
    """Another worker has taken the job over, because nothing was heard from this one."""


@dataclass(frozen=True)
class Work:
    """A job in the hands of this worker. The attempt's number tells it from whoever took over later."""

    job_id: str
    task: str
    attempt: int
    params: dict[str, Any]
    by: User | None

    def held(self) -> JobQuerySet:
        return Job.objects.filter(pk=self.job_id, state=JobState.RUNNING, attempts=self.attempt)

    def report(self, done: int, total: int | None = None) -> None:
        """Show how far the work is; outside a transaction, or nobody sees it. Raises Cancelled when it should stop."""
        if self.held().filter(cancel_requested=True).exists():
            raise Cancelled
        figures = {"progress": done} if total is None else {"progress": done, "total": total}
        self._change(lease_until=timezone.now() + LEASE, **figures)

    def finish(self, result: dict[str, Any] | None = None) -> None:
        """Inside the transaction of the work itself, work and finish happen together or not at all."""
        self._change(state=JobState.DONE, result=result or {}, error="", lease_until=None, finished_at=timezone.now())

    def _change(self, **values: Any) -> None:
        if not self.held().update(**values):
            raise LeaseLost


class LeaseRenewal:
    """Renews the lease beside work that is too busy to report; a killed process renews nothing."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.over = Event()
        self.thread = Thread(target=self._renew, name=f"lease-{work.job_id}", daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.thread.join()

    def _renew(self) -> None:
        try:
            while not self.over.wait(RENEW_EVERY.total_seconds()):
                self.work.held().update(lease_until=timezone.now() + LEASE)
        finally:
            connection.close()  # this thread's own


@contextmanager
def work_on(job_id: str) -> Iterator[Work | None]:
    """The job, if it is this worker's to do now; None when it is gone, ended, not yet due or in other hands.

    Leaving without `finish` finishes it with an empty result. An error puts it back in the queue, at last it fails; it
    is raised further so that it is logged. Cancelled ends the work quietly.
    """
    work = take(job_id)
    if work is None:
        yield None
        return
    try:
        with LeaseRenewal(work), pghistory.context(job=job_id, actor=work.by and work.by.pk):
            yield work
            if work.held().exists():
                work.finish()
    except LeaseLost:
        log.warning("lease_lost", job=job_id)
    except Cancelled:
        work.held().update(state=JobState.CANCELLED, lease_until=None, finished_at=timezone.now())
    except Exception as error:
        put_back(work, error)
        raise


def take(job_id: str) -> Work | None:
    now = timezone.now()
    with transaction.atomic():
        waiting = Job.objects.select_for_update(skip_locked=True, of=("self",)).select_related("created_by")
        job = waiting.due(now + CLOCKS_MAY_DIFFER).filter(pk=job_id).first()
        if job is None:
            come_back_if_held(job_id)
            return None
        if job.attempts >= ATTEMPTS:
            give_up(job)
            return None
        if job.cancel_requested:  # by a worker that died before it noticed
            Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED, lease_until=None, finished_at=now)
            return None
        job.state, job.attempts, job.lease_until = JobState.RUNNING, job.attempts + 1, now + LEASE
        job.started_at = job.started_at or now
        job.save(update_fields=["state", "attempts", "lease_until", "started_at"])
    return Work(job_id=str(job.pk), task=job.task, attempt=job.attempts, params=job.params, by=job.created_by)


def come_back_if_held(job_id: str) -> None:
    """The message of a killed worker returns before its lease has run out: look again when it has."""
    task = Job.objects.filter(pk=job_id, state=JobState.RUNNING).values_list("task", flat=True).first()
    if task is not None:
        wake(task, delay=LEASE, job_id=job_id)


def give_up(job: Job) -> None:
    job.state, job.lease_until, job.finished_at = JobState.FAILED, None, timezone.now()
    job.error = job.error or GAVE_UP.format(attempts=job.attempts)
    job.save(update_fields=["state", "lease_until", "finished_at", "error"])


def put_back(work: Work, error: Exception) -> None:
    """For another attempt, a little later each time; the last attempt fails the job."""
    words = FAILED.format(error=type(error).__name__)
    now = timezone.now()
    if work.attempt >= ATTEMPTS:
        work.held().update(state=JobState.FAILED, error=words, lease_until=None, finished_at=now)
        return
    delay = timedelta(seconds=10 * work.attempt)
    try:
        with transaction.atomic():
            work.held().update(state=JobState.QUEUED, error=words, lease_until=None, due_at=now + delay)
            wake(work.task, delay=delay, job_id=work.job_id)
    except IntegrityError:  # the same work has been asked for anew meanwhile: that job does it
        work.held().update(state=JobState.CANCELLED, error=words, lease_until=None, finished_at=now)
