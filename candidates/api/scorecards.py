from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from candidates.api.base import OpinionViewSet
from candidates.models import Evidence, Rating, Scorecard
from candidates.permissions.scorecards import can_write_scorecard
from candidates.services.drafts import EvidenceDraft, RatingDraft, ScorecardDraft, save_draft
from candidates.services.scorecards import submit_scorecard
from screening.accounts.permissions import allow
from screening.accounts.viewsets import IdFilter


class RatingSerializer(serializers.ModelSerializer[Rating]):
    class Meta:
        model = Rating
        fields = ("dimension", "level", "not_assessed", "not_assessed_reason")


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    class Meta:
        model = Evidence
        fields = ("dimension", "incident", "happened", "action", "outcome")


class ScorecardSerializer(serializers.ModelSerializer[Scorecard]):
    interviewer: Any = serializers.CharField(source="interviewer.email", read_only=True)
    ratings: Any = RatingSerializer(many=True, read_only=True)
    evidence: Any = EvidenceSerializer(many=True, read_only=True)
    signals: Any = serializers.SlugRelatedField(
        source="signals_heard", slug_field="signal_id", many=True, read_only=True
    )

    class Meta:
        model = Scorecard
        fields = (
            "id", "interview", "interviewer", "state", "origin", "revision", "recommendation", "comment", "due_at",
            "submitted_at", "amends", "ratings", "evidence", "signals",
        )  # fmt: skip


class RatingDraftSerializer(serializers.Serializer[Any]):
    dimension = serializers.IntegerField()
    level = serializers.IntegerField(required=False, allow_null=True, default=None)
    not_assessed = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class EvidenceDraftSerializer(serializers.Serializer[Any]):
    dimension = serializers.IntegerField()
    incident = serializers.CharField(required=False, allow_blank=True, default="", max_length=20_000)
    happened = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)
    action = serializers.CharField(required=False, allow_blank=True, default="", max_length=20_000)
    outcome = serializers.CharField(required=False, allow_blank=True, default="", max_length=20_000)


class NoteDraftSerializer(serializers.Serializer[Any]):
    question = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True, max_length=50_000)


class DraftSerializer(serializers.Serializer[Any]):
    """A whole draft: what is left out is empty. `revision` is the one that was read; a save in between answers 409."""

    revision = serializers.IntegerField(min_value=0)
    ratings = RatingDraftSerializer(many=True, required=False, default=list)
    evidence = EvidenceDraftSerializer(many=True, required=False, default=list)
    signals = serializers.ListField(child=serializers.IntegerField(), required=False, default=list)
    notes = NoteDraftSerializer(many=True, required=False, default=list)
    private_note = serializers.CharField(required=False, allow_blank=True, default="", max_length=50_000)
    recommendation = serializers.CharField(required=False, allow_blank=True, default="", max_length=10)
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=50_000)

    def draft(self) -> ScorecardDraft:
        given = self.validated_data
        return ScorecardDraft(
            ratings=tuple(RatingDraft(**rating) for rating in given["ratings"]),
            evidence=tuple(EvidenceDraft(**evidence) for evidence in given["evidence"]),
            signals=frozenset(given["signals"]),
            notes={note["question"]: note["text"] for note in given["notes"]},
            private_note=given["private_note"],
            recommendation=given["recommendation"],
            comment=given["comment"],
        )


class SubmitSerializer(serializers.Serializer[Any]):
    erase_private_note = serializers.BooleanField(required=False, default=False)


MISSING = OpenApiResponse(description="What keeps it from being done: `detail`, and `missing` as a list.")


class ScorecardFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    interview = IdFilter()

    class Meta:
        model = Scorecard
        fields = ("state", "interview")


class ScorecardViewSet(OpinionViewSet[Scorecard]):
    """The caller's own scorecards, and others' once submitted, within the seal."""

    queryset = Scorecard.objects.all()
    serializer_class = ScorecardSerializer
    filterset_class = ScorecardFilter

    def narrow(self, queryset: QuerySet[Scorecard]) -> QuerySet[Scorecard]:
        return queryset.select_related("interviewer", "interview__kit").prefetch_related(
            "ratings", "evidence", "signals_heard"
        )

    def applications_told_of(self, rows: Iterable[Scorecard]) -> Iterable[int]:
        return [row.interview.application_id for row in rows if row.interviewer_id != self.caller.pk]

    @extend_schema(request=DraftSerializer, responses={200: ScorecardSerializer, 409: MISSING, 422: MISSING})
    @action(detail=True, methods=["put"])
    def draft(self, request: Request, pk: str) -> Response:  # noqa: ARG002  # the router names it
        """Replace one's own draft."""
        scorecard = self._own()
        given = DraftSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        saved = save_draft(
            scorecard=scorecard,
            draft=given.draft(),
            revision=given.validated_data["revision"],
            by=self.caller,
            now=timezone.now(),
        )
        return self._told(saved)

    @extend_schema(request=SubmitSerializer, responses={200: ScorecardSerializer, 422: MISSING})
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:  # noqa: ARG002  # the router names it
        """Seal one's own scorecard; it never changes afterwards."""
        scorecard = self._own()
        given = SubmitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sealed = submit_scorecard(
            scorecard=scorecard,
            by=self.caller,
            now=timezone.now(),
            erase_private_note=given.validated_data["erase_private_note"],
        )
        return self._told(sealed)

    def _own(self) -> Scorecard:
        mine = get_object_or_404(Scorecard.objects.visible_to(self.caller), pk=self.kwargs["pk"])
        allow(can_write_scorecard(self.caller, mine))
        return mine

    def _told(self, scorecard: Scorecard) -> Response:
        scorecard.interviewer = self.caller  # the services let nobody else write; no need to load them again
        return Response(self.get_serializer(scorecard).data)
