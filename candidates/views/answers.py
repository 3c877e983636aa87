"""What views answer when a service refuses, and where they lead back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from screening.accounts.errors import Conflict, Refused

UNPROCESSABLE = 422
CONFLICT = 409


def status_of(error: Refused) -> int:
    return CONFLICT if isinstance(error, Conflict) else UNPROCESSABLE


def next_or(request: HttpRequest, default: str) -> str:
    """Where the page asked to lead back to, if that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()) else default
