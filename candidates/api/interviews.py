from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from candidates.models import Interview
from screening.accounts.viewsets import IdFilter, VisibleViewSet


class InterviewSerializer(serializers.ModelSerializer[Interview]):
    kit: Any = serializers.CharField(source="kit.name", read_only=True)
    panel: Any = serializers.SlugRelatedField(slug_field="email", many=True, read_only=True)

    class Meta:
        model = Interview
        fields = ("id", "application", "kit", "starts_at", "ends_at", "time_zone", "place", "brief", "state", "panel")


class InterviewFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    application = IdFilter()

    class Meta:
        model = Interview
        fields = ("state", "application")


class InterviewViewSet(VisibleViewSet[Interview]):
    """Conversations with candidates: the caller's own, and those of the roles they may see."""

    queryset = Interview.objects.all()
    serializer_class = InterviewSerializer
    filterset_class = InterviewFilter

    def narrow(self, queryset: QuerySet[Interview]) -> QuerySet[Interview]:
        return queryset.select_related("kit").prefetch_related("panel")
