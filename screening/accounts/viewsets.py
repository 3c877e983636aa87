"""What every API resource shares: reading through `visible_to`, paging by cursor, refusals in words."""

from typing import Any, TypeVar

import django_filters
import pghistory
from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import BigIntegerField, Model, QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler
from rest_framework.viewsets import ReadOnlyModelViewSet

from screening.accounts.errors import Refused
from screening.accounts.models import User

M = TypeVar("M", bound=Model)


class Newest(CursorPagination):
    """Newest first; the cursor stays right while rows are added."""

    ordering = "-pk"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"


class IdFilter(django_filters.NumberFilter):  # type: ignore[misc]  # django-filter has no types
    """Keeps the rows that belong to a given id.

    What does not exist and what the caller may not see find nothing alike; a choice among all rows would tell them apart.
    """

    field_class = forms.IntegerField

    def __init__(self) -> None:
        super().__init__(min_value=0)

    def get_max_validator(self) -> MaxValueValidator:
        return MaxValueValidator(BigIntegerField.MAX_BIGINT)


class VisibleViewSet(ReadOnlyModelViewSet[M]):
    """Lists and shows what the caller may see; anything else does not exist for them."""

    pagination_class = Newest

    @property
    def caller(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who holds a token is known only here, after the middleware that keeps history has passed."""
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            pghistory.context(actor=self.caller.pk)

    def get_queryset(self) -> QuerySet[M]:
        queryset: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()  # type: ignore[no-any-return]  # every queryset of ours has visible_to
        return self.narrow(queryset.visible_to(self.caller))

    def narrow(self, queryset: QuerySet[M]) -> QuerySet[M]:
        """What a resource adds to the query: relations it shows."""
        return queryset


def refusals_in_words(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what a service refuses with its reason, and with the list of what is missing where there is one."""
    if isinstance(error, Refused):
        return Response(error.as_json(), status=error.status)
    return exception_handler(error, context)
