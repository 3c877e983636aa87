"""Pages of a list, with addresses that keep the filter."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest

M = TypeVar("M", bound=models.Model)
ROWS = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    shown: str
    total: int
    next_url: str
    previous_url: str


def page_of(queryset: models.QuerySet[M], request: HttpRequest, rows: int = ROWS) -> Page[M]:
    page = Paginator(queryset, rows).get_page(request.GET.get("page"))

    def url(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"{request.path}?{query.urlencode()}"

    return Page(
        rows=list(page.object_list),
        shown=f"{page.start_index()}–{page.end_index()}",
        total=page.paginator.count,
        next_url=url(page.next_page_number()) if page.has_next() else "",
        previous_url=url(page.previous_page_number()) if page.has_previous() else "",
    )
