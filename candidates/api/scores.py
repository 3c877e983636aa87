from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from candidates.api.base import OpinionViewSet
from candidates.models import Score


class ScoreSerializer(serializers.ModelSerializer[Score]):
    """Figures in levels. Ranks are left to the comparison page, which knows whether all of a role is open to a reader."""

    role: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Score
        fields = (
            "application", "role", "score", "sd", "lower", "upper", "raw_mean", "n_raters", "n_imported", "completeness",
            "p_bar", "rankable", "reasons", "below_floor", "dimensions", "computed_at",
        )  # fmt: skip


class ScoreViewSet(OpinionViewSet[Score]):
    """Current scores, within the seal."""

    queryset = Score.objects.select_related("role")
    serializer_class = ScoreSerializer
    filterset_fields = ("role__slug", "rankable")

    def applications_told_of(self, rows: Iterable[Score]) -> Iterable[int]:
        return [row.pk for row in rows]
