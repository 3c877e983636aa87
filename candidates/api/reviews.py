from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from candidates.api.base import OpinionViewSet
from candidates.models import ClientRating, ClientReview
from screening.accounts.viewsets import IdFilter


class ClientRatingSerializer(serializers.ModelSerializer[ClientRating]):
    class Meta:
        model = ClientRating
        fields = ("dimension", "level", "not_assessed")


class ClientReviewSerializer(serializers.ModelSerializer[ClientReview]):
    reviewer: Any = serializers.CharField(source="reviewer.name", read_only=True)
    ratings: Any = ClientRatingSerializer(many=True, read_only=True)

    class Meta:
        model = ClientReview
        fields = ("id", "entry", "reviewer", "basis", "verdict", "comment", "committed_at", "ratings")


class ClientReviewFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    entry = IdFilter()

    class Meta:
        model = ClientReview
        fields = ("entry", "verdict")


class ClientReviewViewSet(OpinionViewSet[ClientReview]):
    """The client's own evaluations, once they are committed."""

    queryset = ClientReview.objects.all()
    serializer_class = ClientReviewSerializer
    filterset_class = ClientReviewFilter

    def narrow(self, queryset: QuerySet[ClientReview]) -> QuerySet[ClientReview]:
        return queryset.select_related("reviewer", "entry").prefetch_related("ratings")

    def applications_told_of(self, rows: Iterable[ClientReview]) -> Iterable[int]:
        return [row.entry.application_id for row in rows]
