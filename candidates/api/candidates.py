from typing import Any

from rest_framework import serializers

from candidates.models import Application, Candidate
from screening.accounts.viewsets import VisibleViewSet


class CandidateSerializer(serializers.ModelSerializer[Candidate]):
    """With contact data; for staff. Years of experience stay on the candidate's page, away from scoring."""

    class Meta:
        model = Candidate
        fields = ("id", "name", "email", "phone", "location", "time_zone", "headline", "created_at")


class CandidateViewSet(VisibleViewSet[Candidate]):
    """People with contact data, except those the caller still owes a scorecard on; others read applications."""

    queryset = Candidate.objects.unmerged()
    serializer_class = CandidateSerializer

    def get_queryset(self) -> Any:
        candidates = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return candidates
        if not self.caller.is_staff_of_firm:
            return candidates.none()
        return candidates.exclude(applications__in=Application.objects.sealed_from(self.caller))
