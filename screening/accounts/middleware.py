"""What every request knows of its user: their time zone, and their name on the history of what they change."""

import zoneinfo
from collections.abc import Callable
from typing import Any

import pghistory
import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Respond = Callable[[HttpRequest], HttpResponse]
READING = ("GET", "HEAD", "OPTIONS")


class TimeZoneMiddleware:
    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)):
            return self.get_response(request)


class HistoryMiddleware:
    """Puts actor, request id and action beside every row of history that a request causes."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING:
            return self.get_response(request)
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        with pghistory.context(actor=request.user.pk, request=request_id):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        if request.method not in READING and request.resolver_match is not None:
            pghistory.context(action=request.resolver_match.view_name)
