from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class KnownFilters(DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """A filter nobody knows is refused: left out in silence, it would answer with every row."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        filters = self.get_filterset_class(view, queryset)
        pages = view.paginator
        known = {*(filters.base_filters if filters else ()), pages.cursor_query_param, pages.page_size_query_param}
        words = [f"There is no such filter. Known: {', '.join(sorted(known))}."]
        if unknown := request.query_params.keys() - known:
            raise ValidationError(dict.fromkeys(unknown, words))
        return super().filter_queryset(request, queryset, view)
