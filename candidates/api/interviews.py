from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from candidates.models import Interview
from screening.accounts.viewsets import VisibleViewSet


class InterviewSerializer(serializers.ModelSerializer[Interview]):
    kit: Any = serializers.CharField(source="kit.name", read_only=True)
    panel: Any = serializers.SlugRelatedField(slug_field="email", many=True, read_only=True)

    class Meta:
        model = Interview
        fields = ("id", "application", "kit", "starts_at", "ends_at", "time_zone", "place", "brief", "state", "panel")


class InterviewViewSet(VisibleViewSet[Interview]):
    """Conversations with candidates: the caller's own, and those of the roles they may see."""

    queryset = Interview.objects.all()
    serializer_class = InterviewSerializer
    filterset_fields = ("state", "application")

    def narrow(self, queryset: QuerySet[Interview]) -> QuerySet[Interview]:
        return queryset.select_related("kit").prefetch_related("panel")
