from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from rubrics.models import Role, Stage
from screening.accounts.viewsets import VisibleViewSet


class StageSerializer(serializers.ModelSerializer[Stage]):
    class Meta:
        model = Stage
        fields = ("id", "kind", "name", "position")


class RoleSerializer(serializers.ModelSerializer[Role]):
    client: Any = serializers.CharField(source="client.name", read_only=True)
    stages: Any = StageSerializer(many=True, read_only=True)

    class Meta:
        model = Role
        fields = (
            "id", "slug", "title", "client", "seniority", "openings", "status", "rubric_version", "panel_size", "bar", "stages",
            "created_at",
        )  # fmt: skip


class RoleViewSet(VisibleViewSet[Role]):
    """Roles; a client sees its own, a hiring manager those they are a member of."""

    queryset = Role.objects.all()
    serializer_class = RoleSerializer
    lookup_field = "slug"
    filterset_fields = ("status",)

    def narrow(self, queryset: QuerySet[Role]) -> QuerySet[Role]:
        return queryset.select_related("client").prefetch_related("stages")
