"""The Celery application; workers write a heartbeat for each queue they work on, which /healthz reads."""

import os
from typing import Any

from celery import Celery, signals
from django.core.cache import cache
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "screening.settings")

HEARTBEAT_SECONDS = 6  # a worker beats every two seconds; two may be lost

app = Celery("screening")
app.set_default()  # in every thread of a web worker, not only in the one that came here first
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


def heartbeat_of(queue: str) -> str:
    return f"worker-heartbeat-{queue}"


@signals.heartbeat_sent.connect
def beat(**_kwargs: Any) -> None:
    cache.set_many({heartbeat_of(queue): "beating" for queue in app.amqp.queues.consume_from}, HEARTBEAT_SECONDS)


@signals.setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Django's LOGGING is in force already; a receiver keeps Celery from replacing it."""
