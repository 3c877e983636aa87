"""What every request knows of its user: their time zone, and their name on the history of what they change; and words for
whoever has no user any more, or opens what only takes a form.
"""

import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pghistory
import structlog
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

Respond = Callable[[HttpRequest], HttpResponse]
READING = ("GET", "HEAD", "OPTIONS")


class SignedInMiddleware(LoginRequiredMiddleware):
    """A page leads to signing in; what a script asks for is refused, or the sign-in page would land amid the page open."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        answer = super().process_view(request, *view)
        if answer is not None and "HX-Request" in request.headers:
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        return answer


class OpenedFormMiddleware:
    """The address of a form that is opened like a page says so, instead of nothing: signing in again leads to it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET" or response.content:
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page


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
