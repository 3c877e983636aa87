from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from candidates.models import Application
from candidates.permissions.applications import can_move_application
from candidates.queries.names import listings, name_for
from candidates.services.applications import move_application
from screening.accounts.permissions import allow
from screening.accounts.viewsets import VisibleViewSet


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    name: Any = serializers.SerializerMethodField()
    role: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    stage: Any = serializers.CharField(source="stage.name", read_only=True)
    stage_kind: Any = serializers.CharField(source="stage.kind", read_only=True)

    class Meta:
        model = Application
        fields = ("id", "candidate", "name", "role", "stage", "stage_kind", "stage_since", "source", "created_at")

    def get_name(self, application: Application) -> str:
        return name_for(self.context["request"].user, application)


class MoveSerializer(serializers.Serializer[Any]):
    stage = serializers.IntegerField(help_text="Id of a stage of the application's role.")
    seen_stage = serializers.IntegerField(
        help_text="Id of the stage the caller saw the application in; the move is refused when it has left it."
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class ApplicationViewSet(VisibleViewSet[Application]):
    """Persons in the pipelines of roles; a client sees those presented to it."""

    queryset = Application.objects.all()
    serializer_class = ApplicationSerializer
    filterset_fields = {"role__slug": ["exact"], "stage__kind": ["exact"]}

    def narrow(self, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return queryset.select_related("candidate", "role", "stage").prefetch_related(listings())

    @extend_schema(
        request=MoveSerializer,
        responses={200: ApplicationSerializer, 409: OpenApiResponse(description="It has been moved meanwhile.")},
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:  # noqa: ARG002  # the router names it
        """Move by hand; the same gate as on the board."""
        application = self.get_object()
        allow(can_move_application(self.caller, application))
        asked = MoveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        stage = application.role.stages.filter(pk=asked.validated_data["stage"]).first()
        if stage is None:
            raise serializers.ValidationError({"stage": ["This role has no such stage."]})
        move_application(
            application=application,
            to=stage,
            seen=asked.validated_data["seen_stage"],
            by=self.caller,
            now=timezone.now(),
            reason=asked.validated_data["reason"],
        )
        return Response(self.get_serializer(self.get_object()).data)
