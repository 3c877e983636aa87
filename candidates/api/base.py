from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from candidates.services.opinions import record_opinions_seen
from screening.accounts.viewsets import VisibleViewSet

M = TypeVar("M", bound=Model)


class OpinionViewSet(VisibleViewSet[M]):
    """A resource that tells what people think: whoever reads it is remembered as having seen it."""

    def applications_told_of(self, rows: Iterable[M]) -> Iterable[int]:
        raise NotImplementedError

    def paginate_queryset(self, queryset: QuerySet[M] | Any) -> Any:
        page = super().paginate_queryset(queryset)
        self._remember(page or [])
        return page

    def get_object(self) -> M:
        row = super().get_object()
        self._remember([row])
        return row

    def _remember(self, rows: Iterable[M]) -> None:
        record_opinions_seen(user=self.caller, applications=self.applications_told_of(rows), now=timezone.now())
