from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from rubrics.models import Dimension, Kit, Level, Question, RubricVersion, Signal
from screening.accounts.viewsets import VisibleViewSet


class LevelSerializer(serializers.ModelSerializer[Level]):
    class Meta:
        model = Level
        fields = ("value", "name", "anchor")


class DimensionSerializer(serializers.ModelSerializer[Dimension]):
    levels: Any = LevelSerializer(many=True, read_only=True)

    class Meta:
        model = Dimension
        fields = ("id", "key", "name", "description", "strong", "weak", "weight", "floor", "levels")


class SignalSerializer(serializers.ModelSerializer[Signal]):
    class Meta:
        model = Signal
        fields = ("id", "dimension", "kind", "text")


class QuestionSerializer(serializers.ModelSerializer[Question]):
    signals: Any = SignalSerializer(many=True, read_only=True)

    class Meta:
        model = Question
        fields = ("id", "key", "prompt", "probes", "minutes", "core", "dimensions", "signals")


class KitSerializer(serializers.ModelSerializer[Kit]):
    class Meta:
        model = Kit
        fields = ("id", "key", "name", "questions")


class RubricVersionSerializer(serializers.ModelSerializer[RubricVersion]):
    rubric: Any = serializers.CharField(source="rubric.slug", read_only=True)
    title: Any = serializers.CharField(source="rubric.title", read_only=True)
    dimensions: Any = DimensionSerializer(many=True, read_only=True)
    questions: Any = QuestionSerializer(many=True, read_only=True)
    kits: Any = KitSerializer(many=True, read_only=True)

    class Meta:
        model = RubricVersion
        fields = (
            "id", "rubric", "title", "number", "status", "lowest", "highest", "evidence_from", "weights_reason", "published_at",
            "dimensions", "questions", "kits",
        )  # fmt: skip


class RubricVersionViewSet(VisibleViewSet[RubricVersion]):
    """Versions of rubrics, whole: dimensions with anchored levels, questions with signals, kits."""

    queryset = RubricVersion.objects.all()
    serializer_class = RubricVersionSerializer
    filterset_fields = ("status",)

    def narrow(self, queryset: QuerySet[RubricVersion]) -> QuerySet[RubricVersion]:
        return queryset.select_related("rubric").prefetch_related(
            "dimensions__levels", "questions__signals", "questions__dimensions", "kits__questions"
        )
