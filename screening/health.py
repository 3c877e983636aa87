"""Whether this installation can do its work, and figures about how it does."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from screening.celery import heartbeat_of
from screening.jobs.models import Delivery, Job

IN_TIME = {"short": timedelta(minutes=2), "long": timedelta(minutes=30)}
"""How long work may wait; a lost message costs the half minute until the sweep, a long job takes five minutes at most."""


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_and_workers_answer() -> dict[str, bool]:
    try:
        beating = cache.get_many([heartbeat_of(queue) for queue in settings.QUEUES])
    except (RedisError, OSError):
        return {"broker": False} | dict.fromkeys(_named("worker"), False)
    return {"broker": True} | {f"{queue}_worker": heartbeat_of(queue) in beating for queue in settings.QUEUES}


def work_is_done_in_time() -> dict[str, bool]:
    now = timezone.now()
    try:
        late = {queue: Job.objects.on(queue).due(now - IN_TIME[queue]).exists() for queue in settings.QUEUES}
        late["short"] |= Delivery.objects.due(now - IN_TIME["short"]).exists()
    except DatabaseError:
        return dict.fromkeys(_named("in_time"), False)
    return {f"{queue}_in_time": not late[queue] for queue in settings.QUEUES}


def _named(what: str) -> list[str]:
    return [f"{queue}_{what}" for queue in settings.QUEUES]


@never_cache
@login_not_required
def healthz(_request: HttpRequest) -> JsonResponse:
    answers = {"database": database_answers(), **broker_and_workers_answer(), **work_is_done_in_time()}
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures for whoever sends the token; to everybody else there is no such page."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(sent, settings.METRICS_TOKEN):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    return answer
