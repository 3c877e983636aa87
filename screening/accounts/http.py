"""The request of somebody who is signed in; the middleware lets nobody else reach a view."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from screening.accounts.models import User


class AuthedRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
