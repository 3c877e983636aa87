"""Whether this installation can do its work, and figures about how it does."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from screening.celery import WORKER_HEARTBEAT


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_and_worker_answer() -> tuple[bool, bool]:
    try:
        return True, cache.get(WORKER_HEARTBEAT) is not None
    except (RedisError, OSError):
        return False, False


@never_cache
@login_not_required
def healthz(_request: HttpRequest) -> JsonResponse:
    broker, worker = broker_and_worker_answer()
    answers = {"database": database_answers(), "broker": broker, "worker": worker}
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
