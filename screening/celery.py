"""The Celery application; workers write a heartbeat that /healthz reads."""

import os
from typing import Any

from celery import Celery, signals
from django.core.cache import cache
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "screening.settings")

WORKER_HEARTBEAT = "worker-heartbeat"
HEARTBEAT_SECONDS = 6  # a worker beats every two seconds; two may be lost

app = Celery("screening")
app.set_default()  # in every thread of a web worker, not only in the one that came here first
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@signals.heartbeat_sent.connect
def beat(**_kwargs: Any) -> None:
    cache.set(WORKER_HEARTBEAT, "beating", HEARTBEAT_SECONDS)


@signals.setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Django's LOGGING is in force already; a receiver keeps Celery from replacing it."""
