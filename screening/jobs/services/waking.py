"""Telling Celery that a row is waiting. The row is the truth: a message that gets lost delays the work until the sweep."""

from datetime import timedelta
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

LONGEST_WAIT = timedelta(minutes=5)  # well under the broker's visibility timeout; what is due later, the sweep wakes
NO_PATIENCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
log = structlog.get_logger(__name__)


def wake(task: str, *, delay: timedelta = timedelta(0), **ids: str | int) -> None:
    """Send the task when this transaction has been committed, and only then."""
    if delay <= LONGEST_WAIT:
        transaction.on_commit(partial(send, task, delay=delay, **ids))


def send(task: str, *, delay: timedelta = timedelta(0), **ids: str | int) -> bool:
    """Whether the broker took the message; nobody's request fails because it did not."""
    try:
        current_app.send_task(
            task, kwargs=ids, countdown=delay.total_seconds() or None, retry=True, retry_policy=NO_PATIENCE
        )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("broker_lost", task=task, error=type(error).__name__)
        return False
    return True
