"""Asking for long work, and calling it off."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from screening.jobs.services.waking import wake

# One statement, because it must also win the race with a worker: it locks the waiting row until the caller's commit, so
# no worker (they skip locked rows) can take it and miss what the caller has written; a row already taken is no longer
# waiting, and a new one is made.
ASK_ONCE = """
INSERT INTO jobs_job (id, task, params, key, title, state, progress, attempts, due_at, cancel_requested, result, error,
                      created_by_id, created_at)
VALUES (%s, %s, %s, %s, %s, 'queued', 0, 0, %s, false, '{}', '', %s, %s)
ON CONFLICT (key) WHERE state = 'queued' AND NOT key = ''
DO UPDATE SET due_at = LEAST(jobs_job.due_at, EXCLUDED.due_at)
RETURNING *
"""


@transaction.atomic
def request_job(
    *,
    task: str,
    params: dict[str, Any],
    title: str,
    key: str = "",
    by: User | None = None,
    delay: timedelta = timedelta(0),
) -> Job:
    """A row that says what is to be done, and a word to the workers once it is committed.

    While a job with the same key is waiting it is the answer, with the earlier of both times: many changes within
    `delay` cause one job. Call it last in a transaction, it makes others with the same key wait for the commit.
    """
    now = timezone.now()
    values = [uuid.uuid4(), task, json.dumps(params, cls=DjangoJSONEncoder), key, title, now + delay]
    [job] = Job.objects.raw(ASK_ONCE, [*values, by.pk if by else None, now])
    wake(task, delay=delay, job_id=str(job.pk))
    return job


@transaction.atomic
def cancel_job(*, job: Job, by: User) -> Job:
    """A waiting job is called off at once; a running one stops at its next report."""
    job = Job.objects.select_for_update().visible_to(by).get(pk=job.pk)
    if job.is_finished:
        raise Refused("This has ended already; there is nothing left to cancel.")
    job.cancel_requested = True
    if job.state == JobState.QUEUED:
        job.state = JobState.CANCELLED
        job.finished_at = timezone.now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    return job
